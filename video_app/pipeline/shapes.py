"""The shape of a film whose pictures may change theirs on the way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

# Shapes this close are one: broadcasters cut a few columns off, or round.
TOLERANCE = Fraction(3, 100)


@dataclass(frozen=True, slots=True)
class Shape:
    """Coded width and height with the pixels' aspect, and the places at which it was seen."""

    width: int
    height: int
    aspect: Fraction
    places: int = 1

    @property
    def ratio(self) -> Fraction:
        return self.width * self.aspect / self.height


def read_shapes(facts: dict[str, Any], stated: Fraction, *, follows_codec: bool) -> list[Shape]:
    """The shapes that a survey saw, in the order of their appearance.

    `stated` is the container's pixel aspect. It overrules that of the pictures, which may
    change, in all players, unless it comes from them (`follows_codec`).
    """
    if not facts["shapes"]:
        return [Shape(facts["frame"]["width"], facts["frame"]["height"], sane_aspect(stated))]
    first = Fraction(facts["shapes"][0][2])
    is_own = follows_codec and first in (0, stated)
    return [
        Shape(width, height, sane_aspect((is_own and Fraction(aspect)) or stated), places)
        for width, height, aspect, places in facts["shapes"]
    ]


def main_shape(shapes: Sequence[Shape]) -> tuple[Shape, bool]:
    """The largest picture of the shape seen most often, and whether there are other shapes."""
    groups: list[list[Shape]] = []
    for shape in shapes:
        for group in groups:
            if abs(shape.ratio - group[0].ratio) <= group[0].ratio * TOLERANCE:
                group.append(shape)
                break
        else:
            groups.append([shape])
    most = max(groups, key=_places)
    return max(most, key=lambda shape: shape.width * shape.height), len(groups) > 1


def _places(group: Iterable[Shape]) -> int:
    return sum(shape.places for shape in group)


def sane_aspect(aspect: Fraction) -> Fraction:
    """A pixel's aspect as given, or square when it is absurd."""
    return aspect if Fraction(1, 4) <= aspect <= 4 else Fraction(1)
