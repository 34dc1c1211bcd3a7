"""What the schema says about subtitles. Imported by `core.schema`, as `docs` is."""

from drf_spectacular.utils import OpenApiParameter, extend_schema

from video_app.api import subtitles
from video_app.api.docs import VIDEO, document

SUBTITLE = OpenApiParameter("subtitle_id", {"type": "integer", "minimum": 1}, OpenApiParameter.PATH)

document(
    subtitles.SubtitlesView,
    get=extend_schema(
        operation_id="list_subtitles",
        parameters=[VIDEO],
        responses=subtitles.SubtitleSerializer(many=True),
        tags=["describing"],
    ),
    post=extend_schema(
        operation_id="add_subtitles",
        parameters=[VIDEO],
        request={"multipart/form-data": subtitles.NewSubtitleSerializer},
        responses={201: subtitles.SavedSubtitleSerializer},
        tags=["describing"],
    ),
)
document(
    subtitles.SubtitleView,
    patch=extend_schema(
        operation_id="change_subtitles",
        parameters=[VIDEO, SUBTITLE],
        request={
            "multipart/form-data": subtitles.ChangedSubtitleSerializer,
            "application/json": subtitles.SubtitleSerializer,
        },
        responses=subtitles.SavedSubtitleSerializer,
        tags=["describing"],
    ),
    delete=extend_schema(
        operation_id="remove_subtitles",
        parameters=[VIDEO, SUBTITLE],
        responses={204: None},
        tags=["describing"],
    ),
)
