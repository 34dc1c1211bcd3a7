"""How soon an uploaded film can be watched, alone and in company, through the HTTP API alone.

A freshly started product with the defaults of `./videoflix up` gets lone films of 5 s, 30 s and
30 min (1080p), nine films of 20 s (720p) within a second, one film beside another, a file that is
no film, one that nobody watches, and a film of two minutes that is followed from its first second,
alone and while others arrive. Times count from the last byte of the upload.
"""

import argparse
import os
import statistics
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from bench.arrivals import (
    Bench,
    cores,
    events,
    median,
    p95,
    table,
    upload,
    values,
    wait,
)
from bench.clips import clip, no_film
from bench.family import Encoders
from bench.following import ARRIVING, followed_film, unwatched_film
from bench.fresh import fresh_product
from bench.goal import Goal
from bench.steps import say, step
from launcher.tools import usable_ffmpeg

FILMS = ((1080, 5), (1080, 30), (720, 20))  # height and seconds
LONG, TOGETHER = 30 * 60, 9
PLAYABLE_GOAL, P95_GOAL, TOGETHER_GOAL, BESIDE_GOAL, REFUSED_GOAL = 1.6, 2.5, 20.0, 6.0, 3.0
RATIO_GOALS = {5: None, 30: 1.15, LONG: 1.1}


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
    say(f"{cores()} cores, load {os.getloadavg()[0]:.1f} before the start; {ffmpeg}")
    step("starting Videoflix")
    with fresh_product() as product, Encoders(product.pid) as encoders:
        bench = Bench(product, encoders, ffmpeg, asked.rounds)
        goals = [goal for name in parts for goal in PARTS[name](bench)]
    say("")
    for goal in goals:
        say(str(goal))
    return 0


def _lone_films(bench: Bench, seconds: int, rounds: int) -> Iterator[Goal]:
    film, ratios, arrivals = clip(bench.ffmpeg, 1080, seconds), [], []
    for number in range(rounds):
        step(f"a lone film of {seconds} s, 1080p ({number + 1} of {rounds})")
        before = bench.encoders.seconds()
        arrival = upload(bench.product.sign_in(), film)
        bench.follow([arrival], 300 + 4 * seconds)
        cpu = bench.encoders.seconds() - before
        ratios.append((arrival.whole or 0) / (cpu / cores()))
        arrivals.append(arrival)
        step(f"  {events(arrival)}; encoders {cpu:.1f} CPU s, ratio {ratios[-1]:.2f}")
        bench.wait_until_idle()
    table(f"Lone film of {seconds} s, 1080p", arrivals)
    say(f"  whole / (encoders' CPU / cores): median {statistics.median(ratios):.2f}")
    name = f"{seconds} s alone"
    yield Goal(f"{name}: s to the first segment", median(arrivals, "playable"), PLAYABLE_GOAL)
    yield Goal(f"{name}: the same, p95", p95(values(arrivals, "playable")), P95_GOAL)
    if limit := RATIO_GOALS[seconds]:
        yield Goal(f"{name}: whole / (CPU / cores)", statistics.median(ratios), limit)


def _films_together(bench: Bench) -> Iterator[Goal]:
    film = clip(bench.ffmpeg, 720, 20)
    step(f"{TOGETHER} films of 20 s, 720p, within a second")
    before = bench.encoders.seconds()
    viewers = [bench.product.sign_in() for _ in range(TOGETHER)]
    with ThreadPoolExecutor(TOGETHER) as pool:
        arrivals = list(pool.map(lambda viewer: upload(viewer, film), viewers))
    spread = max(arrival.sent for arrival in arrivals) - min(arrival.sent for arrival in arrivals)
    bench.follow(arrivals, 900)
    cpu = bench.encoders.seconds() - before
    table(f"{TOGETHER} films of 20 s, 720p, sent within {spread:.1f} s", arrivals)
    last = max(arrival.sent + (arrival.whole or 0) for arrival in arrivals)
    ratio = (last - min(arrival.sent for arrival in arrivals)) / (cpu / cores())
    say(f"  all whole / (encoders' CPU / cores): {ratio:.2f}")
    bench.wait_until_idle()
    worst = max(arrival.playable or 0 for arrival in arrivals)
    yield Goal(f"{TOGETHER} films at once: s until all play", worst, TOGETHER_GOAL)


def _film_beside_another(bench: Bench) -> Iterator[Goal]:
    step("a film of 20 s, 720p, while one of 30 s, 1080p, is encoded")
    viewer = bench.product.sign_in()
    other = upload(viewer, clip(bench.ffmpeg, 1080, 30))
    wait(lambda: bool(viewer.playlists(other.video)), 120)
    beside = upload(viewer, clip(bench.ffmpeg, 720, 20))
    bench.follow([beside, other], 600)
    table("A film of 20 s, 720p, beside another", [beside])
    bench.wait_until_idle()
    yield Goal("beside another: s to the first segment", beside.playable or 0, BESIDE_GOAL)


def _no_film(bench: Bench) -> Iterator[Goal]:
    step("a file that is no film")
    arrival = upload(bench.product.sign_in(), no_film())
    bench.follow([arrival], 300)
    table("A file that is no film", [arrival])
    yield Goal("no film: s until it is refused", arrival.refused or 0, REFUSED_GOAL)


PARTS: dict[str, Callable[[Bench], Iterator[Goal]]] = {
    "short": lambda bench: _lone_films(bench, 5, bench.rounds),
    "lone": lambda bench: _lone_films(bench, 30, bench.rounds),
    "together": _films_together,
    "beside": _film_beside_another,
    "nofilm": _no_film,
    "unwatched": unwatched_film,
    "followed": followed_film,
    "crowd": lambda bench: followed_film(bench, ARRIVING),
    "long": lambda bench: _lone_films(bench, LONG, 1),
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
