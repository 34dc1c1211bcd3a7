"""The playlists of a published film: rendered from its plan, kept in the cache.

An entry names the state of the build that it was rendered for, so none is ever stale
and nothing has to be forgotten.
"""

import zlib
from collections.abc import Callable
from typing import Any, TypedDict

from django.conf import settings
from django.core.cache import cache

from video_app import bucket
from video_app.models import Build, ChunkState
from video_app.pipeline import playlist, storyboard
from video_app.published import Stream

LIFETIME = 3600  # seconds

MEDIA = "media"
MASTER = "master"
IFRAMES = "iframes"
SUBTITLES = "subtitles"
STORYBOARD = "storyboard"


class Playlist(TypedDict):
    version: str
    tag: str
    text: str


def key(video_id: int, build: str, name: str) -> str:
    """`build` as the client asked for it, "" for the current one."""
    return f"playlist:{video_id}:{build}:{name}"


def fresh(cached: Any, cache_key: str, stream: Stream, name: str) -> Playlist:
    """What lay in the cache if it is of this very state of the build, else made now.

    `name` is STORYBOARD, MASTER, "master ../" (with the prefix of its URIs), or has the
    folder beside it that its files lie in: "media 480p", "iframes 480p", "subtitles subtitles-0".
    `Build.DoesNotExist` when the build was removed meanwhile.
    """
    flags = "".join(str(int(stream[flag])) for flag in ("complete", "abandoned", "stored"))
    version = f"{stream['build']}.{stream['ready']}.{flags}"
    if cached and cached["version"] == version:
        return Playlist(**cached)
    text = _render(stream, *name.split(" "))
    made = Playlist(version=version, tag=f"{version}.{zlib.crc32(text.encode()):08x}", text=text)
    cache.set(cache_key, made, min(LIFETIME, settings.FILE_URL_SECONDS // 2))
    return made


def _render(stream: Stream, name: str, detail: str = "") -> str:
    build = Build.objects.get(pk=stream["build"])
    complete = stream["complete"]
    uri = _in_bucket(build, detail) if stream["stored"] else (lambda name: name + _query(build))
    if name == MEDIA:
        return playlist.media_playlist(
            build.plan,
            stream["ready"],
            complete=complete,
            abandoned=stream["abandoned"],
            uri=uri,
        )
    if name == SUBTITLES:
        return playlist.subtitle_playlist(build.plan, uri=uri)
    if name == STORYBOARD:
        return storyboard.text(build.plan, uri=uri)
    reports = _reports(build) if complete else []
    if name == MASTER:
        return playlist.master_playlist(
            build.plan,
            reports,
            complete=complete,
            has_subtitles=bool(stream["subtitles"]),
            base=detail,
            query=_query(build),
        )
    return playlist.iframe_playlist(build.plan, detail, reports, uri=uri)


def _query(build: Build) -> str:
    """A player stays with the build it began with, whatever is published meanwhile."""
    return f"?b={build.pk}"


def _in_bucket(build: Build, folder: str) -> Callable[[str], str]:
    """Signed links, which outlive the cached text by half of their life at least."""
    prefix = f"{build.prefix}/{folder}" if folder else build.prefix
    return lambda name: bucket.url(f"{prefix}/{name}")


def _reports(build: Build) -> list[playlist.Report]:
    done = build.chunks.filter(state=ChunkState.DONE).order_by("index")
    return list(done.values_list("report", flat=True))
