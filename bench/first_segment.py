"""How long after an upload the first segment can be played, with the whole product running."""

import http.cookiejar
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urljoin

from bench.cost import run
from bench.goal import Goal
from bench.steps import step
from tests.stack import ADMIN_EMAIL, ADMIN_PASSWORD, Stack, running_stack
from video_app.pipeline.ffmpeg import find_ffmpeg

SHORT, LONG = 30, 30 * 60  # seconds of film
GOAL_SECONDS, GOAL_RATIO = 5, 1.3
GIVE_UP_SECONDS = 120
POLL_SECONDS = 0.02
SETTLE_SECONDS = 3  # for workers that have just begun
INSERT = """
import time
from video_app.models import Video
video = Video(title="bench", video_file="sources/{name}")
print("now", time.time(), flush=True)
video.save()
print("id", video.pk)
"""


def first_segment_goals(source: Path) -> Iterator[Goal]:
    """Seconds for a short and a long film made of `source`, and their ratio."""
    seconds = {}
    for length in (SHORT, LONG):
        step(f"from upload to first segment, {length} s film")
        with TemporaryDirectory(prefix="bench-") as folder:
            seconds[length] = _first_segment(source, length, Path(folder))
        name = f"s from upload to first segment, {length} s film"
        yield Goal(name, seconds[length], GOAL_SECONDS)
    yield Goal("the same, long / short", seconds[LONG] / seconds[SHORT], GOAL_RATIO)


def _first_segment(source: Path, length: int, folder: Path) -> float:
    with running_stack(folder) as stack:
        upload = stack.media / "sources" / f"film{source.suffix}"
        upload.parent.mkdir(parents=True)
        loop: list[str | Path] = [
            find_ffmpeg(),
            "-nostdin",
            "-v",
            "error",
            "-stream_loop",
            "-1",
            "-i",
            source,
        ]
        run([*loop, "-t", str(length), "-map", "0", "-c", "copy", upload])
        player = Player(stack)
        time.sleep(SETTLE_SECONDS)
        words = stack.manage("shell", "-v", "0", "-c", INSERT.format(name=upload.name)).split()
        uploaded_at = float(words[words.index("now") + 1])
        video = int(words[words.index("id") + 1])
        return player.wait_for_first_segments(video) - uploaded_at


class Player:
    """Signed in, and as impatient as can be."""

    def __init__(self, stack: Stack) -> None:
        self.url = stack.url
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(cookies)
        body = json.dumps({"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD}).encode()
        headers = {"Content-Type": "application/json"}
        self.open(urllib.request.Request(f"{self.url}/api/login/", body, headers))

    def wait_for_first_segments(self, video: int) -> float:
        """The time at which the first segments of all listed renditions had been loaded."""
        master = f"{self.url}/api/video/{video}/master.m3u8"
        deadline = time.time() + GIVE_UP_SECONDS
        while time.time() < deadline:
            try:
                for playlist in self.uris(master):
                    segment = self.uris(playlist)[0]
                    self.open(urllib.request.Request(segment))
            except (urllib.error.HTTPError, IndexError):
                time.sleep(POLL_SECONDS)
            else:
                return time.time()
        raise TimeoutError(f"nothing to play after {GIVE_UP_SECONDS} s")

    def fetch(self, address: str) -> bytes:
        return self.open(urllib.request.Request(address))

    def uris(self, playlist: str) -> list[str]:
        text = self.open(urllib.request.Request(playlist)).decode()
        return [urljoin(playlist, line) for line in text.splitlines() if line[:1] not in ("", "#")]

    def open(self, request: urllib.request.Request) -> bytes:
        with self.opener.open(request, timeout=30) as answer:
            content: bytes = answer.read()
        return content
