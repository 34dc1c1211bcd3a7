"""The shape of a film whose pictures change theirs."""

from fractions import Fraction
from typing import Any

import pytest

from video_app.pipeline.shapes import Shape, main_shape, read_shapes


def shape(width: int, height: int, aspect: str = "1", places: int = 1) -> Shape:
    return Shape(width, height, Fraction(aspect), places)


def facts(*shapes: list[Any]) -> dict[str, Any]:
    return {"shapes": list(shapes), "frame": {"width": 720, "height": 576}}


@pytest.mark.parametrize(
    ("shapes", "expected", "changes"),
    [
        ([shape(640, 360)], shape(640, 360), False),
        ([shape(320, 180), shape(1280, 720)], shape(1280, 720), False),
        ([shape(640, 360), shape(180, 320, places=9)], shape(180, 320, places=9), True),
        ([shape(640, 360), shape(180, 320)], shape(640, 360), True),
        ([shape(720, 576, "64/45"), shape(1920, 1080)], shape(1920, 1080), False),
        ([shape(720, 576, "64/45"), shape(720, 576, "16/15")], shape(720, 576, "64/45"), True),
        ([shape(1920, 1080), shape(1920, 1088)], shape(1920, 1088), False),
        ([shape(1440, 1080, "4/3"), shape(1920, 1080)], shape(1920, 1080), False),
    ],
)
def test_takes_largest_picture_of_most_frequent_shape(shapes, expected, changes):
    assert main_shape(shapes) == (expected, changes)


def test_follows_aspect_of_pictures_where_container_says_nothing():
    given = facts([720, 576, "64/45", 3], [720, 576, "16/15", 2])
    found = read_shapes(given, Fraction(64, 45), follows_codec=True)
    assert [s.aspect for s in found] == [Fraction(64, 45), Fraction(16, 15)]


@pytest.mark.parametrize(("stated", "follows"), [("64/45", False), ("1", True)])
def test_container_overrules_aspect_of_pictures(stated, follows):
    given = facts([720, 576, "64/45", 3], [720, 576, "16/15", 2])
    found = read_shapes(given, Fraction(stated), follows_codec=follows)
    assert {s.aspect for s in found} == {Fraction(stated)}


def test_takes_first_picture_where_nothing_was_surveyed():
    assert read_shapes(facts(), Fraction(1, 1000), follows_codec=True) == [shape(720, 576)]
