"""A bare list, or pages for those who ask for pages."""

import json
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from video_app.catalogue import versions

# Clients that know no pages get so many; a `Link` header leads to the rest.
LIMIT = 1000
PAGE_SIZE = 20


def respond(
    request: Request, rows: QuerySet[Any], serializer: type[Serializer[Any]], asked: dict[str, Any]
) -> Response:
    """All rows as a bare array, or the page that `asked` wants."""
    context = {"request": request}
    if not {"page", "page_size"} & asked.keys():
        found = list(rows[: LIMIT + 1])
        headers = _link_to_more(request) if len(found) > LIMIT else {}
        return Response(serializer(found[:LIMIT], many=True, context=context).data, headers=headers)
    page, size = asked.get("page", 1), asked.get("page_size", PAGE_SIZE)
    count = _count(rows, [serializer.__name__, asked.get("category"), asked.get("search")])
    shown = rows[(page - 1) * size : page * size]
    return Response(
        {
            "count": count,
            "next": _page_url(request, page + 1) if page * size < count else None,
            "previous": _page_url(request, page - 1) if page > 1 else None,
            "results": serializer(shown, many=True, context=context).data,
        }
    )


def _count(rows: QuerySet[Any], asked: list[str | None]) -> int:
    """Counted once for all users until the catalogue changes: it is what grows with it."""
    version = versions.current(versions.CATALOGUE)
    key = f"count:{version}:{json.dumps(asked)}"
    known: int | None = cache.get(key) if version else None
    if known is None:
        known = rows.count()
        cache.set(key, known, versions.LIFETIME)
    return known


def _page_url(request: Request, page: int) -> str:
    query = request.query_params.copy()
    query["page"] = str(page)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def _link_to_more(request: Request) -> dict[str, str]:
    query = request.query_params.copy()
    query["page"], query["page_size"] = str(LIMIT // 100 + 1), "100"
    url = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    return {"Link": f'<{url}>; rel="next"'}
