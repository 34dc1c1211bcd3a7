"""What the schema says about watching: marks, positions, play links, reports.

Imported by `core.schema`, as `docs` is.
"""

from drf_spectacular.utils import OpenApiParameter, extend_schema

from video_app.api import play_links, playback, preferences, views
from video_app.api.docs import VIDEO, document
from video_app.api.serializers import (
    FavoriteSerializer,
    IsFavoriteSerializer,
    MadePlayLinkSerializer,
    PlayLinkSerializer,
    PositionSerializer,
)

document(
    views.FavoriteView,
    put=extend_schema(
        operation_id="add_favorite",
        description="Mark a film as a favourite; once more changes nothing.",
        parameters=[VIDEO],
        request=None,
        responses=IsFavoriteSerializer,
        tags=["my films"],
    ),
    delete=extend_schema(
        operation_id="remove_favorite",
        description="Take a film from the favourites, if it is one.",
        parameters=[VIDEO],
        responses={200: IsFavoriteSerializer},
        tags=["my films"],
    ),
)
document(
    views.ToggleFavoriteView,
    post=extend_schema(
        operation_id="toggle_favorite",
        description="Adds a film to the favourites or takes it away; answers with all their ids. "
        "For a client of its own; new ones use `PUT` and `DELETE /api/video/{video_id}/favorite/`.",
        request=FavoriteSerializer,
        responses={200: {"type": "array", "items": {"type": "integer"}}},
        tags=["my films"],
    ),
)
document(
    views.WatchedView,
    put=extend_schema(
        operation_id="mark_watched",
        description="Count a film as watched, wherever that was; its position becomes 0.",
        parameters=[VIDEO],
        request=None,
        responses=PositionSerializer,
        tags=["my films"],
    ),
    delete=extend_schema(
        operation_id="mark_unwatched",
        description="Count a film as not watched; its position becomes 0.",
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
        description="Keep how far this user has come. From the credits on the film counts as "
        "watched, and the answer's `seconds` are 0: it begins anew next time.",
        parameters=[VIDEO],
        request=PositionSerializer,
        responses=PositionSerializer,
        tags=["my films"],
    ),
    delete=extend_schema(
        operation_id="forget_position",
        description="Begin the film anew next time; a film that was watched stays watched.",
        parameters=[VIDEO],
        responses={200: PositionSerializer},
        tags=["my films"],
    ),
)
document(
    preferences.PreferencesView,
    get=extend_schema(
        operation_id="get_preferences",
        description="Languages, subtitles and their look, as the profile that this session is in "
        "chose them. They also stand in each film (`GET /api/video/{video_id}/`).",
        responses=preferences.PreferencesSerializer,
        tags=["my films"],
    ),
    patch=extend_schema(
        operation_id="change_preferences",
        description="Change what the body names; the answer is all of it.",
        request=preferences.PreferencesSerializer,
        responses=preferences.PreferencesSerializer,
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
