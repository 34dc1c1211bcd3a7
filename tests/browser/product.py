"""What the browser tests do to the running product behind the browser's back."""

import json
import re
import subprocess
import time
import urllib.request
from collections.abc import Callable
from html import unescape
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any, TypeVar

from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from core.mailbox import mails
from tests.stack import ADMIN_EMAIL, ADMIN_PASSWORD, Stack

T = TypeVar("T")


def wait_for(find: Callable[[], T], what: str, seconds: float = 60) -> T:
    """The first result of `find` that is true."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := find():
            return found
        time.sleep(0.2)
    raise AssertionError(f"{what}: not within {seconds} s")


class Admin:
    """The administrator, without a browser."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self._post("/api/login/", {"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD})

    def get(self, path: str) -> Any:
        with self._opener.open(self._stack.url + path, timeout=20) as answer:
            return json.load(answer)

    def get_text(self, path: str) -> str:
        with self._opener.open(self._stack.url + path, timeout=20) as answer:
            return str(answer.read(), "utf-8")

    def upload(self, file: Path, **fields: str) -> int:
        with file.open("rb") as film:
            body = encode_multipart(BOUNDARY, {**fields, "video_file": film})
        return int(self._send("/api/video/upload/", body, MULTIPART_CONTENT)["id"])

    def wait_until_complete(self, video_id: int, seconds: float = 120) -> None:
        wait_for(lambda: self._state(video_id)["processed"], f"film {video_id}", seconds)

    def wait_until_playable(self, video_id: int) -> None:
        wait_for(lambda: self._state(video_id)["playable"], f"film {video_id}")

    def _state(self, video_id: int) -> Any:
        state = self.get(f"/api/video/{video_id}/status/")
        assert not state["error"], state["error"]
        return state

    def _post(self, path: str, body: object) -> Any:
        return self._send(path, json.dumps(body).encode(), "application/json")

    def _send(self, path: str, body: bytes, content_type: str) -> Any:
        headers = {"Content-Type": content_type}
        request = urllib.request.Request(self._stack.url + path, body, headers)
        with self._opener.open(request, timeout=60) as answer:
            return json.load(answer)


def make_clip(path: Path, *, seconds: int, size: str, rate: int) -> Path:
    """A film with moving pictures and the sound of rain."""
    picture = f"testsrc2=size={size}:rate={rate}:duration={seconds}"
    sound = f"anoisesrc=color=pink:amplitude=0.1:sample_rate=48000:duration={seconds}"
    encoding = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -ac 2 -shortest"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound]
    subprocess.run([*command, *encoding.split(), str(path)], check=True)
    return path


def mailed_link(stack: Stack, address: str, subject: str) -> str:
    """The link in the newest mail of that subject; waits until it was sent."""

    def find() -> str:
        for mail in mails(stack.directory / "mail"):
            if mail.message["To"] == address and mail.message["Subject"] == subject:
                return unescape(re.findall(r"https?://\S+", mail.text)[0])
        return ""

    return wait_for(find, f"the mail “{subject}” to {address}", 30)
