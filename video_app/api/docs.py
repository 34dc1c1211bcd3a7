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

from video_app.api import films, lists, play_links, playback, uploads, views
from video_app.api.film_serializers import EditSerializer, FilmSerializer
from video_app.api.queries import CatalogueQuery, ContentQuery
from video_app.api.serializers import (
    ContentSerializer,
    FavoriteSerializer,
    IsFavoriteSerializer,
    MadePlayLinkSerializer,
    PlayLinkSerializer,
    PositionSerializer,
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
document(
    views.FavoriteView,
    put=extend_schema(
        operation_id="add_favorite",
        parameters=[VIDEO],
        request=None,
        responses=IsFavoriteSerializer,
        tags=["my films"],
    ),
    delete=extend_schema(
        operation_id="remove_favorite",
        parameters=[VIDEO],
        responses={200: IsFavoriteSerializer},
        tags=["my films"],
    ),
)
document(
    views.ToggleFavoriteView,
    post=extend_schema(
        operation_id="toggle_favorite",
        request=FavoriteSerializer,
        responses={200: {"type": "array", "items": {"type": "integer"}}},
        tags=["my films"],
    ),
)
document(
    views.WatchedView,
    put=extend_schema(
        operation_id="mark_watched",
        parameters=[VIDEO],
        request=None,
        responses=PositionSerializer,
        tags=["my films"],
    ),
    delete=extend_schema(
        operation_id="mark_unwatched",
        parameters=[VIDEO],
        responses={200: PositionSerializer},
        tags=["my films"],
    ),
)
document(
    views.PositionView,
    get=extend_schema(
        operation_id="get_position",
        parameters=[VIDEO],
        responses=PositionSerializer,
        tags=["my films"],
    ),
    put=extend_schema(
        operation_id="keep_position",
        parameters=[VIDEO],
        request=PositionSerializer,
        responses=PositionSerializer,
        tags=["my films"],
    ),
    delete=extend_schema(
        operation_id="forget_position",
        parameters=[VIDEO],
        responses={200: PositionSerializer},
        tags=["my films"],
    ),
)
document(
    play_links.PlayLinkView,
    post=extend_schema(
        operation_id="make_play_link",
        description="An address that opens the film's master playlist and all below it, without "
        "cookies, for pages of any origin. It ends with the session that made it, with a change "
        "of the password, with the film's publication, and when it expires.",
        parameters=[VIDEO],
        request=None,
        responses={201: MadePlayLinkSerializer},
        tags=["play links"],
    ),
)
document(
    play_links.PlayLinksView,
    get=extend_schema(
        operation_id="list_play_links",
        responses=PlayLinkSerializer(many=True),
        tags=["play links"],
    ),
    delete=extend_schema(operation_id="end_play_links", responses={204: None}, tags=["play links"]),
)
document(
    play_links.OnePlayLinkView,
    delete=extend_schema(
        operation_id="end_play_link",
        parameters=[
            OpenApiParameter("link_id", {"type": "integer", "minimum": 1}, OpenApiParameter.PATH)
        ],
        responses={204: None},
        tags=["play links"],
    ),
)
document(
    playback.PlaybackView,
    post=extend_schema(
        operation_id="report_playback",
        description="How a film plays: to be sent when it begins, every half minute, when the page "
        "is hidden, and at the end, as JSON (also under `text/plain`, as `sendBeacon` sends it). "
        "Needs the session, or the right of a play link.",
        request=playback.ReportSerializer,
        responses={204: None},
        tags=["playback"],
    ),
)
