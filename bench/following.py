"""Whoever begins to watch when the first picture is there: how late each segment is, and what
a film costs that somebody watches, or nobody."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.arrivals import Bench, upload, wait
from bench.clips import clip
from bench.goal import Goal
from bench.steps import say, step
from bench.viewer import Viewer

FOLLOWED, ARRIVING = 2 * 60, 4  # seconds of the film that is followed; films that arrive meanwhile
LATE_GOAL, LATE_BESIDE_GOAL = 0.5, 2.0

RUNG = "360p"
POLL_SECONDS = 0.1


def unwatched_film(bench: Bench) -> Iterator[Goal]:
    step("a film of 30 s, 1080p, that nobody watches")
    viewer, before = bench.product.sign_in(), bench.encoders.seconds()
    arrival = upload(viewer, clip(bench.ffmpeg, 1080, 30))
    wait(lambda: viewer.status(arrival.video).get("processed"), 300, every=1)
    bench.wait_until_idle()
    cpu = bench.encoders.seconds() - before
    say(f"\nCPU s per second of film that nobody watches: {cpu / 30:.2f}")
    yield from ()


def followed_film(bench: Bench, arriving: int = 0) -> Iterator[Goal]:
    beside = f" while {arriving} of 30 s arrive" if arriving else ""
    step(f"a film of {FOLLOWED} s, 1080p, followed from its first second{beside}")
    before, began = bench.encoders.seconds(), threading.Event()
    video = upload(bench.product.sign_in(), clip(bench.ffmpeg, 1080, FOLLOWED)).video
    others = [bench.product.sign_in() for _ in range(arriving)]
    with ThreadPoolExecutor(2) as pool:
        watching = pool.submit(follow, bench.product.sign_in(), video, began)
        if others:
            arrive(others, clip(bench.ffmpeg, 1080, 30), began)
        late = watching.result()
    viewer = bench.product.sign_in()
    wait(lambda: viewer.status(video).get("processed"), 600, every=1)
    bench.wait_until_idle()
    seconds = FOLLOWED + 30 * arriving
    cpu = (bench.encoders.seconds() - before) / seconds
    say(f"\nFollowed{beside}: a segment is late by {late:.2f} s at most; {cpu:.2f} CPU s per s")
    goal = LATE_BESIDE_GOAL if arriving else LATE_GOAL
    yield Goal(f"followed{beside}: s too late", late, goal)


def follow(viewer: Viewer, video: int, began: threading.Event) -> float:
    """Fetch each segment of a film from its first second on; how late the latest was.

    In seconds after the time at which a viewer needs it who began with the first one and
    never stopped. `began` is set when the first one is there.
    """
    playlist = f"/api/video/{video}/{RUNG}/index.m3u8"
    start, worst, number, due = 0.0, 0.0, 0, 0.0
    while True:
        segments, is_whole = viewer.segments(playlist)
        for uri, seconds in segments[number:]:
            while viewer.get(uri) is None:
                time.sleep(POLL_SECONDS)
            now = time.monotonic()
            start = start or now
            began.set()
            worst, due, number = max(worst, now - start - due), due + seconds, number + 1
        if is_whole:
            return worst
        time.sleep(POLL_SECONDS if not start else _pause(start + due))


def _pause(needed_at: float) -> float:
    """As seldom as players ask, unless the next segment is needed."""
    return min(2.0, max(POLL_SECONDS, needed_at - time.monotonic() - 4))


def arrive(viewers: list[Viewer], film: Path, after: threading.Event) -> list[int]:
    """Upload the same film once for each viewer, one second after `after`."""
    after.wait()
    time.sleep(1)
    with ThreadPoolExecutor(len(viewers)) as pool:
        found = pool.map(lambda viewer: viewer.upload(film)[0], viewers)
        return [video for video in found if video is not None]
