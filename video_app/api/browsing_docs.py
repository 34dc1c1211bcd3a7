"""What the schema says about the home page's rows and the ways through the catalogue."""

from drf_spectacular.utils import OpenApiParameter, extend_schema

from video_app.api import browsing, lists
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
        responses={200: browsing.CategorySerializer(many=True), 304: NOT_MODIFIED},
        tags=["catalogue"],
    ),
)
document(
    browsing.TagsView,
    get=extend_schema(
        operation_id="list_tags",
        responses={200: browsing.TagSerializer(many=True), 304: NOT_MODIFIED},
        tags=["catalogue"],
    ),
)
document(
    browsing.SeriesListView,
    get=extend_schema(
        operation_id="list_series",
        parameters=[PageQuery],
        responses=paged("Series", browsing.SeriesSerializer),
        tags=["catalogue"],
    ),
)
document(
    browsing.SeriesView,
    get=extend_schema(
        operation_id="get_series",
        parameters=[SERIES],
        responses={200: browsing.WholeSeriesSerializer, 304: NOT_MODIFIED},
        tags=["catalogue"],
    ),
)
document(
    browsing.SuggestionsView,
    get=extend_schema(
        operation_id="suggest",
        parameters=[browsing.SuggestionQuery],
        responses=browsing.SuggestionSerializer(many=True),
        tags=["catalogue"],
    ),
)
