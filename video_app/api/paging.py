"""A bare list, or pages for those who ask for pages."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from video_app.catalogue import counts
from video_app.catalogue.listing import Ranked

# Clients that know no pages get so many; a `Link` header leads to the rest.
LIMIT = 1000
PAGE_SIZE = 20
UNCOUNTED = {"page", "page_size", "ordering"}


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
    count = _count(request, rows, serializer, asked)
    shown = rows[(page - 1) * size : page * size]
    return Response(
        {
            "count": count,
            "next": _page_url(request, page + 1) if page * size < count else None,
            "previous": _page_url(request, page - 1) if page > 1 else None,
            "results": serializer(shown, many=True, context=context).data,
        }
    )


def _count(
    request: Request,
    rows: QuerySet[Any] | Ranked,
    serializer: type[Serializer[Any]],
    asked: dict[str, Any],
) -> int:
    if isinstance(rows, Ranked):
        return rows.count()
    which = {name: value for name, value in asked.items() if name not in UNCOUNTED}
    subject = [request.path, serializer.__name__, which]
    # Neither marks nor order change how many there are.
    bare = rows.order_by()
    count: int = counts.remembered(request.user, subject, bare.count)
    return count


def _page_url(request: Request, page: int) -> str:
    query = request.query_params.copy()
    query["page"] = str(page)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def _link_to_more(request: Request) -> dict[str, str]:
    query = request.query_params.copy()
    query["page"], query["page_size"] = str(LIMIT // 100 + 1), "100"
    url = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    return {"Link": f'<{url}>; rel="next"'}
