"""A film with two sound tracks and subtitles, through real ffmpeg and out over HTTP."""

import io
import itertools
import re
import subprocess
from array import array
from pathlib import Path
from typing import Any

import av
import m3u8
import pytest
from django.core.files import File
from django.core.management import call_command
from django.test import Client

from tests.people import make_user, signed_in
from video_app.models import Video
from video_app.pipeline.ffmpeg import find_ffmpeg

pytestmark = [pytest.mark.ffmpeg, pytest.mark.django_db]

SECONDS = 7
TONES = {"eng": 440, "deu": 880}
TEXT = "1\n00:00:01,000 --> 00:00:03,000\nGood <i>evening</i>\n"


@pytest.fixture(scope="module")
def bilingual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bilingual")
    (folder / "text.srt").write_text(TEXT)
    sounds = [
        argument
        for tone in TONES.values()
        for argument in ("-f", "lavfi", "-i", f"sine=frequency={tone}:duration={SECONDS}")
    ]
    command = [
        *(find_ffmpeg(), "-v", "error"),
        *("-f", "lavfi", "-i", f"testsrc2=size=320x180:rate=25:duration={SECONDS}"),
        *sounds,
        *("-i", str(folder / "text.srt")),
        *("-map", "0", "-map", "1", "-map", "2", "-map", "3", "-c:v", "libx264"),
        *("-preset", "ultrafast", "-c:a", "aac", "-c:s", "srt"),
        *("-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=deu"),
        *("-metadata:s:s:0", "language=eng", str(folder / "film.mkv")),
    ]
    subprocess.run(command, check=True)
    return folder / "film.mkv"


@pytest.fixture
def film(bilingual: Path) -> Video:
    video = Video(title="Good Evening")
    with bilingual.open("rb") as file:
        video.video_file.save("film.mkv", File(file), save=False)
        video.save()
    call_command("process_video", str(video.pk), "--sync", stdout=io.StringIO())
    video.refresh_from_db()
    return video


def text(client: Client, path: str) -> str:
    answer: Any = client.get(path)
    assert answer.status_code == 200, path
    content: bytes = answer.getvalue()
    return content.decode()


def test_tracks_subtitles_and_pictures_reach_the_player(film: Video) -> None:
    client = signed_in(make_user())
    base = f"/api/video/{film.pk}"
    master = m3u8.loads(text(client, f"{base}/master.m3u8"))
    sounds = [m for m in master.media if m.type == "AUDIO"]
    texts = [m for m in master.media if m.type == "SUBTITLES"]

    assert [m.language for m in sounds] == ["en", "de"]
    assert [m.language for m in texts] == ["en"]
    assert tone(client, base, "720p") == pytest.approx(TONES["eng"], rel=0.02)
    assert tone(client, base, "audio-0") == pytest.approx(TONES["deu"], rel=0.02)
    assert [sound.uri.split("/")[-2] for sound in sounds] == ["audio-1", "audio-0"]
    assert tone(client, base, "audio-1") == pytest.approx(TONES["eng"], rel=0.02)

    (listed,) = m3u8.loads(text(client, f"{base}/{texts[0].uri}")).segments
    assert "Good <i>evening</i>" in text(client, f"{base}/subtitles-0/{listed.uri}")

    sheet = re.search(r"storyboard/\S+(?=#)", text(client, f"{base}/storyboard.vtt"))
    assert sheet
    assert client.get(f"{base}/{sheet[0]}")["Content-Type"] == "image/jpeg"


def test_what_is_not_there_or_not_theirs_is_not_given(film: Video) -> None:
    client, base = signed_in(make_user()), f"/api/video/{film.pk}"
    for path in (
        "audio-2/index.m3u8",
        "audio-2/000.ts",
        "audio-0/009.ts",
        "audio-x/index.m3u8",
        "subtitles-1/index.m3u8",
        "subtitles-0/007.vtt",
        "storyboard/003.jpg",
    ):
        assert client.get(f"{base}/{path}").status_code == 404, path
    for path in ("audio-0/000.ts", "subtitles-0/000.vtt", "storyboard.vtt", "storyboard/000.jpg"):
        assert Client().get(f"{base}/{path}").status_code == 401, path


def tone(client: Client, base: str, folder: str) -> float:
    """The frequency in Hz of what is heard in a rendition or track."""
    listed = m3u8.loads(text(client, f"{base}/{folder}/index.m3u8"))
    content = b"".join(
        client.get(f"{base}/{folder}/{segment.uri}").getvalue() for segment in listed.segments
    )
    with av.open(io.BytesIO(content), format="mpegts") as container:
        frames = [
            array("f", bytes(frame.planes[0]))[: frame.samples]
            for frame in container.decode(audio=0)
        ]
    samples = [sample for frame in frames[50:150] for sample in frame]
    crossings = sum(a <= 0 < b for a, b in itertools.pairwise(samples))
    return crossings * 48_000 / len(samples)
