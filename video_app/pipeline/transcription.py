"""Having a piece of a film's sound written down, by an engine in a process of its own."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from video_app.pipeline import captions, command, ffmpeg
from video_app.pipeline.captions import Heard
from video_app.pipeline.errors import EncodeError, PipelineError

# Of sound that is written down at once. Work that is more important waits no longer for it.
PIECE_SECONDS = 180
MOST_SECONDS = 3600
# Models of all sizes, and what the engine reserves.
MEMORY = 32 * 1024**3
NICENESS = 19
NO_MODEL = "There is no model in CAPTIONS_MODEL: model.bin of a Whisper model for CTranslate2."
NO_PACKAGES = "Automatic captions need faster-whisper: pip install -r requirements-captions.txt"


@dataclass(frozen=True, slots=True)
class Transcript:
    """`language` is a BCP 47 tag."""

    language: str
    heard: tuple[Heard, ...]


def problem(model: str) -> str:
    """Why this machine cannot make captions, in words; "" when it can."""
    if not (Path(model) / "model.bin").is_file():
        return NO_MODEL
    return "" if find_spec("faster_whisper") else NO_PACKAGES


def transcribe(
    binary: str,
    model: str,
    language: str,
    segments: list[str],
    folder: Path,
    work: Path,
    *,
    watch: Callable[[], None],
) -> Transcript:
    """What is said in segments that lie in `folder`, in seconds from their beginning.

    `language` is a tag, or "" when nobody knows. `PipelineError` when the model is of no use.
    """
    sound = work / "sound.pcm"
    limits = ffmpeg.ProcessLimits(seconds=MOST_SECONDS, niceness=NICENESS)
    argv = command.sound_samples(binary, segments, str(sound))
    ffmpeg.run(argv, limits, cwd=folder, watch=watch)
    child = [sys.executable, "-m", "video_app.pipeline.caption_child", model, str(sound), language]
    limits = ffmpeg.ProcessLimits(seconds=MOST_SECONDS, memory=MEMORY, niceness=NICENESS)
    return _read(ffmpeg.run(child, limits, watch=watch))


def _read(output: str) -> Transcript:
    try:
        answer = json.loads(output)
    except ValueError as error:
        raise EncodeError("the engine of captions said no JSON") from error
    if refusal := answer.get("refusal"):
        raise PipelineError(refusal)
    return Transcript(answer["language"], tuple(captions.heard(answer["segments"])))
