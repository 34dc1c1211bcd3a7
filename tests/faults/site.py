"""A running product to break: its processes, its rows and its files, seen from outside."""

import json
import os
import random
import re
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import psycopg
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.faults.files import Bucket, files_of, settings_of
from tests.stack import ADMIN_EMAIL, ADMIN_PASSWORD, Stack, running_stack
from video_app.pipeline.layout import segment_name
from video_app.pipeline.transport import read_segment
from video_app.pipeline.types import Plan

T = TypeVar("T")
# The address of the S3 server that sites use, with `--store bucket`.
TEST_BUCKET = "TEST_BUCKET"
PLACE = re.compile("[0-9a-f]{32}")
MENDED = "SELECT build_id FROM video_app_chunk WHERE revision > 0"

# Of the rows below a film in the admin's form: none are sent, so none change.
NO_ROWS = {
    f"{rows}-{count}_FORMS": "0"
    for rows in ("chapters", "added_subtitles")
    for count in ("TOTAL", "INITIAL")
}

# Small enough to see a lease run out, large enough for a busy machine to renew it.
ENV = {
    "LEASE_SECONDS": "5",
    "SWEEP_SECONDS": "2",
    "RETIRED_BUILD_SECONDS": "6",
    "REPLACED_HOURS": "0",
    "TRANSCODE_PROCESSES": "1",
    "FFMPEG_THREADS": "1",
}
# Feeds every ffmpeg as slowly as the file beside it says, in seconds of film per second.
SLOW_FFMPEG = """#!/bin/sh
pace=$(cat "$0.pace" 2>/dev/null) || exec ffmpeg "$@"
for word; do
    shift
    [ "$word" = -i ] && set -- "$@" -readrate "$pace"
    set -- "$@" "$word"
done
exec ffmpeg "$@"
"""


def until(find: Callable[[], T], what: str, seconds: float = 60, pause: float = 0.1) -> T:
    """The first result of `find` that is true."""
    deadline = time.monotonic() + seconds
    while True:
        if found := find():
            return found
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(pause)


