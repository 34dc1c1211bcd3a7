"""Sources that are read from a bucket which cuts, refuses, redirects or lies."""

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.s3_proxy import Answer, Proxy, refusal, running_proxy
from video_app.pipeline import location, transcode
from video_app.pipeline.errors import EncodeError, PipelineError
from video_app.pipeline.ffmpeg import find_ffmpeg
from video_app.pipeline.plan import Limits, make_plan
from video_app.pipeline.source import read_source
from video_app.pipeline.types import Plan
from video_app.store import AwayError, blocks, local, s3, the_store

pytestmark = [pytest.mark.ffmpeg, pytest.mark.faults]
KEY = "sources/clip.mp4"
LIMITS = Limits(duration=3600, pixels=10**8)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve seconds in some two megabytes; its index lies at its end."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    picture = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=12:d=12,noise=alls=60:allf=t"]
    coding = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "12", "-y", str(path)]
    subprocess.run([find_ffmpeg(), "-v", "error", *picture, *coding], check=True)
    return path


@pytest.fixture
def proxy(store: Any, clip: Path, settings: Any, tmp_path: Path) -> Iterator[Proxy]:
    """Between us and the bucket, in which the clip lies."""
    the_store().put([(clip, KEY)])
    with running_proxy(settings.AWS_S3_ENDPOINT_URL) as proxy:
        settings.AWS_S3_ENDPOINT_URL = proxy.address
        yield proxy


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "PATIENCE_SECONDS", 0.2)


@pytest.fixture
def listener() -> Iterator[tuple[str, list[bytes]]]:
    """An address inside that nothing may be fetched from, and what was asked of it."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    asked.append(connection.recv(1000))

        threading.Thread(target=listen, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/secret", asked


def encode_all(url: str, folder: Path) -> Plan:
    plan = replace(make_plan(read_source(url, max_streams=8), LIMITS))
    for index in range(plan.chunks):
        transcode.encode_chunk(find_ffmpeg(), url, plan, plan.chunk(index), folder)
    return plan


def test_reads_little_more_than_the_file(proxy: Proxy, clip: Path, tmp_path: Path) -> None:
    with the_store().source(KEY) as url:
        plan = encode_all(url, tmp_path)

    assert plan.chunks == 3
    assert proxy.bytes_of(KEY) <= 1.6 * clip.stat().st_size


def test_encodes_all_although_every_answer_is_cut(proxy: Proxy, tmp_path: Path) -> None:
    """The first answer to each request breaks off in its middle."""
    seen: set[str] = set()

    def cut(request: Any, answer: Answer) -> Answer:
        span = request.headers.get("Range", "")
        if request.command == "GET" and span and span not in seen:
            seen.add(span)
            answer.cut = len(answer.body) // 2
        return answer

    proxy.mood = cut
    with the_store().source(KEY) as url:
        plan = encode_all(url, tmp_path)
    assert plan.frames == 144
    assert seen


def test_waits_for_bucket_that_refuses_for_a_while(proxy: Proxy, clip: Path) -> None:
    until = time.monotonic() + 3

    def refuse(request: Any, answer: Answer) -> Answer:
        return refusal(403, "AccessDenied") if time.monotonic() < until else answer

    proxy.mood = refuse
    with the_store().source(KEY) as url, location.open_binary(url) as file:
        assert file.read() == clip.read_bytes()


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("status", "code"), [(403, "AccessDenied"), (500, "InternalError")])
def test_never_takes_a_fault_of_the_bucket_for_damage(
    proxy: Proxy, tmp_path: Path, status: int, code: str
) -> None:
    with the_store().source(KEY) as url:
        plan = make_plan(read_source(url, max_streams=8), LIMITS)
    shutil.rmtree(local.path(blocks.FOLDER))
    proxy.mood = lambda request, answer: (
        refusal(status, code) if request.command == "GET" else answer
    )

    with pytest.raises(AwayError), the_store().source(KEY) as url:
        transcode.encode_chunk(find_ffmpeg(), url, plan, plan.chunk(1), tmp_path)


@pytest.mark.usefixtures("impatient")
def test_says_that_a_gateway_ignores_ranges(proxy: Proxy) -> None:
    def ignore(request: Any, answer: Answer) -> Answer:
        if request.command != "GET":
            return answer
        kept = {n: value for n, value in answer.headers.items() if n.lower() != "content-range"}
        return replace(answer, status=200, headers=kept)

    proxy.mood = ignore
    with pytest.raises(AwayError, match="byte ranges"), the_store().source(KEY) as url:
        read_source(url, max_streams=8)


@pytest.mark.usefixtures("impatient")
def test_follows_no_redirect(proxy: Proxy, listener: tuple[str, list[bytes]]) -> None:
    address, asked = listener
    proxy.mood = lambda request, answer: (
        Answer(302, {"Location": address}, b"") if request.command == "GET" else answer
    )

    with pytest.raises(AwayError), the_store().source(KEY) as url:
        read_source(url, max_streams=8)
    assert asked == []


@pytest.mark.parametrize("suffix", [".mp4", ".ts", ".m3u8"])
def test_playlist_in_the_bucket_opens_no_address(
    proxy: Proxy, listener: tuple[str, list[bytes]], tmp_path: Path, suffix: str
) -> None:
    address, asked = listener
    evil = tmp_path / f"evil{suffix}"
    evil.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{address}.ts\n#EXT-X-ENDLIST\n")
    the_store().put([(evil, f"sources/evil{suffix}")])

    with the_store().source(f"sources/evil{suffix}") as url:
        with pytest.raises(PipelineError):
            read_source(url, max_streams=8)
        plan = make_plan(_some_source(proxy), LIMITS)
        with pytest.raises((EncodeError, PipelineError)):
            transcode.encode_chunk(find_ffmpeg(), url, plan, plan.chunk(0), tmp_path)
    assert asked == []


def _some_source(proxy: Proxy) -> Any:
    with the_store().source(KEY) as url:
        return read_source(url, max_streams=8)


def test_masks_every_address(proxy: Proxy, tmp_path: Path) -> None:
    junk = tmp_path / "junk.mp4"
    junk.write_bytes(b"\0" * 5000)
    the_store().put([(junk, "sources/junk.mp4")])

    with the_store().source("sources/junk.mp4") as url:
        with pytest.raises(PipelineError) as raised:
            read_source(url, max_streams=8)
        assert "X-Amz" not in url
    assert url not in str(raised.value)


def test_put_notices_what_arrived_short(proxy: Proxy, clip: Path, impatient: None) -> None:
    def lie(request: Any, answer: Answer) -> Answer:
        if request.command == "HEAD" and answer.status == 200:
            return Answer(200, answer.headers | {"Content-Length": "7"}, b"1234567")
        return answer

    proxy.mood = lie
    with pytest.raises(AwayError, match="not got all"):
        the_store().put([(clip, "sources/copy.mp4")])


def test_finishes_upload_whose_answer_was_lost(proxy: Proxy) -> None:
    """The bucket completed it; we were told that it fell over."""
    uploads, size = the_store().uploads, 9 * 1024**2
    uploads.begin("sources/big.mp4")
    uploads.append("sources/big.mp4", 0, b"x" * size)
    lost = []

    def lose(request: Any, answer: Answer) -> Answer:
        if request.command == "POST" and not lost:
            lost.append(answer)
            return refusal(500, "InternalError")
        return answer

    proxy.mood = lose
    uploads.finish("sources/big.mp4", size)
    assert lost
    assert the_store().size("sources/big.mp4") == size
