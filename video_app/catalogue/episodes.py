"""What comes next in a series: a pure rule over its episodes and what somebody did with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from video_app.models.folding import sort_key

# Where specials are, as every catalogue of series has it.
SPECIALS = 0
NO_NUMBER = 100_000


@dataclass(frozen=True, slots=True)
class Episode:
    """A film of a series, and how far its viewer has come."""

    pk: int
    season: int | None
    number: int | None
    title: str = ""
    seconds: float = 0
    watched_at: datetime | None = None
    touched_at: datetime | None = None

    @property
    def is_special(self) -> bool:
        return self.season == SPECIALS

    @property
    def order(self) -> tuple[int, int, bytes, int]:
        """Films without numbers, as in a collection, come after those that have some."""
        season = NO_NUMBER if self.season is None else self.season
        number = NO_NUMBER if self.number is None else self.number
        return season, number, sort_key(self.title), self.pk


def in_order(episodes: Sequence[Episode]) -> list[Episode]:
    """Season by season; the specials last."""
    return sorted(episodes, key=lambda episode: (episode.is_special, episode.order))


def after(episodes: Sequence[Episode], pk: int) -> Episode | None:
    """The regular episode that follows this one; after a special none does."""
    regular = [episode for episode in in_order(episodes) if not episode.is_special]
    places = [place for place, episode in enumerate(regular) if episode.pk == pk]
    return next(iter(regular[places[0] + 1 :]), None) if places else None


def next_up(episodes: Sequence[Episode]) -> Episode | None:
    """What to watch now: what was begun last, else the episode after the one watched last.

    The time decides, not what else was watched: who begins a series again goes through all of
    it again. Specials neither block what follows nor are they proposed. None for a series that
    nobody has begun, and at its end.
    """
    touched = [episode for episode in episodes if episode.touched_at and not episode.is_special]
    if not touched:
        return None
    begun = max(touched, key=lambda episode: (episode.touched_at, episode.order))
    if begun.seconds > 0:
        return begun
    watched = [episode for episode in touched if episode.watched_at]
    if not watched:
        return begun
    last = max(watched, key=lambda episode: (episode.watched_at, episode.order))
    return after(episodes, last.pk)


def first(episodes: Sequence[Episode]) -> Episode | None:
    """Where a series begins."""
    return next(iter(in_order(episodes)), None)
