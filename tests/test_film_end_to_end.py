"""The main job with nothing faked: a real film through the admin form, a real worker with
real ffmpeg, and back over HTTP to decoded pictures and sound."""

import http.cookiejar
import io
import json
import re
import time
import urllib.error
import urllib.request
import uuid
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import m3u8
import pytest

from tests.media.real import real_film
from tests.stack import ADMIN_EMAIL, ADMIN_PASSWORD, Stack

pytestmark = pytest.mark.ffmpeg
RUNGS = ["120p", "360p", "480p", "720p", "1080p"]


class Browser:
    """A client with a cookie jar, as plain as possible."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path: str) -> bytes:
        with self.opener.open(self.url + path, timeout=60) as answer:
            content: bytes = answer.read()
        return content

    def json(self, path: str) -> Any:
        return json.loads(self.get(path))

    def post(self, path: str, body: bytes, content_type: str) -> bytes:
        headers = {"Content-Type": content_type, "Referer": self.url + path}
        request = urllib.request.Request(self.url + path, body, headers)
        with self.opener.open(request, timeout=60) as answer:
            content: bytes = answer.read()
        return content

    def submit(self, path: str, fields: dict[str, str], file: Path | None = None) -> bytes:
        """Fill in a form of the admin and send it."""
        token = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', self.get(path))
        assert token
        body, boundary = _multipart({"csrfmiddlewaretoken": token[1].decode(), **fields}, file)
        return self.post(path, body, f"multipart/form-data; boundary={boundary}")


def _multipart(fields: dict[str, str], file: Path | None) -> tuple[bytes, str]:
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    if file:
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="video_file"; '
            f'filename="{file.name}"\r\nContent-Type: video/mp4\r\n\r\n'
        )
        parts.append(head.encode() + file.read_bytes() + b"\r\n")
    return b"".join([*parts, f"--{boundary}--\r\n".encode()]), boundary


@pytest.fixture(scope="module")
def staff(stack: Stack) -> Browser:
    browser = Browser(stack.url)
    browser.submit(
        "/admin/login/?next=/admin/", {"username": ADMIN_EMAIL, "password": ADMIN_PASSWORD}
    )
    credentials = json.dumps({"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD})
    browser.post("/api/login/", credentials.encode(), "application/json")
    return browser


def upload(browser: Browser, title: str, file: Path) -> int:
    fields = {"title": title, "description": "", "category": "animation", "is_published": "on"}
    page = browser.submit("/admin/video_app/video/add/", fields, file)
    found = re.search(rb"/admin/video_app/video/(\d+)/change/[^>]*>" + title.encode(), page)
    assert found, "the admin did not say that the film was added"
    return int(found[1])


def wait_for(browser: Browser, video: int, *states: str, seconds: float = 240) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    while True:
        status: dict[str, Any] = browser.json(f"/api/video/{video}/status/")
        if status["state"] in states:
            return status
        assert time.monotonic() < deadline, status
        time.sleep(0.3)


@pytest.fixture(scope="module")
def film(staff: Browser) -> int:
    """The 30 s clip, uploaded through the admin form and wholly transcoded."""
    video = upload(staff, "Bunny", real_film("bunny-1080p.mp4"))
    status = wait_for(staff, video, "completed", "failed")
    assert status["state"] == "completed", status
    return video


def playlist(browser: Browser, path: str) -> m3u8.M3U8:
    return m3u8.loads(browser.get(path).decode())


def rendition(browser: Browser, video: int, rung: str) -> bytes:
    """All segments of a rendition, one after the other, as a player gets them."""
    base = f"/api/video/{video}/{rung}/"
    listed = playlist(browser, f"{base}index.m3u8")
    return b"".join(browser.get(base + str(segment.uri)) for segment in listed.segments)


def test_all_five_renditions_are_listed(staff: Browser, film: int) -> None:
    master = playlist(staff, f"/api/video/{film}/master.m3u8")
    assert sorted(str(p.uri).split("/")[0] for p in master.playlists) == sorted(RUNGS)


def test_the_film_is_listed_with_a_poster(staff: Browser, film: int) -> None:
    (listed,) = (video for video in staff.json("/api/video/") if video["id"] == film)
    assert listed["category"] == "Animation"
    poster = staff.get(listed["thumbnail_url"].removeprefix(staff.url))
    with av.open(io.BytesIO(poster)) as image:
        assert image.streams.video[0].width == 1280


@pytest.mark.parametrize("rung", RUNGS)
def test_the_joints_cannot_be_told(staff: Browser, film: int, rung: str) -> None:
    with av.open(io.BytesIO(rendition(staff, film, rung)), format="mpegts") as container:
        stamps = [(p.stream.type, p.pts) for p in container.demux() if p.pts is not None]
    pictures = sorted(pts for kind, pts in stamps if kind == "video")
    sounds = [pts for kind, pts in stamps if kind == "audio"]
    rate = 12 if rung == "120p" else 24
    assert len(pictures) == 30 * rate
    assert {after - before for before, after in pairwise(pictures)} == {90_000 // rate}
    assert len(sounds) == -(-30 * 48_000 // 1024)
    assert {after - before for before, after in pairwise(sounds)} == {90_000 * 1024 // 48_000}


def test_every_picture_and_sound_decodes(staff: Browser, film: int) -> None:
    content = rendition(staff, film, "360p")
    with av.open(io.BytesIO(content), format="mpegts") as container:
        frames = list(container.decode(video=0))
        looks = {(frame.width, frame.height, frame.format.name) for frame in frames}
    assert len(frames) == 720
    assert looks == {(640, 360, "yuv420p")}
    with av.open(io.BytesIO(content), format="mpegts") as container:
        samples = sum(frame.samples for frame in container.decode(audio=0))
    assert abs(Fraction(samples, 48_000) - 30) < Fraction(1, 24)


def test_the_progressive_file_is_the_whole_film(staff: Browser, film: int) -> None:
    url = staff.json(f"/content/video-url/{film}/?quality=720p")["url"]
    with urllib.request.urlopen(url, timeout=60) as answer:  # no cookies
        content = answer.read()
    with av.open(io.BytesIO(content)) as container:
        assert container.format.name.startswith("mov")
        assert container.streams.video[0].frames == 720
    assert content.find(b"moov") < content.find(b"mdat")


def test_scrubbing_has_pictures(staff: Browser, film: int) -> None:
    text = staff.get(f"/api/video/{film}/storyboard.vtt").decode()
    sheet = re.search(r"storyboard/000\.jpg[^#\s]*", text)
    assert sheet
    with av.open(io.BytesIO(staff.get(f"/api/video/{film}/{sheet[0]}"))) as image:
        assert image.streams.video[0].width == 1600


def test_the_folder_is_the_promised_one(stack: Stack, film: int) -> None:
    builds = list((stack.media / "hls" / str(film)).iterdir())
    assert len(builds) == 1
    assert (builds[0] / "720p" / "000.ts").exists()
    assert not list(builds[0].glob(".lease-*"))


@pytest.mark.parametrize(
    ("name", "reason"),
    [("text.mp4", "not a video"), ("cut.mp4", "not a video|incomplete")],
)
def test_a_broken_file_fails_with_a_reason_and_the_worker_lives_on(
    staff: Browser, tmp_path: Path, name: str, reason: str
) -> None:
    broken = tmp_path / name
    film = real_film("bunny-1080p.mp4").read_bytes()
    broken.write_bytes(b"Once upon a time" * 100 if name == "text.mp4" else film[: len(film) // 2])
    status = wait_for(staff, upload(staff, name, broken), "failed", "completed", seconds=60)
    assert status["state"] == "failed"
    assert re.search(reason, status["error"])
    workers = staff.json("/health/")
    assert workers["status"] == "ok", workers


def test_an_empty_file_is_refused_at_the_form(staff: Browser, tmp_path: Path) -> None:
    empty = tmp_path / "empty.mp4"
    empty.touch()
    fields = {"title": "Empty", "description": "", "category": "other", "is_published": "on"}
    page = staff.submit("/admin/video_app/video/add/", fields, empty)
    assert b"The submitted file is empty." in page


def test_a_stranger_gets_nothing(stack: Stack, film: int) -> None:
    for path in (f"/api/video/{film}/master.m3u8", f"/api/video/{film}/720p/000.ts"):
        with pytest.raises(urllib.error.HTTPError, match="401"):
            Browser(stack.url).get(path)
