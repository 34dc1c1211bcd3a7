"""Automatic captions from an upload to a draft of subtitles, by a worker of a whole site."""

import subprocess
from pathlib import Path

import pytest

from tests.faults.site import running_site, until
from tests.test_spoken_captions import MODEL, SPOKEN
from video_app.pipeline.ffmpeg import find_ffmpeg

pytestmark = [pytest.mark.ffmpeg, pytest.mark.timeout(300)]


def make_spoken_film(target: Path) -> Path:
    picture = ("-f", "lavfi", "-i", "testsrc2=s=320x180:r=12")
    command = [find_ffmpeg(), "-v", "error", *picture, "-i", str(SPOKEN), "-shortest"]
    command += ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"]
    subprocess.run([*command, "-metadata:s:a:0", "language=eng", str(target)], check=True)
    return target


def test_writes_down_uploaded_film(tmp_path: Path) -> None:
    film = make_spoken_film(tmp_path / "spoken.mp4")
    query = "SELECT text, language, is_draft, is_automatic FROM video_app_subtitle"

    with running_site(tmp_path / "site", CAPTIONS_MODEL=MODEL) as site:
        video = site.upload(film)
        site.wait_for(video)
        ((text, *about),) = until(lambda: site.rows(query), "captions", 120)
        shown = site.get(f"/api/video/{video}/master.m3u8").decode()

    assert about == ["eng", 1, 1]
    assert "captain" in text.lower()
    assert "TYPE=SUBTITLES" not in shown
