"""What is taken over of what an engine of captions says."""

from typing import Any

import pytest

from video_app.pipeline import captions
from video_app.pipeline.captions import Heard


def segment(text: str = "Hello.", start: float = 1.0, end: float = 2.0, **how: float) -> Any:
    sure = {"silence": 0.1, "confidence": -0.3, "repetition": 1.2}
    return {"text": text, "start": start, "end": end} | sure | how


def test_keeps_what_was_said() -> None:
    assert list(captions.heard([segment(" Hello  there. ")])) == [Heard(1.0, 2.0, "Hello there.")]


@pytest.mark.parametrize(
    "made_up",
    [
        segment("Thanks for watching!", silence=0.9, confidence=-1.4),
        segment("la la la la la la la", repetition=5.0),
        segment("   "),
        segment(start=2.0, end=2.0),
    ],
)
def test_leaves_out_what_was_made_up(made_up: Any) -> None:
    assert list(captions.heard([made_up])) == []


def test_says_repeated_line_once() -> None:
    found = [segment(start=at, end=at + 1) for at in (1.0, 2.0, 3.0)]

    assert [each.start for each in captions.heard(found)] == [1.0]


def test_appends_cues_on_the_clock_of_the_source() -> None:
    first = captions.append(captions.EMPTY, [Heard(0.5, 1.0, "One")], 0.25)

    text = captions.append(first, [Heard(0.0, 1.0, "A --> B & <c>")], 180.0)

    assert text == (
        "WEBVTT\n\n00:00:00.750 --> 00:00:01.250\nOne\n\n"
        "00:03:00.000 --> 00:03:01.000\nA → B &amp; &lt;c>\n"
    )


def test_breaks_long_cue_in_its_middle() -> None:
    said = "The quick brown fox jumps over the lazy dog and goes on"

    lines = captions.append(captions.EMPTY, [Heard(0, 1, said)], 0).splitlines()[3:]

    assert lines == ["The quick brown fox jumps", "over the lazy dog and goes on"]
