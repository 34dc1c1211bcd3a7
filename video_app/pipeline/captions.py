"""What a transcription says, as cues: without what such engines make up in silence and music."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from video_app.pipeline.sentences import sentence
from video_app.pipeline.texts import stamp

EMPTY = "WEBVTT\n"
ONLY_ENGLISH = sentence("The model knows English only, and the film is in another language.")
# An engine that hears nobody and is not sure either has made the words up.
MOST_SILENCE, LEAST_CONFIDENCE = 0.6, -1.0
# Text that can be packed so well is one phrase again and again.
MOST_REPETITION = 2.4
LONGEST_LINE = 42
LONGEST_CUE = 2**10


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that was said, between two moments in seconds."""

    start: float
    end: float
    text: str


def heard(segments: Iterable[dict[str, Any]]) -> Iterator[Heard]:
    """What of an engine's segments is likely to have been said."""
    last = ""
    for found in segments:
        text = " ".join(str(found["text"]).split())[:LONGEST_CUE]
        is_made_up = found["silence"] > MOST_SILENCE and found["confidence"] < LEAST_CONFIDENCE
        is_said = text and text != last and not is_made_up
        if is_said and found["repetition"] <= MOST_REPETITION and found["end"] > found["start"]:
            yield Heard(found["start"], found["end"], text)
            last = text


def append(vtt: str, said: Iterable[Heard], shift: float) -> str:
    """A WebVTT text with further cues, `shift` seconds later than they were heard."""
    blocks = (_cue(each, shift) for each in said)
    return "\n\n".join([vtt.rstrip(), *blocks]) + "\n"


def _cue(each: Heard, shift: float) -> str:
    begin, end = (max(0, round(1000 * (moment + shift))) for moment in (each.start, each.end))
    text = each.text.replace("&", "&amp;").replace("<", "&lt;").replace("-->", "→")
    return f"{stamp(begin)} --> {stamp(end)}\n{_in_lines(text)}"


def _in_lines(text: str) -> str:
    """In two lines of about one length when it is too long for one."""
    if len(text) <= LONGEST_LINE:
        return text
    spaces = [at for at, sign in enumerate(text) if sign == " "]
    middle = min(spaces, key=lambda at: abs(at - len(text) // 2), default=None)
    return text if middle is None else f"{text[:middle]}\n{text[middle + 1 :]}"
