"""The playlists of a published film: rendered from its plan, kept in the cache.

An entry names the state of the build that it was rendered for, so none is ever stale
and nothing has to be forgotten.
"""

import zlib
from typing import Any, TypedDict

from django.core.cache import cache

from video_app.models import Build, ChunkState
from video_app.pipeline import playlist, storyboard
from video_app.published import Stream

LIFETIME = 3600  # seconds

MEDIA = "media"  # of any rendition: all have the same segments
MASTER = "master"
IFRAMES = "iframes"
SUBTITLES = "subtitles"  # of any track: all have the same minutes
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

    `name` is MEDIA, MASTER, "master ../" (with the prefix of its URIs) or "iframes 480p".
    `Build.DoesNotExist` when the build was removed meanwhile.
    """
    version = f"{stream['build']}.{stream['ready']}.{stream['complete']:d}{stream['abandoned']:d}"
    if cached and cached["version"] == version:
        return Playlist(**cached)
    text = _render(stream, *name.split(" "))
    made = Playlist(version=version, tag=f"{version}.{zlib.crc32(text.encode()):08x}", text=text)
    cache.set(cache_key, made, LIFETIME)
    return made


def _render(stream: Stream, name: str, detail: str = "") -> str:
    build = Build.objects.get(pk=stream["build"])
    # A player stays with the build it began with, whatever is published meanwhile.
    query = f"?b={build.pk}"
    complete = stream["complete"]
    if name == MEDIA:
        return playlist.media_playlist(
            build.plan,
            stream["ready"],
            complete=complete,
            abandoned=stream["abandoned"],
            query=query,
        )
    if name == SUBTITLES:
        return playlist.subtitle_playlist(build.plan, query=query)
    if name == STORYBOARD:
        return storyboard.text(build.plan, query=query)
    reports = _reports(build) if complete else []
    if name == MASTER:
        return playlist.master_playlist(
            build.plan,
            reports,
            complete=complete,
            has_subtitles=bool(stream["subtitles"]),
            base=detail,
            query=query,
        )
    return playlist.iframe_playlist(build.plan, detail, reports, query=query)


def _reports(build: Build) -> list[playlist.Report]:
    done = build.chunks.filter(state=ChunkState.DONE).order_by("index")
    return list(done.values_list("report", flat=True))
