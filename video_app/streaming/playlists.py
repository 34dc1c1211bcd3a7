"""The playlists of a published film: rendered from its plan, kept in the cache.

An entry names the state of the build that it was rendered for, so none is ever stale
and nothing has to be forgotten.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypedDict

from django.conf import settings
from django.core.cache import cache

from video_app.models import Build
from video_app.pipeline import layout, playlist, storyboard
from video_app.pipeline.types import Plan
from video_app.store import bucket
from video_app.streaming import watching
from video_app.streaming.film_cache import PlayableBuild

LIFETIME = 3600  # seconds
# Of the texts; raise it when they are worded differently, for rolling upgrades.
CACHE_VERSION = 2
ROLE_LIFETIME = 300

MEDIA = "media"
MASTER = "master"
IFRAMES = "iframes"
SUBTITLES = "subtitles"
STORYBOARD = "storyboard"
HLS = "application/vnd.apple.mpegurl"
TYPES = dict.fromkeys([MEDIA, MASTER, IFRAMES, SUBTITLES], HLS) | {STORYBOARD: layout.TYPES[".vtt"]}


class Playlist(TypedDict):
    version: str
    tag: str
    text: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A playlist as the client asked for it; `build` is "" for the current one."""

    video_id: int
    build: str
    kind: str
    folder: str
    is_linked: bool = False

    @property
    def key(self) -> str:
        """Where it lies in the cache."""
        linked = ":link" if self.is_linked else ""
        return f"playlist:{self.video_id}:{self.build}:{self.kind}:{self.folder}{linked}"

    @property
    def noted_key(self) -> str:
        return watching.noted_key(self.video_id)

    @property
    def keys(self) -> tuple[str, str]:
        """What the view needs from the cache, besides film and session."""
        return self.key, self.noted_key


def fresh(cached: Any, cache_key: str, build: PlayableBuild, kind: str, folder: str) -> Playlist:
    """What lay in the cache if it is of this very state of the build, else made now.

    `folder` is where the files lie that a rendition or track has: "480p", "audio-0". For a
    master it is what its URIs begin with. `Build.DoesNotExist` when the build was removed
    meanwhile.
    """
    flags = f"{build['complete']:d}{build['abandoned']:d}"
    where = settings.AWS_STORAGE_BUCKET_NAME if build["stored"] else ""
    version = f"{CACHE_VERSION}.{build['id']}.{build['ready']}.{build['revision']}.{flags}{where}"
    if cached and cached["version"] == version:
        found: Playlist = cached
        return found
    text = _render(build, kind, folder)
    made = Playlist(version=version, tag=f"{version}.{zlib.crc32(text.encode()):08x}", text=text)
    cache.set(cache_key, made, _lifetime(build))
    return made


def _mended_segments(build: Build, plan: Plan) -> dict[str, int]:
    """The revision of each segment that was encoded again: caches may have the old one."""
    mended = build.chunks.filter(revision__gt=0).values_list("index", "revision")
    spans = [(plan.chunk(index), revision) for index, revision in mended]
    return {
        layout.segment_name(number): revision
        for span, revision in spans
        for number in range(span.first_segment, span.end_segment)
    }


def _lifetime(build: PlayableBuild) -> int:
    """Signed links outlive their text by half of their life at least. Those of a machine's
    role end with its session, and nobody says when that is."""
    if not build["stored"]:
        return LIFETIME
    has_key = bool(settings.AWS_ACCESS_KEY_ID and not settings.AWS_SESSION_TOKEN)
    half_of_a_link: int = settings.FILE_URL_SECONDS // 2
    return min(LIFETIME if has_key else ROLE_LIFETIME, half_of_a_link)


def _render(build: PlayableBuild, kind: str, folder: str) -> str:
    row = Build.objects.get(pk=build["id"])
    plan, complete = row.plan, build["complete"]

    mended = _mended_segments(row, plan) if build["revision"] else {}

    def here(name: str) -> str:
        """A player stays with the build it began with, whatever is published meanwhile."""
        revision = mended.get(name)
        return f"{name}?b={row.pk}" + (f"&r={revision}" if revision else "")

    uri = _in_bucket(row, folder) if build["stored"] else here
    if kind == MEDIA:
        return playlist.media_playlist(
            plan, build["ready"], complete=complete, abandoned=build["abandoned"], uri=uri
        )
    if kind == SUBTITLES:
        return playlist.subtitle_playlist(plan, uri=uri)
    if kind == STORYBOARD:
        return storyboard.text(plan, uri=uri)
    reports = _reports(row, plan) if complete else []
    if kind == IFRAMES:
        return playlist.iframe_playlist(plan, folder, reports, uri=uri)
    return playlist.master_playlist(
        plan,
        reports,
        complete=complete,
        has_subtitles=bool(build["subtitles"]),
        uri=lambda name: folder + here(name),
    )


def _in_bucket(build: Build, folder: str) -> Callable[[str], str]:
    prefix = f"{build.prefix}/{folder}" if folder else build.prefix
    return lambda name: bucket.url(f"{prefix}/{name}")


def _reports(build: Build, plan: Plan) -> list[playlist.Report]:
    """Of every chunk. One that is encoded again keeps its last report until it has another."""
    reports = list(build.chunks.order_by("index").values_list("report", flat=True))
    if len(reports) < plan.chunks:
        raise Build.DoesNotExist  # it is being deleted
    return reports
