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


class Ranked:
    """Rows in the order of their ids, which are known: what a search found."""

    def __init__(self, rows: QuerySet[Any], ids: list[int]) -> None:
        self._rows = rows
        self._ids = ids

    def count(self) -> int:
        return len(self._ids)

    def __getitem__(self, which: slice) -> list[Any]:
        place = {pk: place for place, pk in enumerate(self._ids[which])}
        return sorted(self._rows.filter(pk__in=place), key=lambda row: place[row.pk])


def respond(
    request: Request,
    rows: QuerySet[Any] | Ranked,
    serializer: type[Serializer[Any]],
    asked: dict[str, Any],
) -> Response:
    """All rows as a bare array, or the page that `asked` wants."""
    context = {"request": request}
    if not {"page", "page_size"} & asked.keys():
        found = list(rows[: LIMIT + 1])
        headers = _link_to_more(request) if len(found) > LIMIT else {}
        return Response(serializer(found[:LIMIT], many=True, context=context).data, headers=headers)
    page, size = asked.get("page", 1), asked.get("page_size", PAGE_SIZE)
    count = rows.count() if isinstance(rows, Ranked) else _count(rows, serializer, asked)
    shown = rows[(page - 1) * size : page * size]
    return Response(
        {
            "count": count,
            "next": _page_url(request, page + 1) if page * size < count else None,
            "previous": _page_url(request, page - 1) if page > 1 else None,
            "results": serializer(shown, many=True, context=context).data,
        }
    )


def _count(rows: QuerySet[Any], serializer: type[Serializer[Any]], asked: dict[str, Any]) -> int:
    """Counted once for all users until the catalogue changes: it is what grows with it."""
    version = versions.current(versions.CATALOGUE)
    key = f"count:{version}:{json.dumps([serializer.__name__, asked.get('category')])}"
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