class Site:
    """One stack, its administrator, and looks behind its back."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.redis = stack.redis
        self.ffmpeg = Path(stack.env["FFMPEG_BINARY"])
        self.files = files_of(stack.env, stack.media)
        self._jar = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))

    # --- what people do -----------------------------------------------------------------

    def sign_in(self) -> None:
        login = {"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD}
        self._send("/api/login/", json.dumps(login).encode(), "application/json")
        self.submit(
            "/admin/login/?next=/admin/", {"username": ADMIN_EMAIL, "password": ADMIN_PASSWORD}
        )

    def cookies(self) -> str:
        """What a browser that is signed in sends, for clients of a test's own."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._jar)

    def get(self, path: str) -> bytes:
        with self._opener.open(self.stack.url + path, timeout=20) as answer:
            body: bytes = answer.read()
        return body

    def status(self, video: int) -> Any:
        return json.loads(self.get(f"/api/video/{video}/status/"))

    def upload(self, film: Path, title: str = "A film") -> int:
        with film.open("rb") as file:
            fields = {"title": title, "category": "drama", "video_file": file}
            body = encode_multipart(BOUNDARY, fields)
        return int(json.loads(self._send("/api/video/upload/", body, MULTIPART_CONTENT))["id"])

    def change(self, video: int, film: Path | None = None, **fields: str) -> None:
        """Save the admin's form of a video, with a new file or without."""
        form: dict[str, Any] = {
            "title": "A film",
            "description": "",
            "category": "drama",
            "audience": "everybody",
            "is_published": "on",
            **NO_ROWS,
            **fields,
        }
        with ExitStack() as open_files:
            if film:
                form["video_file"] = open_files.enter_context(film.open("rb"))
            page = self.submit(f"/admin/video_app/video/{video}/change/", form)
        assert b"was changed successfully" in page

    def delete(self, video: int) -> None:
        page = self.submit(f"/admin/video_app/video/{video}/delete/", {"post": "yes"})
        assert b"was deleted successfully" in page

    def submit(self, path: str, fields: Mapping[str, Any]) -> bytes:
        """Fill in a form of the admin and send it."""
        token = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', self.get(path))
        assert token
        body = encode_multipart(BOUNDARY, {"csrfmiddlewaretoken": token[1].decode(), **fields})
        return self._send(path, body, MULTIPART_CONTENT)

    def _send(self, path: str, body: bytes, content_type: str) -> bytes:
        url = self.stack.url + path
        headers = {"Content-Type": content_type, "Referer": url}
        with self._opener.open(urllib.request.Request(url, body, headers), timeout=60) as answer:
            text: bytes = answer.read()
        return text

    # --- rows ---------------------------------------------------------------------------

    def rows(self, query: str, *arguments: Any) -> list[tuple[Any, ...]]:
        """What a query says; `?` for arguments."""
        url = self.stack.env["DATABASE_URL"]
        if url.startswith("sqlite"):
            with closing(sqlite3.connect(urlsplit(url).path, timeout=20)) as connection:
                return connection.execute(query, arguments).fetchall()
        with psycopg.connect(url) as postgres:
            return postgres.execute(query.replace("?", "%s"), arguments).fetchall()  # type: ignore[arg-type]

    def change_rows(self, statement: str) -> None:
        url = self.stack.env["DATABASE_URL"]
        if url.startswith("sqlite"):
            with closing(sqlite3.connect(urlsplit(url).path, timeout=20)) as connection, connection:
                connection.execute(statement)
            return
        with psycopg.connect(url) as postgres:
            postgres.execute(statement)  # type: ignore[arg-type]

    def chunks(self, video: int) -> list[tuple[str, int]]:
        """State and attempts of each chunk of the newest build, those that a machine's fault
        ended included."""
        return self.rows(
            "SELECT state, attempts + setbacks FROM video_app_chunk WHERE build_id = "
            '(SELECT max(id) FROM video_app_build WHERE video_id = ?) ORDER BY "index"',
            video,
        )

    def attempts(self, video: int) -> int:
        """Work done beyond one attempt for each chunk of the newest build."""
        return sum(attempts - 1 for _, attempts in self.chunks(video))

    def plan(self, video: int) -> tuple[Plan, str]:
        """Plan and prefix of the build that players get."""
        ((build, plan),) = self.rows(
            "SELECT b.id, b.plan_json FROM video_app_build b "
            "JOIN video_app_video v ON v.current_build_id = b.id WHERE v.id = ?",
            video,
        )
        values = json.loads(plan) if isinstance(plan, str) else plan
        return Plan.from_json(values), f"hls/{video}/{build}"

    def segment_keys(self, video: int, rung: str) -> dict[str, str]:
        """Name → key of the segments that lie where the rows say."""
        prefix = self.plan(video)[1]
        folders = {f"{prefix}/{place}/{rung}".replace("//", "/") for place in self.places()}
        paths = [Path(key) for key in self.files.listing(f"{prefix}/")]
        found = [path for path in paths if path.suffix == ".ts" and str(path.parent) in folders]
        return {path.name: str(path) for path in found}

    def places(self) -> set[str]:
        """The folders of the attempts that count; "" where the store renames."""
        pairs = self.rows("SELECT place, low_place FROM video_app_chunk")
        return {place for pair in pairs for place in pair}

    # --- processes ------------------------------------------------------------------------

    def start_worker(self) -> None:
        self.stack.start_worker()

    def stop_worker(self) -> None:
        if "worker" in self.stack.processes:
            self.stack.stop("worker")

    def slow_down(self, pace: float | None) -> None:
        """Let each ffmpeg read so many seconds of film per second; None: as fast as it can."""
        file = Path(f"{self.ffmpeg}.pace")
        file.write_text(str(pace)) if pace else file.unlink(missing_ok=True)

    def encoders(self) -> list[int]:
        """The ffmpeg processes that write a chunk."""
        return [pid for pid, words in self.processes() if "-progress" in words]

    def processes(self) -> Iterator[tuple[int, list[str]]]:
        """Everything that ffmpeg or a probe does with this site's media."""
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
                # Of a bucket's films only the folder that it works in tells.
                in_bucket = isinstance(self.files, Bucket)
                place = str((folder / "cwd").readlink()) if in_bucket else ""
            except OSError:  # it is gone
                continue
            is_ours = any(str(self.stack.media) in word for word in (*words, place))
            if is_ours and "postgres" not in words[0]:
                yield int(folder.name), words

    def encoding(self, seconds: float = 40) -> int:
        """Wait for an ffmpeg that writes a chunk other than the first; its pid."""

        def find() -> list[int]:
            encoders = self.encoders()
            return encoders if len(self._done_chunks()) and encoders else []

        return until(find, "an encoder", seconds, pause=0.02)[0]

    def _done_chunks(self) -> list[tuple[Any, ...]]:
        return self.rows(
            "SELECT c.id FROM video_app_chunk c JOIN video_app_build b ON b.id = c.build_id "
            "WHERE c.state = 'done' AND b.state = 'encoding'"
        )

    # --- the right end --------------------------------------------------------------------

    def wait_for(self, video: int, state: str = "completed", seconds: float = 90) -> None:
        def is_there() -> bool:
            found = self.status(video)
            assert found["state"] == state or found["state"] not in ("completed", "failed"), found
            return bool(found["state"] == state)

        until(is_there, f"film {video} {state}", seconds, pause=0.25)

    def assert_whole(self, video: int) -> None:
        """The build that players get holds every picture, in every rendition."""
        plan, _ = self.plan(video)
        for rung in plan.rungs:
            keys = self.segment_keys(video, rung.name)
            assert sorted(keys) == [segment_name(number) for number in range(plan.segments)]
            segments = [read_segment(self.files.read(key)) for key in keys.values()]
            pictures = sum(segment.pictures for segment in segments)
            assert pictures == plan.frames // rung.rate_divisor

    def assert_clean(self) -> None:
        """No process and no file that belongs to no row, once the sweeper was there."""
        until(lambda: not list(self.processes()), "no process", 5)
        deadline = time.monotonic() + 15
        while (found := self.leftovers()) and time.monotonic() < deadline:
            self.pass_time()
            time.sleep(0.5)
        assert not found, found

    def pass_time(self) -> None:
        """From a bucket nothing is removed before ten leases have passed, and it is looked
        through every six hours: let them pass."""
        if isinstance(self.files, Bucket):
            self.change_rows("UPDATE video_app_discarded SET created_at = '2000-01-01 00:00:00'")
            self.change_rows("UPDATE video_app_installation SET cleaned_at = NULL")

    def leftovers(self) -> list[str]:
        builds = {f"hls/{v}/{b}" for v, b in self.rows("SELECT video_id, id FROM video_app_build")}
        keys = self.rows("SELECT video_file, thumbnail, poster FROM video_app_video")
        former = {key for (key,) in self.rows("SELECT key FROM video_app_formersource")}
        known = builds | former | {key for row in keys for key in row if key}
        work = [path.as_posix() for path in self.stack.media.glob("hls/*/*/.lease-*")]
        return [key for key in self._roots() if key not in known] + self._spent() + work

    def _roots(self) -> set[str]:
        """What rows name: builds, sources, posters, what is on its way."""
        found = set()
        for key in self.files.listing():
            parts = key.split("/")
            if parts[0] == "hls":
                found.add("/".join(parts[:3]))
            elif parts[0] in ("sources", "tmp") or (parts[0] == "posters" and len(parts) == 2):
                found.add("/".join(parts[:2]))
        return found

    def _spent(self) -> list[str]:
        """Folders of attempts that count no longer, in a bucket; but what a mended chunk had stays
        until its film is read again (`work.attempts`)."""
        folders = {tuple(key.split("/")[:4]) for key in self.files.listing("hls/")}
        mended = {str(pk) for (pk,) in self.rows(MENDED)}
        places = self.places()
        return [
            "/".join(folder)
            for folder in folders
            if PLACE.fullmatch(folder[-1]) and folder[-1] not in places and folder[2] not in mended
        ]


