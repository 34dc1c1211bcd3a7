"""Words that `docs/glossary.md` has retired stand in no code, comment, text or document."""

import os
import re
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SUFFIXES = {".py", ".md", ".html", ".txt", ".js", ".css", ".sh", ".yml", ".conf", ".template"}
# Made by others, or never edited once written: vendored code, migrations, decisions, the past.
LEFT_OUT = re.compile(
    r"(^|/)(\.venv|\.git|var|media|staticfiles|node_modules|vendor|migrations|__pycache__)/"
    r"|^docs/adr/|^CHANGELOG\.md$|^docs/glossary\.md$|^tests/test_glossary\.py$|^requirements"
)

# The word, and where it means something else.
RETIRED = {
    "ring": (r"\b(ring|rings|ringing|rang|bells?)\b", ""),
    "door": (r"\bdoors?\b", ""),
    "keeper": (r"\bkeepers?\b", ""),
    "chores": (r"\bchores?\b", ""),
    "Discarded": (r"\bDiscarded\b", ""),
    "lies for nobody": (r"\blies? there for nobody\b", ""),
    # In sound, in a timeline and in CSS there are gaps.
    "gap": (r"\bgaps?\b", r"^(video_app/pipeline|tests/media|tests/js|static|templates)/|\.css$"),
    # ISO 13818-1 says "presentation time stamp".
    "stamp": (r"(?<!time )\bstamps?\b", ""),
    # A media type of HTTP.
    "FORM": (r"\bFORM\b", r"^core/tests/test_request\.py$"),
    "part of a file": (r"\b[Pp]arts? of (a|the) file\b", ""),
    "nought": (r"\bnought\b", ""),
    "makes of S3": (r"\bmakes? of S3\b", ""),
    "in the eyes of": (r"\bin the eyes of\b", ""),
}

# Where such words still stand, as patterns of paths. An entry goes when they are rewritten.
NOT_YET = {
    "door": ["auth_app/models/*"],
    "stamp": ["tests/test_film_end_to_end.py", "tests/test_venv.py", "video_app/pipeline/*"],
    "in the eyes of": ["video_app/pipeline/tests/test_playlist.py"],
}


@cache
def texts() -> dict[str, list[str]]:
    """Path → lines, of everything that we wrote."""
    found = {}
    for folder, folders, names in os.walk(ROOT):
        here = Path(folder).relative_to(ROOT)
        folders[:] = [
            name for name in folders if not LEFT_OUT.search(f"{(here / name).as_posix()}/")
        ]
        for path in (here / name for name in names):
            if path.suffix in SUFFIXES and not LEFT_OUT.search(path.as_posix()):
                found[path.as_posix()] = (ROOT / path).read_text(errors="replace").splitlines()
    return found


def is_not_yet_rewritten(word: str, name: str) -> bool:
    return any(fnmatch(name, pattern) for pattern in NOT_YET.get(word, []))


def found(word: str) -> list[str]:
    """`file:line: text` of every place where a retired word stands."""
    pattern, elsewhere = RETIRED[word]
    return [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, lines in texts().items()
        if not (elsewhere and re.search(elsewhere, name)) and not is_not_yet_rewritten(word, name)
        for number, line in enumerate(lines, 1)
        if re.search(pattern, line)
    ]


@pytest.mark.parametrize("word", RETIRED)
def test_finds_no_retired_word(word: str) -> None:
    places = found(word)

    assert not places, "See docs/glossary.md:\n" + "\n".join(places)


def test_glossary_fits_on_a_page() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text()

    assert 20 <= len(re.findall(r"^\| \*\*", text, re.MULTILINE)) <= 30
    assert len(text.splitlines()) <= 60
