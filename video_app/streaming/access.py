"""Who may see a film: a token checked by its signature, then one look into the cache.

Every stream view begins with a call from here; nothing else grants anything.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.module_loading import import_string
from rest_framework.exceptions import NotAuthenticated, NotFound

from video_app.streaming import film_cache, links
from video_app.streaming.film_cache import Film, PlayableBuild

authentication = import_string(settings.STREAM_AUTHENTICATION)()


@dataclass(frozen=True, slots=True)
class Viewing:
    """A film that this request may see, and what lay in the cache under the keys asked for."""

    film: Film
    cached: dict[str, Any]


def require_viewer(request: HttpRequest, video_id: int, *keys: str) -> Viewing:
    """For live sessions and films that they may see; one round trip fetches `keys` as well.

    `NotAuthenticated` comes first, so that a stranger does not learn which films exist.
    """
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
    if film is None or not (film["public"] or rights.is_staff):
        raise NotFound
    return Viewing(film, cached)


def require_build(request: HttpRequest, video_id: int) -> PlayableBuild:
    """As `require_viewer`; the build that the URL names."""
    return named_build(request, require_viewer(request, video_id).film)


def require_signature(request: HttpRequest, video_id: int, rung: str) -> PlayableBuild:
    """The build that a signed link opens. No cookie comes along, so the film must be public."""
    build_id = _signed_build(request, video_id, rung)
    film: Film | None = cache.get(film_cache.key(video_id)) or film_cache.load(video_id)
    build = film["builds"].get(build_id) if film and film["public"] else None
    if build is None:
        raise NotFound
    return build


def named_build(request: HttpRequest, film: Film) -> PlayableBuild:
    """The build that the URL names, else the current one."""
    build = film["builds"].get(request.GET.get("b") or str(film["current"]))
    if build is None:
        raise NotFound
    return build


def _signed_build(request: HttpRequest, video_id: int, rung: str) -> str:
    try:
        return links.signed_build(request.GET.get("token", ""), video_id, rung)
    except signing.BadSignature as error:
        raise NotAuthenticated("This link is not valid or has expired.") from error