@contextmanager
def running_site(directory: Path, *, worker: bool = True, **env: str) -> Iterator[Site]:
    """Start everything in `directory` with a slow ffmpeg; the administrator is signed in."""
    directory.mkdir(parents=True, exist_ok=True)
    wrapper = directory / "slow-ffmpeg"
    wrapper.write_text(SLOW_FFMPEG)
    wrapper.chmod(0o755)
    settings = {**ENV, "FFMPEG_BINARY": str(wrapper), **_store(env), **env}
    with running_stack(directory, worker=worker, redis_port=steady_port(), **settings) as stack:
        site = Site(stack)
        site.sign_in()
        yield site


def _store(env: Mapping[str, str]) -> dict[str, str]:
    """Where a site keeps its films that says nothing of it."""
    address = os.environ.get(TEST_BUCKET, "")
    if not address or "USE_S3_MEDIA" in env:
        return {}
    return settings_of(address, uuid.uuid4().hex)


def steady_port() -> int:
    """A free port that stays free: clients of a stopped Redis, who try again and again, are
    given ports of the ephemeral range, and may be given the very one they call."""
    for port in random.sample(range(20000, 30000), 20):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


def kill(*pids: int) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def parent_of(pid: int) -> int:
    """`/proc/<pid>/stat`: pid, (name), state, parent, …"""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def make_film(path: Path, seconds: int, *, colour: str = "", size: str = "320x180") -> Path:
    """A film with sound; of one colour when it is to be recognised."""
    picture = f"color={colour}:size={size}" if colour else f"testsrc2=size={size}"
    subprocess.run(
        [
            *("ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", f"{picture}:rate=25"),
            *("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-t", str(seconds)),
            *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "50"),
            *("-c:a", "aac", "-b:a", "64k", str(path)),
        ],
        check=True,
    )
    return path
