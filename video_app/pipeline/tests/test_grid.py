"""The frame grid: exact, aligned, and short at the beginning."""

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video_app.pipeline import grid
from video_app.pipeline.tests.samples import a_rate, a_video

NTSC = Fraction(30000, 1001)


@pytest.mark.parametrize(
    ("average", "base", "chosen"),
    [
        (24, 24, 24),
        (NTSC, NTSC, NTSC),
        (Fraction(2997, 100), Fraction(2997, 100), NTSC),  # a muxer's rounding
        (Fraction(27), 30, 30),  # a phone that dropped some pictures
        (Fraction(7), 30, 8),  # a slide show in a 30 fps file
        (0, 25, 25),
        (0, 0, 25),
        (120, 120, 60),
        (240, 240, 60),
        (Fraction(120000, 1001), Fraction(120000, 1001), Fraction(60000, 1001)),
        (1, 1, 1),
    ],
)
def test_it_chooses_a_standard_rate(average, base, chosen):
    video = a_video(average_rate=Fraction(average), base_rate=Fraction(base))
    assert grid.choose_rate(video) == chosen


def test_a_thousand_frames_a_second_become_at_most_sixty():
    assert 25 <= grid.choose_rate(a_rate(1000)) <= 60


def test_interlaced_video_gets_one_picture_per_field():
    assert grid.choose_rate(a_rate(25, is_interlaced=True)) == 50


@pytest.mark.parametrize(
    ("rate", "limit", "divisor"),
    [(24, 15, 2), (30, 15, 2), (60, 15, 4), (25, 60, 1), (NTSC, 30, 1), (15, 15, 1)],
)
def test_slow_renditions_take_every_nth_frame(rate, limit, divisor):
    assert grid.rate_divisor(Fraction(rate), limit) == divisor


def test_the_first_segments_are_short():
    assert grid.segment_cuts(720, 48) == (0, 48, 144, 288, 432, 576, 720)


def test_a_film_shorter_than_a_segment_is_one_segment():
    assert grid.segment_cuts(10, 48) == (0, 10)


def test_a_film_that_ends_on_a_cut_has_no_empty_segment():
    assert grid.segment_cuts(144, 48) == (0, 48, 144)


def test_the_first_chunks_are_single_segments():
    cuts = grid.chunk_cuts(100)
    assert cuts[:4] == (0, 1, 2, 3)
    assert cuts[-1] == 100


@given(
    frames=st.integers(1, 200_000),
    rate=st.sampled_from(grid.STANDARD_RATES),
    divisor=st.sampled_from([1, 2, 4]),
)
def test_cuts_cover_every_frame_once_on_the_slowest_grid(frames, rate, divisor):
    frames *= divisor
    gop = grid.gop_frames(rate, divisor)
    cuts = grid.segment_cuts(frames, gop)
    assert cuts[0] == 0
    assert cuts[-1] == frames
    assert all(first < second for first, second in itertools.pairwise(cuts))
    assert all(cut % gop == 0 for cut in cuts[:-1])
    assert all(cut % divisor == 0 for cut in cuts)


@given(rate=st.sampled_from(grid.STANDARD_RATES), divisor=st.sampled_from([1, 2, 4]))
def test_segments_round_to_at_most_the_target_duration(rate, divisor):
    if rate < 4 * divisor:  # such slow renditions are not thinned
        divisor = 1
    assert round(3 * grid.gop_frames(rate, divisor) / rate) <= 6


@given(
    seconds=st.fractions(min_value=Fraction(1, 50), max_value=20_000),
    rate=st.sampled_from(grid.STANDARD_RATES),
    divisor=st.sampled_from([1, 2, 4]),
)
def test_the_length_is_the_sources_to_half_a_frame_of_the_slowest(seconds, rate, divisor):
    frames = grid.frame_count(seconds, rate, divisor)
    assert frames % divisor == 0
    assert frames == divisor or abs(frames / rate - seconds) <= divisor / rate / 2
