"""Uploading films and noting what becomes of them, through the HTTP API alone."""

import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.family import Encoders
from bench.fresh import Fresh
from bench.steps import say
from bench.viewer import Viewer

POLL_SECONDS = 0.05  # for one film; for several as much more, or asking would be the load
WHOLE_POLL_SECONDS = 0.5  # when only the end is waited for


@dataclass(slots=True)
class Arrival:
    """Seconds from the upload's last byte to each event; None until then."""

    video: int
    sent: float
    planned: float | None = None
    playable: float | None = None
    whole: float | None = None
    refused: float | None = None

    @property
    def is_over(self) -> bool:
        return self.whole is not None or self.refused is not None


@dataclass(frozen=True, slots=True)
class Bench:
    product: Fresh
    encoders: Encoders
    ffmpeg: str
    rounds: int

    def follow(self, arrivals: Sequence[Arrival], seconds: float) -> None:
        """Ask until all films are whole or refused."""
        viewer = self.product.sign_in()
        deadline = time.monotonic() + seconds
        while open_ones := [arrival for arrival in arrivals if not arrival.is_over]:
            if time.monotonic() > deadline:
                raise TimeoutError(f"not whole after {seconds:.0f} s: {open_ones}")
            for arrival in open_ones:
                _look(viewer, arrival)
            is_playable = all(arrival.playable is not None for arrival in open_ones)
            time.sleep(WHOLE_POLL_SECONDS if is_playable else POLL_SECONDS * len(open_ones))

    def wait_until_idle(self) -> None:
        """Posters and storyboards of the last film must not burden the next."""
        quiet_since = time.monotonic()
        while time.monotonic() < quiet_since + 2:
            if not self.encoders.are_idle:
                quiet_since = time.monotonic()
            time.sleep(0.1)


def upload(viewer: Viewer, film: Path) -> Arrival:
    video, sent = viewer.upload(film)
    if video is None:
        return Arrival(0, sent, refused=time.monotonic() - sent)
    return Arrival(video, sent)


def _look(viewer: Viewer, arrival: Arrival) -> None:
    """Ask for the next thing that is missing."""
    if arrival.playable is None:
        _look_for_start(viewer, arrival)
    elif all(map(viewer.is_whole, [viewer.best(arrival.video), *viewer.playlists(arrival.video)])):
        arrival.whole = time.monotonic() - arrival.sent


def _look_for_start(viewer: Viewer, arrival: Arrival) -> None:
    state = viewer.status(arrival.video).get("state")
    now = time.monotonic() - arrival.sent
    if state == "failed":
        arrival.refused = now
    elif state != "pending" and arrival.planned is None:
        arrival.planned = now
    playlists = viewer.playlists(arrival.video)
    if playlists and all(viewer.first_segment(playlist) for playlist in playlists):
        arrival.playable = time.monotonic() - arrival.sent


def wait(holds: Callable[[], object], seconds: float, *, every: float = POLL_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:.0f} s in vain")
        time.sleep(every)


EVENTS = {
    "planned": "planned (no longer pending)",
    "playable": "first segment of every rendition",
    "whole": "whole film (ENDLIST)",
    "refused": "refused",
}


def table(title: str, arrivals: Sequence[Arrival]) -> None:
    say(f"\n{title}")
    for name, meaning in EVENTS.items():
        if found := values(arrivals, name):
            middle, worst = statistics.median(found), p95(found)
            each = " ".join(f"{value:.2f}" for value in found)
            say(f"  {meaning:34} median {middle:7.2f} s   p95 {worst:7.2f} s   ({each})")


def values(arrivals: Sequence[Arrival], name: str) -> list[float]:
    found = (getattr(arrival, name) for arrival in arrivals)
    return sorted(value for value in found if value is not None)


def median(arrivals: Sequence[Arrival], name: str) -> float:
    return statistics.median(values(arrivals, name))


def p95(values: Sequence[float]) -> float:
    """The smallest value that at least 95 % do not exceed."""
    return sorted(values)[-(-len(values) * 95 // 100) - 1]


def events(arrival: Arrival) -> str:
    values = {name: getattr(arrival, name) for name in EVENTS}
    return ", ".join(f"{name} {at:.2f} s" for name, at in values.items() if at is not None)


def cores() -> int:
    return len(os.sched_getaffinity(0))
