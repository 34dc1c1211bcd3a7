"""How soon an uploaded film can be watched, alone and in company, through the HTTP API alone.

A freshly started product with the defaults of `./videoflix up` gets lone films of 5 s, 30 s and
30 min (1080p), nine films of 20 s (720p) within a second, one film beside another, and a file
that is no film. Times count from the last byte of the upload.
"""

import argparse
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench.clips import clip, no_film
from bench.family import Encoders
from bench.following import arrive, follow
from bench.fresh import Fresh, fresh_product
from bench.goal import Goal
from bench.steps import step
from bench.viewer import Viewer
from launcher.tools import usable_ffmpeg

FILMS = ((1080, 5), (1080, 30), (720, 20))  # height and seconds
LONG, TOGETHER = 30 * 60, 9
POLL_SECONDS = 0.05  # for one film; for several as much more, or asking would be the load
PLAYABLE_GOAL, P95_GOAL, TOGETHER_GOAL, BESIDE_GOAL, REFUSED_GOAL = 1.6, 2.5, 20.0, 6.0, 3.0
FOLLOWED, ARRIVING = 2 * 60, 4  # seconds of the film that is followed; films that arrive meanwhile
LATE_GOAL, LATE_BESIDE_GOAL = 0.5, 2.0
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
    parser.add_argument("--only", choices=PARTS, action="append", help="some of it; may come again")
    asked = parser.parse_args(arguments)
    ffmpeg = usable_ffmpeg()
    parts = asked.only or [name for name in PARTS if not (asked.quick and name == "long")]
    for height, seconds in (*FILMS, (1080, LONG)) if "long" in parts else FILMS:
        clip(ffmpeg, height, seconds)
    _say(f"{_cores()} cores, load {os.getloadavg()[0]:.1f} before the start; {ffmpeg}")
    step("starting Videoflix")
    with fresh_product() as product, Encoders(product.pid) as encoders:
        bench = Bench(product, encoders, ffmpeg, asked.rounds)
        goals = [goal for name in parts for goal in PARTS[name](bench)]
    _say("")
    for goal in goals:
        _say(str(goal))
    return 0


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
    p95 = _p95(_values(arrivals, "playable"))
    yield Goal(f"{name}: the same, p95", p95, P95_GOAL)
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


def _unwatched_film(bench: Bench) -> Iterator[Goal]:
    step("a film of 30 s, 1080p, that nobody watches")
    viewer, before = bench.product.sign_in(), bench.encoders.seconds()
    arrival = _upload(viewer, clip(bench.ffmpeg, 1080, 30))
    _wait(lambda: viewer.status(arrival.video).get("processed"), 300, every=1)
    bench.wait_until_idle()
    cpu = bench.encoders.seconds() - before
    _say(f"\nCPU s per second of film that nobody watches: {cpu / 30:.2f}")
    yield from ()


def _followed_film(bench: Bench, arriving: int = 0) -> Iterator[Goal]:
    beside = f" while {arriving} of 30 s arrive" if arriving else ""
    step(f"a film of {FOLLOWED} s, 1080p, followed from its first second{beside}")
    before, began = bench.encoders.seconds(), threading.Event()
    video = _upload(bench.product.sign_in(), clip(bench.ffmpeg, 1080, FOLLOWED)).video
    others = [bench.product.sign_in() for _ in range(arriving)]
    with ThreadPoolExecutor(2) as pool:
        watching = pool.submit(follow, bench.product.sign_in(), video, began)
        if others:
            arrive(others, clip(bench.ffmpeg, 1080, 30), began)
        late = watching.result()
    viewer = bench.product.sign_in()
    _wait(lambda: viewer.status(video).get("processed"), 600, every=1)
    bench.wait_until_idle()
    seconds = FOLLOWED + 30 * arriving
    cpu = (bench.encoders.seconds() - before) / seconds
    _say(f"\nFollowed{beside}: a segment is late by {late:.2f} s at most; {cpu:.2f} CPU s per s")
    goal = LATE_BESIDE_GOAL if arriving else LATE_GOAL
    yield Goal(f"followed{beside}: s too late", late, goal)


def _upload(viewer: Viewer, film: Path) -> Arrival:
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


def _wait(holds: Callable[[], object], seconds: float, *, every: float = POLL_SECONDS) -> None:
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


PARTS: dict[str, Callable[[Bench], Iterator[Goal]]] = {
    "short": lambda bench: _lone_films(bench, 5, bench.rounds),
    "lone": lambda bench: _lone_films(bench, 30, bench.rounds),
    "together": _films_together,
    "beside": _film_beside_another,
    "nofilm": _no_film,
    "unwatched": _unwatched_film,
    "followed": _followed_film,
    "crowd": lambda bench: _followed_film(bench, ARRIVING),
    "long": lambda bench: _lone_films(bench, LONG, 1),
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
