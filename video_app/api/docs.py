"""What the schema says about the catalogue's endpoints; `stream_docs` says it of the streams.

Imported by `core.schema` at start-up, for its decorations only.
"""

from typing import Any

from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    PolymorphicProxySerializer,
    extend_schema,
    extend_schema_view,
    inline_serializer,
)
from rest_framework import serializers

from video_app.api import films, lists, uploads, views
from video_app.api.film_serializers import EditSerializer, FilmSerializer
from video_app.api.queries import CatalogueQuery, ContentQuery
from video_app.api.serializers import (
    ContentSerializer,
    StatusSerializer,
    UploadedSerializer,
    UploadSerializer,
    VideoSerializer,
)

VIDEO = OpenApiParameter("video_id", {"type": "integer", "minimum": 1}, OpenApiParameter.PATH)
NOT_MODIFIED = OpenApiResponse(description="The client has it already.")
FILM = {
    "id": 7,
    "created_at": "2026-05-04T20:15:00Z",
    "title": "Big Buck Bunny",
    "description": "A giant rabbit loses patience.",
    "thumbnail_url": "http://127.0.0.1:8000/api/video/7/thumbnail.jpg?v=0f3a9c11",
    "category": "Animation",
    "duration": 596.5,
    "state": "completed",
    "is_favorite": True,
    "position": 120.0,
    "is_watched": False,
}
A_PAGE = (
    "A bare array of at most 1000; a `Link` header leads to the rest. With `page` or "
    "`page_size` an object: `count`, `next`, `previous`, `results`."
)


def document(view: Any, **methods: Any) -> None:
    extend_schema_view(**methods)(view)


def paged(name: str, serializer: Any) -> dict[Any, Any]:
    page = inline_serializer(
        f"{name}Page",
        {
            "count": serializers.IntegerField(),
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
            "results": serializer(many=True),
        },
    )
    either = PolymorphicProxySerializer(
        component_name=f"{name}List",
        serializers=[serializer(many=True), page],
        resource_type_field_name=None,
        many=False,
    )
    return {200: OpenApiResponse(either, description=A_PAGE), 304: NOT_MODIFIED}


document(
    lists.VideoListView,
    get=extend_schema(
        operation_id="list_videos",
        parameters=[CatalogueQuery],
        responses=paged("Video", VideoSerializer),
        examples=[OpenApiExample("A list of one", [FILM], response_only=True)],
        tags=["catalogue"],
    ),
)
document(
    lists.ContentListView,
    get=extend_schema(
        operation_id="list_content",
        parameters=[ContentQuery],
        responses=paged("Content", ContentSerializer),
        tags=["catalogue"],
    ),
)
document(
    lists.ContinueView,
    get=extend_schema(
        operation_id="list_begun_videos",
        responses=VideoSerializer(many=True),
        tags=["catalogue"],
    ),
)
document(
    films.VideoView,
    get=extend_schema(
        operation_id="get_video",
        parameters=[VIDEO],
        responses=FilmSerializer,
        tags=["catalogue"],
    ),
    patch=extend_schema(
        operation_id="edit_video",
        parameters=[VIDEO],
        request=EditSerializer,
        responses=FilmSerializer,
        tags=["catalogue"],
    ),
    delete=extend_schema(
        operation_id="delete_video",
        parameters=[VIDEO],
        responses={204: None},
        tags=["catalogue"],
    ),
)
document(
    views.StatusView,
    get=extend_schema(
        operation_id="get_status",
        parameters=[VIDEO],
        responses={200: StatusSerializer, 304: NOT_MODIFIED},
        tags=["catalogue"],
    ),
)
document(
    uploads.UploadView,
    post=extend_schema(
        operation_id="upload_video",
        request={"multipart/form-data": UploadSerializer},
        responses={201: UploadedSerializer},
        tags=["catalogue"],
    ),
)
