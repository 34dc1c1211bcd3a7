"""Who may see a film: a token or play right checked by its signature, then one look into the cache.

Every stream view begins with a call from here; nothing else grants anything.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import signing
from django.core.cache import cache
from django.db.models import Q
from django.http import HttpRequest
from django.utils.module_loading import import_string
from rest_framework.exceptions import NotAuthenticated, NotFound

from video_app.streaming import film_cache, links
from video_app.streaming.film_cache import Film, PlayableBuild
from video_app.streaming.play_right import PlayRight

authentication = import_string(settings.STREAM_AUTHENTICATION)()

BAD_LINK = "This link is not valid or has expired."
# Where `stream_view` leaves the right that stands in the path. No header comes under this name.
RIGHT = "videoflix.play_right"


@dataclass(frozen=True, slots=True)
class Viewing:
    """A film that this request may see, and what lay in the cache under the keys asked for."""

    film: Film
    cached: dict[str, Any]
    viewer: str  # the session or link, for measuring; "" for staff, whose previews do not count
    is_limited: bool = False  # by an age limit of the session's profile


def require_viewer(request: HttpRequest, video_id: int, *keys: str) -> Viewing:
    """For live sessions and films that they may see; one round trip fetches `keys` as well.

    `NotAuthenticated` comes first, so that a stranger does not learn which films exist.
    """
    if RIGHT in request.META:
        return _require_right(request, video_id, *keys)
    found = authentication.authenticate(request)
    if found is None:
        raise NotAuthenticated
    request.user, stream_pass = found
    film_key = film_cache.key(video_id)
    cached = cache.get_many([stream_pass.cache_key, film_key, *keys])
    rights = stream_pass.rights(cached.get(stream_pass.cache_key))
    if not rights.is_live:
        raise NotAuthenticated
    film = cached.get(film_key) or film_cache.load(video_id)
    if film is None or not may_see(film, rights):
        raise NotFound
    viewer = "" if rights.is_staff else stream_pass.cache_key
    return Viewing(film, cached, viewer, rights.age_limit is not None)


def may_see(film: Film, rights: Any) -> bool:
    """Whether a live session with these rights may see the film. `visible_to` says the same of
    rows; only owners of unpublished films see their rows and not their stream."""
    if not _is_within(film, rights.age_limit):
        return False
    if rights.is_staff:
        return True
    groups = film["groups"]
    return film["public"] and (groups is None or not rights.groups.isdisjoint(groups))


def _is_within(film: Film, age_limit: int | None) -> bool:
    """Whether a viewer of that age limit, if there is one, may see the film: nobody knows from
    which age a film is that does not say so."""
    return age_limit is None or (film["age"] is not None and film["age"] <= age_limit)


def _require_right(request: HttpRequest, video_id: int, *keys: str) -> Viewing:
    """The film as a play link shows it: with no build but the link's own.

    Its maker's session, the link itself and the film's publication have to last. It is bound by
    the age limit of the profile that it was made in, and of the one that the session is in now.
    """
    right = _play_right(request)
    stream_pass = authentication.pass_of(right.session)
    film_key = film_cache.key(video_id)
    cached = cache.get_many([stream_pass.cache_key, right.cache_key, film_key, *keys])
    rights = stream_pass.rights(cached.get(stream_pass.cache_key))
    standing = right.standing(cached.get(right.cache_key))
    if right.video != video_id or not rights.is_live or not standing.is_live:
        raise NotAuthenticated(BAD_LINK)
    film = cached.get(film_key) or film_cache.load(video_id)
    if film is None or not film["public"] or not may_see(film, rights):
        raise NotFound
    if not _is_within(film, standing.age_limit):
        raise NotFound
    return Viewing(_only_build(film, right.build), cached, right.cache_key)


def _play_right(request: HttpRequest) -> PlayRight:
    try:
        return PlayRight.parse(request.META[RIGHT])
    except signing.BadSignature as error:
        raise NotAuthenticated(BAD_LINK) from error


def _only_build(film: Film, build_id: int) -> Film:
    build = film["builds"].get(str(build_id))
    return film | {"current": build_id, "builds": {str(build_id): build} if build else {}}


def is_linked(request: HttpRequest) -> bool:
    """Whether a play link was used, and not a session."""
    return RIGHT in request.META


def require_build(request: HttpRequest, video_id: int) -> PlayableBuild:
    """As `require_viewer`; the build that the URL names."""
    return named_build(request, require_viewer(request, video_id).film)


def require_signature(request: HttpRequest, video_id: int, rung: str) -> PlayableBuild:
    """The build that a signed link opens. No cookie comes along, so the film must be public.

    A link that was made in a profile of limited age names its session, whose rights count.
    """
    if RIGHT in request.META:
        return require_build(request, video_id)
    build_id, viewer, session = _signed_build(request, video_id, rung)
    film: Film | None = cache.get(film_cache.key(video_id)) or film_cache.load(video_id)
    build = film["builds"].get(build_id) if film and film["public"] else None
    if film is None or build is None or not _may_open(film["groups"], viewer):
        raise NotFound
    if session and not _may_see_in(session, film):
        raise NotFound
    return build


def _may_see_in(session: str, film: Film) -> bool:
    stream_pass = authentication.pass_of(UUID(session))
    rights = stream_pass.rights(cache.get(stream_pass.cache_key))
    return rights.is_live and may_see(film, rights)


def _may_open(groups: list[int] | None, viewer: str) -> bool:
    """Whether whom the link was made for still belongs to the film's groups."""
    if groups is None:
        return True
    users = get_user_model().objects.filter(pk=viewer or 0, is_active=True)
    return users.filter(Q(is_staff=True) | Q(groups__in=groups)).exists()


def named_build(request: HttpRequest, film: Film) -> PlayableBuild:
    """The build that the URL names, else the current one."""
    build = film["builds"].get(request.GET.get("b") or str(film["current"]))
    if build is None:
        raise NotFound
    return build


def _signed_build(request: HttpRequest, video_id: int, rung: str) -> tuple[str, str, str]:
    try:
        return links.signed_build(request.GET.get("token", ""), video_id, rung)
    except signing.BadSignature as error:
        raise NotAuthenticated(BAD_LINK) from error
