"""The storyboard's arithmetic."""

import re

import pytest

from video_app.pipeline import storyboard
from video_app.pipeline.tests.samples import a_plan, a_video


def cues(plan):
    return storyboard.text(plan).split("\n\n")[1:]


def test_a_short_film_has_a_picture_every_two_seconds():
    plan = a_plan(30)
    assert storyboard.pictures(plan) == len(cues(plan)) == 15
    assert cues(plan)[1] == (
        "00:00:02.000 --> 00:00:04.000\nstoryboard/000.jpg#xywh=160,0,160,90\n"
    ).rstrip("\n")


def test_the_eleventh_picture_begins_the_second_row():
    assert "#xywh=0,90,160,90" in cues(a_plan(30))[10]


@pytest.mark.parametrize("duration", [1, 399, 401, 7200, 20_000])
def test_there_are_never_too_many_pictures(duration):
    plan = a_plan(duration)
    assert 1 <= storyboard.pictures(plan) <= storyboard.MAX_PICTURES
    assert storyboard.sheets(plan) == -(-storyboard.pictures(plan) // 100)


def test_the_last_cue_ends_with_the_film():
    last = cues(a_plan(31))[-1]
    assert re.search(r"--> 00:00:31\.000", last)


def test_portrait_pictures_are_bounded_too():
    plan = a_plan(30, video=a_video(width=1080, height=1920))
    assert storyboard.picture_size(plan) == (90, 160)


def test_sheets_carry_the_query():
    assert "000.jpg?b=7#xywh" in storyboard.text(a_plan(30), uri=lambda name: f"{name}?b=7")
