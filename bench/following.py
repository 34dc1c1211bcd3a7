"""Whoever begins to watch when the first picture is there: how late each segment is."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.viewer import Viewer

RUNG = "360p"
POLL_SECONDS = 0.1


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
