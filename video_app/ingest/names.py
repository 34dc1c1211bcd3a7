"""What a film's file name says of it: a suggestion for people to correct, never a verdict."""

import logging
import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from guessit import guessit
from guessit.api import GuessitException

logger = logging.getLogger(__name__)

LONGEST = 200
# What makes an episode. Bare numbers do not: "Blade Runner 2049", "Adam-12", "12 Angry Men".
EPISODE = re.compile(
    r"(?<![a-z0-9])(?:s\d{1,2}[ ._-]*e\d{1,3}|\d{1,2}x\d{2,3}|e(?:p|pisode)?[ ._-]?\d{1,4}"
    r"|(?:episode|folge|season|staffel)[ ._-]*\d{1,4})(?![a-z0-9]*\d{4})",
    re.IGNORECASE,
)
# As groups name their episodes: "[Group] Name - 05 [1080p]".
NUMBERED = re.compile(r"^\[[^]]+\].+ - \d{2,3}(?:v\d)?(?: |\[|\(|$)")
ONLY_NUMBERS = re.compile(r"[\d\s._-]+")
CAMERA = re.compile(r"(?:IMG|VID|MVI|DSC|PXL|MOV|GOPR|DJI)[_-]?\d", re.IGNORECASE)
WORDS = re.compile(r"[\s._]+")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`title` is never empty; `series` is "" for what is no episode."""

    title: str
    year: int | None = None
    series: str = ""
    season: int | None = None
    episode: int | None = None


def suggest(filename: str) -> Suggestion:
    """What a name says; never raises. An episode without a title of its own is called
    "<series> S01E02"."""
    name = PurePath(filename.replace("\\", "/").replace("\0", "")).name
    stem = _stem(name)
    if not stem or ONLY_NUMBERS.fullmatch(stem) or CAMERA.match(stem):
        return Suggestion(_cleaned(stem) or "Untitled")
    is_episode = bool(EPISODE.search(stem) or NUMBERED.match(stem))
    found = _guess(name, "episode" if is_episode else "movie")
    return _episode(found, stem) if is_episode and found.get("title") else _film(found, stem)


def _stem(name: str) -> str:
    """Without its ending, which has no spaces; "...And Justice" has none."""
    stem, dot, ending = name.rpartition(".")
    return (stem if dot and ending.isalnum() and len(ending) <= 5 else name).strip(" .")


def _guess(name: str, kind: str) -> dict[str, Any]:
    try:
        return dict(guessit(name, {"type": kind}))
    except GuessitException as error:
        logger.info("name_not_understood", extra={"reason": str(error)[:200]})
        return {}


def _film(found: dict[str, Any], stem: str) -> Suggestion:
    words = [found.get("title"), found.get("alternative_title")]
    if part := _number(found.get("part")):
        words.append(f"Part {part}")
    title = " ".join(str(word) for word in words if word) or _cleaned(stem)
    return Suggestion(title[:LONGEST], _year(found))


def _episode(found: dict[str, Any], stem: str) -> Suggestion:
    series = str(found["title"])[:LONGEST]
    season, episode = _number(found.get("season")), _number(found.get("episode"))
    if episode is None and season is None:
        return _film(found, stem)
    name = f"{series[: LONGEST - 12]} " + (f"S{season:02d}" if season is not None else "")
    name += f"E{episode:02d}" if episode is not None else ""
    title = str(found.get("episode_title") or name)
    return Suggestion(title[:LONGEST], _year(found), series, season, episode)


def _number(value: Any) -> int | None:
    """The first, of several."""
    first = value[0] if isinstance(value, list) and value else value
    return first if isinstance(first, int) and 0 <= first < 10_000 else None


def _year(found: dict[str, Any]) -> int | None:
    year = _number(found.get("year"))
    return year if year and 1878 <= year <= 2099 else None


def _cleaned(stem: str) -> str:
    """The name as words, without what cannot be printed."""
    words = WORDS.sub(" ", "".join(c if c.isprintable() else " " for c in stem))
    return words.strip(" -")[:LONGEST]
