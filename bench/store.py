"""The two stores side by side: first picture, whole film, what is read and asked for; then two
workers on one core each beside one of them.

The bucket is SeaweedFS on loopback, behind a proxy in Python that counts: its figures are upper
bounds for time, and exact for bytes and requests.
"""

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import store_machines
from bench.clips import clip
from bench.first_segment import Player
from bench.steps import step
from tests.buckets import bucket_settings, running_seaweed
from tests.s3_proxy import Proxy, running_proxy
from tests.stack import Stack, running_stack
from video_app.pipeline.ffmpeg import find_ffmpeg

SETTLE_SECONDS = 3  # for workers that have just begun
GIVE_UP_SECONDS = 900
SEGMENTS = 200
KEY = "sources/film.mp4"
INSERT = f"""
import time
from pathlib import Path
from video_app.models import Video
from video_app.store import the_store
the_store().put([(Path({{path!r}}), {KEY!r})])
video = Video(title="bench", video_file={KEY!r})
print("now", time.time(), flush=True)
video.save()
print("id", video.pk)
"""
# One process waits all the time: a new one for each look would take a third of a core.
WAIT = f"""
import time
from video_app.models import Video
deadline = time.time() + {GIVE_UP_SECONDS}
while not Video.objects.filter(state="completed").exists() and time.time() < deadline:
    time.sleep(0.3)
print(time.time(), Video.objects.get().state)
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds, bytes per byte of the source, requests to the bucket, segments a second."""

    first: float
    whole: float
    read: float | None
    requests: int | None
    segments: float

    def row(self, name: str) -> str:
        read = f"{self.read:.2f}" if self.read is not None else "-"
        requests = self.requests if self.requests is not None else "-"
        times = f"{self.first:>15.2f}{self.whole:>13.1f}"
        return f"{name:<8}{times}{read:>14}{requests:>11}{self.segments:>13.0f}"


HEAD = f"{'':8}{'first picture s':>15}{'whole film s':>13}{'read / size':>14}"
HEAD += f"{'requests':>11}{'segments/s':>13}"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./videoflix bench store", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="of film")
    parser.add_argument("--only", choices=("stores", "machines"), help="one of the two parts")
    asked = parser.parse_args(arguments)
    film = clip(find_ffmpeg(), 720, asked.seconds)
    if asked.only != "machines":
        rows = [("folder", _folder(film)), ("bucket", _bucket(film))]
        sys.stdout.write("\n".join([HEAD, *(figures.row(name) for name, figures in rows), ""]))
    if asked.only != "stores":
        store_machines.measure(film)
    return 0


def _folder(film: Path) -> Figures:
    step("a folder")
    with TemporaryDirectory(prefix="bench-") as folder, running_stack(Path(folder)) as stack:
        return _measure(stack, film, None)


def _bucket(film: Path) -> Figures:
    step("a bucket")
    with (
        TemporaryDirectory(prefix="bench-") as server,
        running_seaweed(Path(server)) as address,
        running_proxy(address) as proxy,
    ):
        return _beside(proxy, film)


def _beside(proxy: Proxy, film: Path) -> Figures:
    settings: Any = bucket_settings(proxy.address)
    with (
        TemporaryDirectory(prefix="bench-") as folder,
        running_stack(Path(folder), **settings) as stack,
    ):
        stack.manage("setup_bucket")
        return _measure(stack, film, proxy)


def _measure(stack: Stack, film: Path, proxy: Proxy | None) -> Figures:
    player, copy = Player(stack), stack.media / "film.mp4"
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_bytes(film.read_bytes())
    time.sleep(SETTLE_SECONDS)
    words = stack.manage("shell", "-v", "0", "-c", INSERT.format(path=str(copy))).split()
    begun, video = float(words[words.index("now") + 1]), int(words[words.index("id") + 1])
    first = player.wait_for_first_segments(video) - begun
    whole = _wait_until_complete(stack) - begun
    requests = sum(proxy.asked.values()) if proxy else None
    read = proxy.bytes_of(KEY) / film.stat().st_size if proxy else None
    return Figures(first, whole, read, requests, _segments_per_second(player, video))


def _wait_until_complete(stack: Stack) -> float:
    now, state = stack.manage("shell", "-v", "0", "-c", WAIT).split()[-2:]
    if state != "completed":
        raise TimeoutError(f"not encoded after {GIVE_UP_SECONDS} s")
    return float(now)


def _segments_per_second(player: Player, video: int) -> float:
    """Of one player that asks for one after the other."""
    found = player.uris(f"{player.url}/api/video/{video}/360p/index.m3u8")
    begun = time.monotonic()
    for number in range(SEGMENTS):
        player.fetch(found[number % len(found)])
    return SEGMENTS / (time.monotonic() - begun)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
