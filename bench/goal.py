"""A figure and what it should be."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """`value` should be at most `limit`, or at least it where `is_floor`."""

    name: str
    value: float
    limit: float
    is_floor: bool = False

    @property
    def holds(self) -> bool:
        return self.value >= self.limit if self.is_floor else self.value <= self.limit

    def __str__(self) -> str:
        sign, verdict = ("≥" if self.is_floor else "≤"), ("holds" if self.holds else "MISSED")
        return f"{self.name:<44} {self.value:9.3f} {sign} {self.limit:<9g} {verdict}"
