"""What the schema says about the catalogue's endpoints. Loaded only to make the schema."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
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

from video_app.api import uploads, views
from video_app.api.serializers import (
    CatalogueQuery,
    ContentSerializer,
    FavoriteSerializer,
    IsFavoriteSerializer,
    LinkSerializer,
    PositionSerializer,
    StatusSerializer,
    UploadedSerializer,
    UploadSerializer,
    VideoSerializer,
)
from video_app.pipeline import ladder
from video_app.streaming import views as streams
from video_app.streaming.playlists import HLS

PATH, QUERY, HEADER = OpenApiParameter.PATH, OpenApiParameter.QUERY, OpenApiParameter.HEADER

VIDEO = OpenApiParameter("video_id", {"type": "integer", "minimum": 1}, PATH)
RESOLUTION = OpenApiParameter(
    "resolution",
    OpenApiTypes.STR,
    PATH,
    enum=ladder.NAMES,
    description="A rendition that the film does not have answers with the nearest one.",
)
SEGMENT = OpenApiParameter(
    "number",
    {"type": "string", "pattern": r"^(index|segment_?)?[0-9]{1,6}\.ts$", "example": "000.ts"},
    PATH,
    description="`NNN.ts`; `indexN.ts`, `segmentNNN.ts`, `segment_NNN.ts` are the same.",
)


def _place(name: str) -> OpenApiParameter:
    return OpenApiParameter(
        name, {"type": "integer", "minimum": 0, "maximum": 9999}, PATH, description="From 0."
    )


BUILD = OpenApiParameter(
    "b",
    OpenApiTypes.STR,
    QUERY,
    description="The build that a playlist belongs to, as playlists name it. Without it the "
    "current one, which another may follow at any time.",
)
RANGE = OpenApiParameter(
    "Range", {"type": "string", "example": "bytes=0-1023"}, HEADER, description="One byte range."
)

NOT_MODIFIED = OpenApiResponse(description="The client has it already.")
UNPLAYABLE = OpenApiResponse(description="The range lies outside the file.")
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


def _bytes(content_type: str, **more: Any) -> dict[Any, Any]:
    return {
        (200, content_type): OpenApiTypes.BINARY,
        (206, content_type): OpenApiTypes.BINARY,
        304: NOT_MODIFIED,
        416: UNPLAYABLE,
    }


def _text(content_type: str) -> dict[Any, Any]:
    return {(200, content_type): OpenApiTypes.STR, 304: NOT_MODIFIED}


def _list(name: str, serializer: Any) -> dict[Any, Any]:
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
    views.VideoListView,
    get=extend_schema(
        operation_id="list_videos",
        parameters=[CatalogueQuery],
        responses=_list("Video", VideoSerializer),
        examples=[OpenApiExample("A list of one", [FILM], response_only=True)],
        tags=["catalogue"],
    ),
)
document(
    views.ContentListView,
    get=extend_schema(
        operation_id="list_content",
        parameters=[CatalogueQuery],
        responses=_list("Content", ContentSerializer),
        tags=["catalogue"],
    ),
)
document(
    views.ContinueView,
    get=extend_schema(
        operation_id="list_begun_videos",
        responses=VideoSerializer(many=True),
        tags=["catalogue"],
    ),
)
document(
    views.VideoView,
    get=extend_schema(
        operation_id="get_video",
        parameters=[VIDEO],
        responses=VideoSerializer,
        examples=[OpenApiExample("A film", FILM, response_only=True)],
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

VTT = "text/vtt"


def _stream(view: Any, operation_id: str, responses: Any, *parameters: OpenApiParameter) -> None:
    """A read-only part of a film."""
    schema = extend_schema(
        operation_id=operation_id,
        summary=operation_id.replace("_", " ").capitalize(),
        description="",
        parameters=[VIDEO, *parameters],
        responses=responses,
        tags=["stream"],
    )
    document(view, get=schema)


_stream(streams.MasterView, "get_master_playlist", _text(HLS), BUILD)
_stream(streams.RenditionView, "get_playlist", _text(HLS), RESOLUTION, BUILD)
_stream(streams.IFramesView, "get_iframe_playlist", _text(HLS), RESOLUTION, BUILD)
_stream(streams.SegmentView, "get_segment", _bytes("video/MP2T"), RESOLUTION, SEGMENT, BUILD, RANGE)
_stream(streams.TrackView, "get_sound_playlist", _text(HLS), _place("track"), BUILD)
_stream(
    streams.TrackSegmentView,
    "get_sound_segment",
    _bytes("video/MP2T"),
    _place("track"),
    SEGMENT,
    BUILD,
    RANGE,
)
_stream(streams.SubtitlesView, "get_subtitle_playlist", _text(HLS), _place("track"), BUILD)
_stream(
    streams.SubtitleSegmentView,
    "get_subtitle_segment",
    _bytes(VTT),
    _place("track"),
    _place("number"),
    BUILD,
)
_stream(streams.StoryboardView, "get_storyboard", _text(VTT), BUILD)
_stream(streams.SheetView, "get_storyboard_sheet", _bytes("image/jpeg"), _place("number"), BUILD)
_stream(
    streams.ThumbnailView,
    "get_thumbnail",
    _bytes("image/jpeg"),
    OpenApiParameter("v", OpenApiTypes.STR, QUERY),
    RANGE,
)
_stream(
    streams.FileView,
    "get_file",
    _bytes("video/mp4"),
    RESOLUTION,
    OpenApiParameter("token", OpenApiTypes.STR, QUERY),
    RANGE,
)
_stream(
    streams.FileUrlView,
    "get_file_url",
    LinkSerializer,
    OpenApiParameter("quality", OpenApiTypes.STR, QUERY, enum=ladder.NAMES),
)
