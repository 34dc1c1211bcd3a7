"""How soon a damaged film plays again: a segment that is gone, one that has changed, all gone.

A film of 30 s (1080p) on a freshly started product. What is missing is noticed when a viewer
asks for it, what has changed by `reconcile --verify`; seconds count from there.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.clips import clip
from bench.fresh import ROOT, Fresh, fresh_product
from bench.goal import Goal
from bench.steps import step
from bench.viewer import Viewer
from launcher.tools import usable_ffmpeg

GOAL_SECONDS, PATIENCE = 60.0, 300.0
POLL_SECONDS = 0.1
RUNG, NUMBER = "720p", 2


def main(arguments: list[str]) -> int:
    film = clip(usable_ffmpeg(), 1080, 30)
    step(f"load {os.getloadavg()[0]:.1f} before the start")
    step("starting Videoflix")
    with fresh_product() as product:
        viewer = product.sign_in()
        step("encoding the film")
        video, _ = viewer.upload(film)
        wait(lambda: viewer.status(video or 0).get("state") == "completed", PATIENCE)
        for goal in _measure(product, viewer, video or 0):
            step(str(goal))
    return 0


def _measure(product: Fresh, viewer: Viewer, video: int) -> Iterator[Goal]:
    playlist = f"/api/video/{video}/{RUNG}/index.m3u8"
    (folder,) = (product.media / "hls" / str(video)).iterdir()
    segment = folder / RUNG / f"{NUMBER:03}.ts"

    def segments() -> list[str]:
        return [path for path, _ in viewer.segments(playlist)[0]]

    def plays(number: int = NUMBER) -> bool:
        return bool(viewer.get(segments()[number]))

    segment.unlink()
    yield Goal("a segment that is gone: s", _seconds_until(plays), GOAL_SECONDS)

    whole = segment.read_bytes()
    segment.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    _verify(product)
    mended = _seconds_until(lambda: segment.read_bytes() == whole)
    yield Goal("a flipped bit, once it was found: s", mended, GOAL_SECONDS)

    shutil.rmtree(folder)
    yield Goal("all is gone, the first segment: s", _seconds_until(lambda: plays(0)), GOAL_SECONDS)
    count = len(segments())
    everything = _seconds_until(lambda: all(plays(number) for number in range(count)))
    yield Goal("all is gone, then all the others: s", everything, GOAL_SECONDS)


def _verify(product: Fresh) -> None:
    command = [sys.executable, str(ROOT / "videoflix"), "manage", "reconcile", "--verify"]
    folder: Path = product.media.parent
    env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    env |= {"VAR_DIR": str(folder / "var"), "MEDIA_ROOT": str(product.media), "IGNORE_DOTENV": "1"}
    subprocess.run(command, env=env, check=True, capture_output=True)


def _seconds_until(holds: Callable[[], bool]) -> float:
    started = time.monotonic()
    wait(holds, PATIENCE)
    return time.monotonic() - started


def wait(holds: Callable[[], bool], seconds: float) -> None:
    """Until it is true; `TimeoutError` when it is not in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:.0f} s in vain")
        time.sleep(POLL_SECONDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
