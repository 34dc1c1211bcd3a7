"""Cutting a WebVTT text into minutes."""

import re
import tracemalloc
from fractions import Fraction

import pytest

from video_app.pipeline.subtitles import HEADER, cut, segment_count

TEXT = """WEBVTT

00:01.000 --> 00:03.000
Hello <b>there</b>

00:59.000 --> 01:01.500
Over the minute

01:02:00.000 --> 01:02:02.000
An hour later

NOTE nobody reads this
"""


def test_each_segment_says_where_its_clock_stands():
    for segment in cut(TEXT, Fraction(130)):
        assert segment.startswith("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n")


def test_a_cue_over_a_minute_stands_in_both():
    first, second, third = cut(TEXT, Fraction(130))
    assert "Hello" in first
    assert "Over the minute" in first
    assert "Over the minute" in second
    assert "-->" not in third


def test_cues_after_the_end_are_left_out():
    assert not any("hour" in segment for segment in cut(TEXT, Fraction(130)))


def test_what_is_no_cue_is_left_out():
    assert not any("NOTE" in segment for segment in cut(TEXT, Fraction(4000)))


def test_there_is_a_segment_for_every_begun_minute():
    assert [segment_count(Fraction(s)) for s in (1, 60, 61)] == [1, 1, 2]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Hello --> arrow", "Hello → arrow"),
        ("-->", "→"),
        ("00:01.000 --> 00:59.000", "00:01.000 → 00:59.000"),
        ("two\nlines --> here", "two\nlines → here"),
    ],
)
def test_arrow_in_the_text_is_no_timing(text, shown):
    (segment,) = cut(f"WEBVTT\n\n00:01.000 --> 00:03.000\n{text}\n", Fraction(10))
    assert segment.split("\n\n")[1] == f"00:01.000 --> 00:03.000\n{shown}\n"


@pytest.mark.parametrize(
    "timing",
    [
        "00:03.200 --> 00:03.100",
        "00:03.200 --> 00:03.200",
        "00:03.200 --> 1193:02:50.396",  # 100 ms less than nothing, as ffmpeg writes it
        "59:59.000 --> 00:01.000",
    ],
)
def test_cue_that_ends_before_it_begins_is_left_out(timing):
    text = f"WEBVTT\n\n{timing}\nnever\n\n00:04.000 --> 00:05.000\nafterwards\n"
    (segment,) = cut(text, Fraction(10))
    assert "never" not in segment
    assert "afterwards" in segment


def test_cue_keeps_its_place_on_the_screen_and_loses_its_name():
    text = "WEBVTT\n\nname\n00:01.000 --> 00:03.000 align:start line:0\nabove\n"
    (segment,) = cut(text, Fraction(10))
    assert "00:01.000 --> 00:03.000 align:start line:0\nabove" in segment
    assert "name" not in segment


def test_sign_that_stands_for_the_whole_film_is_in_every_segment():
    text = "WEBVTT\n\n00:00.000 --> 01:00:00.000\nsign\n\n30:10.000 --> 30:12.000\nword\n"
    segments = list(cut(text, Fraction(3600)))
    assert len(segments) == 60
    assert all("sign" in segment for segment in segments)
    assert ["word" in segment for segment in segments].count(True) == 1


@pytest.mark.parametrize(("cues", "length"), [(2000, 1000), (40_000, 5), (3, 700_000)])
def test_cues_as_long_as_the_film_do_not_multiply(cues, length):
    cue = f"00:00.000 --> 06:00:00.000\n{'x' * length}\n\n"
    text = "WEBVTT\n\n" + cue * cues
    tracemalloc.start()
    try:
        lost: list[int] = []
        segments = cut(text, Fraction(6 * 3600), on_loss=lost.append)
        written = sum(len(segment) for segment in segments)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert written < 2 * len(text) + 2**20 + 360 * 2 * len(HEADER)
    assert peak < 20 * len(text) + 2**24
    assert sum(lost) > 0


def test_ordinary_subtitles_are_whole():
    lines = "\n\n".join(
        f"{n // 60:02d}:{n % 60:02d}.000 --> {n // 60:02d}:{n % 60:02d}.900\nline {n:04d}"
        for n in range(3600)
    )
    lost: list[int] = []
    whole = "".join(cut(f"WEBVTT\n\n{lines}\n", Fraction(3600), on_loss=lost.append))
    assert lost == []
    assert [int(n) for n in re.findall(r"line (\d+)", whole)] == list(range(3600))
