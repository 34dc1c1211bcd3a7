"""The text of each kind of playlist, from a build's plan and what is ready of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from video_app.models import Build
from video_app.pipeline import layers, layout, master, playlist, storyboard
from video_app.pipeline.rates import Report
from video_app.pipeline.types import Plan
from video_app.store import the_store
from video_app.streaming import tracks
from video_app.streaming.film_cache import PlayableBuild

LIFETIME = 3600  # seconds that a text may lie in the cache
# Players never read an ended playlist again: its links last for the film and a long pause.
PAUSE_SECONDS = 2 * 3600

MEDIA = "media"
OWN = "own media"  # of a player that looks itself what is there of each rung
MASTER = "master"
WHOLE_MASTER = "whole-master"  # with the rungs that are not offered yet
IFRAMES = "iframes"
SUBTITLES = "subtitles"
ADDED_TEXT = "added text"
STORYBOARD = "storyboard"
HLS = "application/vnd.apple.mpegurl"


class Listed(NamedTuple):
    """A folder, how many of its segments, and whether another rung's stand in for some."""

    folder: str
    segments: int
    has_others: bool


def render(build: PlayableBuild, kind: str, listed: Listed) -> str:
    """The playlist of that kind.

    `Build.DoesNotExist` when the build was removed meanwhile.
    """
    row = Build.objects.select_related("video").get(pk=build["id"])
    return TEXTS[kind](_Film(build, row, row.plan, listed))


@dataclass(frozen=True)
class _Film:
    """What a text is made of."""

    build: PlayableBuild
    row: Build
    plan: Plan
    listed: Listed

    @property
    def folder(self) -> str:
        return self.listed.folder

    def here(self, name: str) -> str:
        """A player stays with the build it began with, whatever is published meanwhile."""
        revision = self._mended.get(name)
        return f"{name}?b={self.row.pk}" + (f"&r={revision}" if revision else "")

    def uri(self, name: str) -> str:
        """A signed link where the film lies in a bucket that can be linked to for so long."""
        if not self.build["stored"] or name in self._stand_ins:
            return self.here(name)
        path = f"{self.folder}/{name}" if self.folder else name
        key = self._keys.get(name, f"{self.row.prefix}/{path}")
        seconds = int(self.plan.duration) + PAUSE_SECONDS + LIFETIME
        return the_store().url(key, seconds) or self.here(name)

    @cached_property
    def _stand_ins(self) -> set[str]:
        """Segments for which another rung's may have stood: they keep that address."""
        is_upper = layers.has_layers(self.plan) and not layers.is_low(self.folder)
        return set(map(layout.segment_name, range(layers.OFFERED_SEGMENTS if is_upper else 0)))

    @cached_property
    def _keys(self) -> dict[str, str]:
        """Where the folder's segments lie in the bucket."""
        keys = self.row.segment_keys(self.folder) if self.folder else ()
        return {key.rpartition("/")[2]: key for key in keys}

    @cached_property
    def _mended(self) -> dict[str, int]:
        """The revision of each segment that was encoded again: caches may have the old one."""
        if not self.build["revision"]:
            return {}
        mended = self.row.chunks.filter(revision__gt=0).values_list("index", "revision")
        spans = [(self.plan.chunk(index), revision) for index, revision in mended]
        return {
            layout.segment_name(number): revision
            for span, revision in spans
            for number in range(span.first_segment, span.end_segment)
        }

    def reports(self) -> list[Report]:
        """Of every chunk. One that is encoded again keeps its last report until it has another."""
        reports = list(self.row.chunks.order_by("index").values_list("report", flat=True))
        if len(reports) < self.plan.chunks:
            raise Build.DoesNotExist  # it is being deleted
        return reports


def _media(film: _Film) -> str:
    return playlist.media_playlist(
        film.plan,
        film.listed.segments,
        complete=film.build["complete"],
        abandoned=film.build["abandoned"],
        stands_in=film.listed.has_others,
        uri=film.uri,
    )


def _iframes(film: _Film) -> str:
    reports = film.reports() if film.build["complete"] else []
    return playlist.iframe_playlist(film.plan, film.folder, reports, uri=film.uri)


def _subtitles(film: _Film) -> str:
    return playlist.subtitle_playlist(film.plan, uri=film.uri)


def _added_text(film: _Film) -> str:
    """Of a file that lies nowhere: web makes it from the database."""
    edited = film.build["tracks_revision"]
    return playlist.subtitle_playlist(film.plan, uri=lambda name: f"{film.here(name)}&s={edited}")


def _storyboard(film: _Film) -> str:
    return storyboard.text(film.plan, uri=film.uri)


def _master(film: _Film) -> str:
    return _master_of(film, film.build["offered"])


def _whole_master(film: _Film) -> str:
    """The rungs that are offered before the others."""
    offered = film.build["offered"]
    others = [rung for rung in film.build["rungs"] if rung not in offered]
    return _master_of(film, offered, others, query="&own=1" if others else "")


def _master_of(
    film: _Film, offered: Sequence[str], others: Sequence[str] = (), query: str = ""
) -> str:
    complete = film.build["complete"]
    named = tracks.corrected(film.plan, film.row.video.track_edits)
    return master.master_playlist(
        named,
        film.reports() if complete else [],
        complete=complete,
        rungs=[*master.by_preference(film.plan, offered), *others],
        texts=tracks.text_tracks_of(film.row, named),
        uri=lambda name: f"{film.folder}{film.here(name)}{query}",
    )


TEXTS: dict[str, Callable[[_Film], str]] = {
    MEDIA: _media,
    OWN: _media,
    MASTER: _master,
    WHOLE_MASTER: _whole_master,
    IFRAMES: _iframes,
    SUBTITLES: _subtitles,
    ADDED_TEXT: _added_text,
    STORYBOARD: _storyboard,
}
TYPES = dict.fromkeys(TEXTS, HLS) | {STORYBOARD: layout.TYPES[".vtt"]}
