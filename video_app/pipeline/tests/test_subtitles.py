"""Cutting a WebVTT text into minutes."""

from fractions import Fraction

from video_app.pipeline.subtitles import cut, segment_count

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
