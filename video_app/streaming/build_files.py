"""The files of a build: from the media folder, or from the bucket by a link or through us."""

import re

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from video_app.models.builds import place_of
from video_app.pipeline import layout
from video_app.store import local, the_store
from video_app.streaming import delivery
from video_app.streaming.film_cache import PlayableBuild

# Of a link that is followed at once, and perhaps resumed.
REDIRECT_SECONDS = 2 * 3600
REVISION = re.compile("[0-9]{1,5}")


def send_segment(request: HttpRequest, build: PlayableBuild, key: str) -> HttpResponseBase:
    """A segment or sheet; `key` names the build, so with the revision of a mended chunk it is a
    validator as well."""
    # Without a build in the URL, tomorrow's answer may be another film.
    cache_control = layout.IMMUTABLE if "b" in request.GET else delivery.REVALIDATE
    etag = key.removeprefix("hls/").replace("/", "-") + _revision(request)
    return send(request, build, key, etag=etag, cache_control=cache_control)


def _revision(request: HttpRequest) -> str:
    given = request.GET.get("r", "")
    return f"-{given}" if REVISION.fullmatch(given) else ""


def send(
    request: HttpRequest, build: PlayableBuild, key: str, *, etag: str, cache_control: str
) -> HttpResponseBase:
    """The file under `key`, or a redirect to it; see `delivery.send_file`."""
    if not build["stored"]:
        return delivery.send_file(request, key, etag=etag, cache_control=cache_control)
    if link := the_store().url(key, REDIRECT_SECONDS):
        return HttpResponseRedirect(link, headers={"Cache-Control": delivery.NO_STORE})
    return delivery.send_stored(request, key, etag=etag, cache_control=cache_control)


def segment_key(build: PlayableBuild, folder: str, number: int) -> str:
    """The key of a segment of a rendition or track."""
    places = next((places for end, *places in build["places"] if number < end), ["", ""])
    place = place_of(folder, *places)
    return layout.segment_key(build["prefix"], folder, number, place)


def send_picture(
    request: HttpRequest, key: str, *, etag: str, cache_control: str
) -> HttpResponseBase:
    """A poster or thumbnail: always by ourselves, as pages of any origin show it."""
    is_here = the_store().puts_at_once or local.path(key).exists()
    send = delivery.send_file if is_here else delivery.send_stored
    return send(request, key, etag=etag, cache_control=cache_control)
