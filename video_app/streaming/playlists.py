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
from video_app.pipeline import ladder, layout, playlist, storyboard
from video_app.pipeline.types import Plan
from video_app.store import the_store
from video_app.streaming import watching
from video_app.streaming.film_cache import PlayableBuild

LIFETIME = 3600  # seconds
# Of the texts; raise it when they are worded differently, for rolling upgrades.
CACHE_VERSION = 3
# Players never read an ended playlist again: its links last for the film and a long pause.
PAUSE_SECONDS = 2 * 3600

Uri = Callable[[str], str]

MEDIA = "media"
MASTER = "master"
WHOLE_MASTER = "whole-master"  # with the rungs that are not offered yet
IFRAMES = "iframes"
SUBTITLES = "subtitles"
STORYBOARD = "storyboard"
HLS = "application/vnd.apple.mpegurl"
TYPES = dict.fromkeys([MEDIA, MASTER, WHOLE_MASTER, IFRAMES, SUBTITLES], HLS)
TYPES[STORYBOARD] = layout.TYPES[".vtt"]


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


def fresh(cached: Any, wanted: Wanted, build: PlayableBuild) -> Playlist:
    """What lay in the cache if it is of this very state of the build, else made now.

    `Build.DoesNotExist` when the build was removed meanwhile.
    """
    folder = _folder(build, wanted.folder)
    flags = f"{build['complete']:d}{build['abandoned']:d}"
    where = _bucket_version() if build["stored"] else ""
    ready = f"{build['ready'].get(folder, 0)}.{folder}.{len(build['offered'])}"
    version = f"{CACHE_VERSION}.{build['id']}.{ready}.{build['revision']}.{flags}{where}"
    if cached and cached["version"] == version:
        found: Playlist = cached
        return found
    text = _render(build, wanted, folder)
    made = Playlist(version=version, tag=f"{version}.{zlib.crc32(text.encode()):08x}", text=text)
    cache.set(wanted.key, made, LIFETIME)
    return made


def _folder(build: PlayableBuild, asked: str) -> str:
    """Where the files lie of the rendition or track that was asked for: of the nearest one
    when there is none of that name, or nothing of it yet."""
    folder = _nearest(build, asked)
    begun = tuple(name for name in build["rungs"] if build["ready"].get(name))
    return ladder.nearest(folder, begun) if begun and folder in build["rungs"] else folder


def _nearest(build: PlayableBuild, asked: str) -> str:
    return ladder.nearest(asked, tuple(build["rungs"])) if asked in ladder.NAMES else asked


def _named(build: PlayableBuild, plan: Plan, kind: str) -> list[str]:
    """The rungs in a master: those that are offered, then the others if those are wanted too."""
    offered = playlist.by_preference(plan, build["offered"])
    others = [rung for rung in build["rungs"] if rung not in build["offered"]]
    return [*offered, *others] if kind == WHOLE_MASTER else offered


def _mended_segments(build: Build, plan: Plan) -> dict[str, int]:
    """The revision of each segment that was encoded again: caches may have the old one."""
    mended = build.chunks.filter(revision__gt=0).values_list("index", "revision")
    spans = [(plan.chunk(index), revision) for index, revision in mended]
    return {
        layout.segment_name(number): revision
        for span, revision in spans
        for number in range(span.first_segment, span.end_segment)
    }


def _bucket_version() -> str:
    """Another one where links lead elsewhere."""
    where = (
        *(settings.AWS_STORAGE_BUCKET_NAME, settings.AWS_LOCATION, settings.BUCKET_LINKS),
        *(settings.AWS_S3_ENDPOINT_URL, settings.AWS_S3_PUBLIC_ENDPOINT_URL),
    )
    return f"{zlib.crc32(repr(where).encode()):08x}"


def _render(build: PlayableBuild, wanted: Wanted, folder: str) -> str:
    row = Build.objects.get(pk=build["id"])
    kind, plan, complete = wanted.kind, row.plan, build["complete"]

    mended = _mended_segments(row, plan) if build["revision"] else {}

    elsewhere = f"../{folder}/" if folder != _nearest(build, wanted.folder) else ""

    def here(name: str) -> str:
        """A player stays with the build it began with, whatever is published meanwhile."""
        revision = mended.get(name)
        return f"{elsewhere}{name}?b={row.pk}" + (f"&r={revision}" if revision else "")

    uri = _in_bucket(row, plan, folder, here) if build["stored"] else here
    if kind == MEDIA:
        return playlist.media_playlist(
            plan,
            build["ready"].get(folder, 0),
            complete=complete,
            abandoned=build["abandoned"],
            uri=uri,
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
        rungs=_named(build, plan, kind),
        has_subtitles=bool(build["subtitles"]),
        uri=lambda name: folder + here(name),
    )


def _in_bucket(build: Build, plan: Plan, folder: str, here: Uri) -> Uri:
    """Signed links, or what leads here where the bucket cannot be linked to for so long."""
    seconds = int(plan.duration) + PAUSE_SECONDS + LIFETIME
    prefix = f"{build.prefix}/{folder}" if folder else build.prefix
    keys = {key.rpartition("/")[2]: key for key in build.segment_keys(folder)} if folder else {}

    def uri(name: str) -> str:
        return the_store().url(keys.get(name, f"{prefix}/{name}"), seconds) or here(name)

    return uri


def _reports(build: Build, plan: Plan) -> list[playlist.Report]:
    """Of every chunk. One that is encoded again keeps its last report until it has another."""
    reports = list(build.chunks.order_by("index").values_list("report", flat=True))
    if len(reports) < plan.chunks:
        raise Build.DoesNotExist  # it is being deleted
    return reports
