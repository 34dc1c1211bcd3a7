"""Two workers, each on one core, beside one of them: how much faster the second makes a film.

Files lie in a bucket of SeaweedFS, and workers share nothing else but the database and Redis.
"""

import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.steps import step
from tests.buckets import bucket_settings, running_seaweed
from tests.stack import Stack, running_stack

WANTED = 1.7
GIVE_UP_SECONDS = 600
SETTLE_SECONDS = 5
ONE_CORE = {"TRANSCODE_PROCESSES": "1", "FFMPEG_THREADS": "1", "PROGRESSIVE_MP4": "False"}
KEY = "sources/film.mp4"
INSERT = f"""
from pathlib import Path
from video_app.models import Video
from video_app.store import the_store
the_store().put([(Path({{path!r}}), {KEY!r})])
Video.objects.create(title="bench", video_file={KEY!r})
"""
# One process waits all the time: a new one for each look would take a third of a core.
WAIT = f"""
import time
from video_app.models import Build
from django.db.models import Max
whole = Build.objects.filter(state="complete")
deadline = time.monotonic() + {GIVE_UP_SECONDS}
while not whole.exists() and time.monotonic() < deadline:
    time.sleep(1)
build = whole.get()
last = build.chunks.aggregate(last=Max("done_at"))["last"]
print((last - build.created_at).total_seconds())
"""


def measure(film: Path) -> float:
    """How many times as fast two workers are as one; printed with both times."""
    alone, together = _seconds(film, 1), _seconds(film, 2)
    ratio = alone / together
    sys.stdout.write(
        f"One worker on one core {alone:.1f} s, two on two {together:.1f} s: "
        f"{ratio:.2f} times as fast (wanted {WANTED})\n"
    )
    return ratio


def _seconds(film: Path, workers: int) -> float:
    """From the plan to the last chunk."""
    step(f"{workers} worker(s) of one core each, a bucket")
    with TemporaryDirectory(prefix="bench-") as name, running_seaweed(_new(name, "s3")) as address:
        settings: Any = bucket_settings(address) | ONE_CORE
        with running_stack(Path(name, "site"), worker=False, **settings) as stack:
            stack.manage("setup_bucket")
            for core in range(workers):
                _start_pinned(stack, core)
            return _encode(stack, film)


def _new(parent: str, name: str) -> Path:
    folder = Path(parent, name)
    folder.mkdir()
    return folder


def _start_pinned(stack: Stack, core: int) -> None:
    """A machine's worker, with a disk of its own; its children stay on its core."""
    name = f"worker-{core}"
    stack.start_worker(name, MEDIA_ROOT=str(stack.directory / name))
    os.sched_setaffinity(stack.processes[name].pid, {core})


def _encode(stack: Stack, film: Path) -> float:
    time.sleep(SETTLE_SECONDS)
    copy = stack.directory / "film.mp4"
    copy.write_bytes(film.read_bytes())
    stack.manage("shell", "-v", "0", "-c", INSERT.format(path=str(copy)))
    return float(stack.manage("shell", "-v", "0", "-c", WAIT).split()[-1])
