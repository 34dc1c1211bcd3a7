"""How soon an uploaded film can be watched, alone and in company, through the HTTP API alone.

A freshly started product with the defaults of `./videoflix up` gets lone films of 5 s, 30 s and
30 min (1080p), nine films of 20 s (720p) within a second, one film beside another, and a file
that is no film. Times count from the last byte of the upload.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench.clips import clip, no_film
from bench.family import Encoders
from bench.fresh import Fresh, fresh_product
from bench.goal import Goal
from bench.steps import step
from bench.viewer import Viewer
from launcher.tools import usable_ffmpeg

FILMS = ((1080, 5), (1080, 30), (720, 20))  # height and seconds
LONG, TOGETHER = 30 * 60, 9
POLL_SECONDS = 0.05  # for one film; for several as much more, or asking would be the load
PLAYABLE_GOAL, TOGETHER_GOAL, BESIDE_GOAL, REFUSED_GOAL = 5.0, 20.0, 6.0, 3.0
RATIO_GOALS = {5: None, 30: 1.15, LONG: 1.1}


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
            time.sleep(POLL_SECONDS * len(open_ones))

    def wait_until_idle(self) -> None:
        """Posters and storyboards of the last film must not burden the next."""
        quiet_since = time.monotonic()
        while time.monotonic() < quiet_since + 2:
            if not self.encoders.are_idle:
                quiet_since = time.monotonic()
            time.sleep(0.1)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./videoflix bench arrival", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="without the film of 30 minutes")
    parser.add_argument("--rounds", type=int, default=3, help="of the short lone films (3)")
    asked = parser.parse_args(arguments)
    ffmpeg = usable_ffmpeg()
    for height, seconds in FILMS if asked.quick else (*FILMS, (1080, LONG)):
        clip(ffmpeg, height, seconds)
    _say(f"{_cores()} cores, load {os.getloadavg()[0]:.1f} before the start; {ffmpeg}")
    step("starting Videoflix")
    with fresh_product() as product, Encoders(product.pid) as encoders:
        goals = list(_measure(Bench(product, encoders, ffmpeg, asked.rounds), quick=asked.quick))
    _say("")
    for goal in goals:
        _say(str(goal))
    return 0


def _measure(bench: Bench, *, quick: bool) -> Iterator[Goal]:
    yield from _lone_films(bench, 5, bench.rounds)
    yield from _lone_films(bench, 30, bench.rounds)
    yield from _films_together(bench)
    yield from _film_beside_another(bench)
    yield from _no_film(bench)
    if not quick:
        yield from _lone_films(bench, LONG, 1)


def _lone_films(bench: Bench, seconds: int, rounds: int) -> Iterator[Goal]:
    film, ratios, arrivals = clip(bench.ffmpeg, 1080, seconds), [], []
    for number in range(rounds):
        step(f"a lone film of {seconds} s, 1080p ({number + 1} of {rounds})")
        before = bench.encoders.seconds()
        arrival = _upload(bench.product.sign_in(), film)
        bench.follow([arrival], 300 + 4 * seconds)
        cpu = bench.encoders.seconds() - before
        ratios.append((arrival.whole or 0) / (cpu / _cores()))
        arrivals.append(arrival)
        step(f"  {_events(arrival)}; encoders {cpu:.1f} CPU s, ratio {ratios[-1]:.2f}")
        bench.wait_until_idle()
    _table(f"Lone film of {seconds} s, 1080p", arrivals)
    _say(f"  whole / (encoders' CPU / cores): median {statistics.median(ratios):.2f}")
    name = f"{seconds} s alone"
    yield Goal(f"{name}: s to the first segment", _median(arrivals, "playable"), PLAYABLE_GOAL)
    if limit := RATIO_GOALS[seconds]:
        yield Goal(f"{name}: whole / (CPU / cores)", statistics.median(ratios), limit)


def _films_together(bench: Bench) -> Iterator[Goal]:
    film = clip(bench.ffmpeg, 720, 20)
    step(f"{TOGETHER} films of 20 s, 720p, within a second")
    before = bench.encoders.seconds()
    viewers = [bench.product.sign_in() for _ in range(TOGETHER)]
    with ThreadPoolExecutor(TOGETHER) as pool:
        arrivals = list(pool.map(lambda viewer: _upload(viewer, film), viewers))
    spread = max(arrival.sent for arrival in arrivals) - min(arrival.sent for arrival in arrivals)
    bench.follow(arrivals, 900)
    cpu = bench.encoders.seconds() - before
    _table(f"{TOGETHER} films of 20 s, 720p, sent within {spread:.1f} s", arrivals)
    last = max(arrival.sent + (arrival.whole or 0) for arrival in arrivals)
    ratio = (last - min(arrival.sent for arrival in arrivals)) / (cpu / _cores())
    _say(f"  all whole / (encoders' CPU / cores): {ratio:.2f}")
    bench.wait_until_idle()
    worst = max(arrival.playable or 0 for arrival in arrivals)
    yield Goal(f"{TOGETHER} films at once: s until all play", worst, TOGETHER_GOAL)


def _film_beside_another(bench: Bench) -> Iterator[Goal]:
    step("a film of 20 s, 720p, while one of 30 s, 1080p, is encoded")
    viewer = bench.product.sign_in()
    other = _upload(viewer, clip(bench.ffmpeg, 1080, 30))
    _wait(lambda: bool(viewer.playlists(other.video)), 120)
    beside = _upload(viewer, clip(bench.ffmpeg, 720, 20))
    bench.follow([beside, other], 600)
    _table("A film of 20 s, 720p, beside another", [beside])
    bench.wait_until_idle()
    yield Goal("beside another: s to the first segment", beside.playable or 0, BESIDE_GOAL)


def _no_film(bench: Bench) -> Iterator[Goal]:
    step("a file that is no film")
    arrival = _upload(bench.product.sign_in(), no_film())
    bench.follow([arrival], 300)
    _table("A file that is no film", [arrival])
    yield Goal("no film: s until it is refused", arrival.refused or 0, REFUSED_GOAL)


def _upload(viewer: Viewer, film: Path) -> Arrival:
    video, sent = viewer.upload(film)
    if video is None:
        return Arrival(0, sent, refused=time.monotonic() - sent)
    return Arrival(video, sent)


def _look(viewer: Viewer, arrival: Arrival) -> None:
    """Ask for the next thing that is missing."""
    if arrival.playable is None:
        _look_for_start(viewer, arrival)
    elif all(viewer.is_whole(playlist) for playlist in viewer.playlists(arrival.video)):
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


def _wait(holds: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:.0f} s in vain")
        time.sleep(POLL_SECONDS)


EVENTS = {
    "planned": "planned (no longer pending)",
    "playable": "first segment of every rendition",
    "whole": "whole film (ENDLIST)",
    "refused": "refused",
}


def _table(title: str, arrivals: Sequence[Arrival]) -> None:
    _say(f"\n{title}")
    for name, meaning in EVENTS.items():
        if values := _values(arrivals, name):
            median, worst = statistics.median(values), _p95(values)
            each = " ".join(f"{value:.2f}" for value in values)
            _say(f"  {meaning:34} median {median:7.2f} s   p95 {worst:7.2f} s   ({each})")


def _values(arrivals: Sequence[Arrival], name: str) -> list[float]:
    found = (getattr(arrival, name) for arrival in arrivals)
    return sorted(value for value in found if value is not None)


def _median(arrivals: Sequence[Arrival], name: str) -> float:
    return statistics.median(_values(arrivals, name))


def _p95(values: Sequence[float]) -> float:
    """The smallest value that at least 95 % do not exceed."""
    return sorted(values)[-(-len(values) * 95 // 100) - 1]


def _events(arrival: Arrival) -> str:
    values = {name: getattr(arrival, name) for name in EVENTS}
    return ", ".join(f"{name} {at:.2f} s" for name, at in values.items() if at is not None)


def _cores() -> int:
    return len(os.sched_getaffinity(0))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
