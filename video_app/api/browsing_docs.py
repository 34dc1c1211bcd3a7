"""What the schema says about the home page's rows and the ways through the catalogue."""

from drf_spectacular.utils import OpenApiParameter, extend_schema

from video_app.api import browsing, browsing_serializers, lists
from video_app.api.docs import NOT_MODIFIED, document, paged
from video_app.api.queries import PageQuery
from video_app.api.serializers import HomeSerializer, VideoSerializer

SERIES = OpenApiParameter("series_id", {"type": "integer", "minimum": 1}, OpenApiParameter.PATH)

document(
    lists.HomeView,
    get=extend_schema(
        operation_id="get_home",
        responses={200: HomeSerializer, 304: NOT_MODIFIED},
        tags=["catalogue"],
    ),
)
document(
    lists.HistoryView,
    get=extend_schema(
        operation_id="list_history",
        parameters=[PageQuery],
        responses=paged("History", VideoSerializer),
        tags=["my films"],
    ),
    delete=extend_schema(operation_id="forget_history", responses={204: None}, tags=["my films"]),
)
document(
    browsing.CategoriesView,
    get=extend_schema(
        operation_id="list_categories",
        responses={200: browsing_serializers.CategorySerializer(many=True), 304: NOT_MODIFIED},
        tags=["catalogue"],
    ),
)
document(
    browsing.TagsView,
    get=extend_schema(
        operation_id="list_tags",
        responses={200: browsing_serializers.TagSerializer(many=True), 304: NOT_MODIFIED},
        tags=["catalogue"],
    ),
)
document(
    browsing.SeriesListView,
    get=extend_schema(
        operation_id="list_series",
        parameters=[PageQuery],
        responses=paged("Series", browsing_serializers.SeriesSerializer),
        tags=["catalogue"],
    ),
)
document(
    browsing.SeriesView,
    get=extend_schema(
        operation_id="get_series",
        parameters=[SERIES],
        responses={200: browsing_serializers.WholeSeriesSerializer, 304: NOT_MODIFIED},
        tags=["catalogue"],
    ),
)
document(
    browsing.SuggestionsView,
    get=extend_schema(
        operation_id="suggest",
        parameters=[browsing_serializers.SuggestionQuery],
        responses=browsing_serializers.SuggestionSerializer(many=True),
        tags=["catalogue"],
    ),
)
