"""A film's files as its playlists name them."""

from dataclasses import dataclass
from functools import cached_property

from video_app.models import Build
from video_app.pipeline import layout
from video_app.pipeline.rates import Report
from video_app.pipeline.types import Plan
from video_app.store import the_store
from video_app.streaming.film_cache import PlayableBuild

LIFETIME = 3600  # seconds that a text may lie in the cache
# Players never read an ended playlist again: its links last for the film and a long pause.
PAUSE_SECONDS = 2 * 3600


@dataclass(frozen=True)
class Film:
    """What a text is made of. `elsewhere` is the way from the playlist to its files."""

    build: PlayableBuild
    row: Build
    plan: Plan
    folder: str
    elsewhere: str

    def here(self, name: str) -> str:
        """A player stays with the build it began with, whatever is published meanwhile."""
        revision = self._mended.get(name)
        return f"{self.elsewhere}{name}?b={self.row.pk}" + (f"&r={revision}" if revision else "")

    def uri(self, name: str) -> str:
        """A signed link where the film lies in a bucket that can be linked to for so long."""
        if not self.build["stored"]:
            return self.here(name)
        path = f"{self.folder}/{name}" if self.folder else name
        key = self._keys.get(name, f"{self.row.prefix}/{path}")
        seconds = int(self.plan.duration) + PAUSE_SECONDS + LIFETIME
        return the_store().url(key, seconds) or self.here(name)

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
