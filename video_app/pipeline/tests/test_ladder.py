"""The ladder: boxes, never upscaling."""

from fractions import Fraction

import pytest

from video_app.pipeline import ladder
from video_app.pipeline.tests.samples import a_rate, a_video


def sizes(width, height, rate=24, **changes):
    video = a_rate(rate, width=width, height=height, **changes)
    return {r.name: (r.width, r.height) for r in ladder.choose_rungs(video, Fraction(rate))}


def test_full_hd_gets_all_five_rungs():
    assert sizes(1920, 1080) == {
        "120p": (214, 120),
        "360p": (640, 360),
        "480p": (854, 480),
        "720p": (1280, 720),
        "1080p": (1920, 1080),
    }


def test_a_larger_source_is_brought_down_to_1080p():
    assert sizes(3840, 2160)["1080p"] == (1920, 1080)


def test_a_scope_film_fills_the_width():
    assert sizes(1920, 804)["720p"] == (1280, 536)


def test_a_portrait_film_has_its_short_side_as_height():
    assert sizes(1080, 1920)["360p"] == (360, 640)


@pytest.mark.parametrize("rotation", [90, 270])
def test_a_rotated_film_is_portrait(rotation):
    assert sizes(1920, 1080, rotation=rotation)["720p"] == (720, 1280)


def test_wide_pixels_are_made_square():
    assert sizes(720, 576, sample_aspect=Fraction(64, 45))["720p"] == (1024, 576)


def test_a_small_source_is_kept_at_its_own_size():
    assert sizes(64, 48) == {"120p": (64, 48)}


def test_a_source_between_two_rungs_keeps_its_size_under_the_upper_name():
    assert sizes(1600, 900)["1080p"] == (1600, 900)


def test_a_source_just_above_a_rung_gets_no_rung_of_its_own():
    assert list(sizes(1300, 731)) == ["120p", "360p", "480p", "720p"]


def test_odd_sizes_lose_a_line_and_never_gain_one():
    assert sizes(853, 479)["480p"] == (852, 478)


@pytest.mark.parametrize("size", [(16000, 100), (100, 16000)])
def test_both_axes_are_bounded(size):
    for width, height in sizes(*size).values():
        assert max(width, height) <= 1920
        assert min(width, height) >= 2


def test_fast_pictures_may_cost_half_as_much_again():
    slow = ladder.choose_rungs(a_rate(30), Fraction(30))[-1]
    fast = ladder.choose_rungs(a_rate(60), Fraction(60))[-1]
    assert fast.max_rate == slow.max_rate * 3 // 2


@pytest.mark.parametrize(
    ("width", "height", "rate", "level"),
    [
        (1920, 1080, 30, "4.0"),
        (1920, 1080, 60, "4.2"),
        (1280, 720, 30, "3.1"),
        (854, 480, 30, "3.1"),
        (640, 360, 30, "3.0"),
        (214, 120, 15, "1.1"),
    ],
)
def test_the_level_is_no_higher_than_needed(width, height, rate, level):
    assert ladder.level(width, height, Fraction(rate), 100_000) == level


def test_the_bit_rate_counts_for_the_level():
    assert ladder.level(214, 120, Fraction(15), 600_000) == "1.3"


@pytest.mark.parametrize(
    ("wanted", "available", "answer"),
    [
        ("1080p", ("120p", "360p"), "360p"),
        ("480p", ("120p", "360p", "480p"), "480p"),
        ("360p", ("120p", "480p"), "480p"),
        ("480p", ("360p", "720p"), "360p"),
    ],
)
def test_a_missing_rung_is_answered_by_the_nearest(wanted, available, answer):
    assert ladder.nearest(wanted, available) == answer


def test_a_wild_pixel_shape_is_no_reason_to_fail():
    assert ladder.display_size(a_video(rotation=180)) == (1920, 1080)
