"""A film's files as its playlists name them."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from video_app.models import Build
from video_app.pipeline import layers, layout
from video_app.pipeline.rates import Report
from video_app.pipeline.types import Plan
from video_app.store import the_store
from video_app.streaming.film_cache import PlayableBuild

LIFETIME = 3600  # seconds that a text may lie in the cache
# Players never read an ended playlist again: its links last for the film and a long pause.
PAUSE_SECONDS = 2 * 3600


class Listed(NamedTuple):
    """A folder, how many of its segments, and whether another rung's stand in for some."""

    folder: str
    segments: int
    has_others: bool


@dataclass(frozen=True)
class Film:
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
