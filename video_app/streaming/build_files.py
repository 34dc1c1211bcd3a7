"""The files of a build: from here, or from the bucket once the local copy is gone."""

import re

from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from video_app.pipeline import layout
from video_app.store import bucket
from video_app.streaming import delivery
from video_app.streaming.film_cache import PlayableBuild

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
    if build["stored"] and not default_storage.exists(key):
        return HttpResponseRedirect(bucket.url(key), headers={"Cache-Control": delivery.NO_STORE})
    return delivery.send_file(request, key, etag=etag, cache_control=cache_control)
