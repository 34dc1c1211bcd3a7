"""Files that lie beside a film's: which are its subtitles and pictures, by their names."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from video_app.pipeline import languages

TEXTS = (".srt", ".vtt", ".ass", ".ssa")
PICTURES = (".jpg", ".jpeg", ".png", ".webp")
# A film's own picture first, then those that stand for all films of a folder.
OWN_PICTURES = ("{}-poster", "{}.poster", "{}", "{}-cover", "{}-thumb")
SHARED_PICTURES = ("poster", "folder", "cover", "movie")
FORCED = {"forced", "foreign"}
SDH = {"sdh", "cc"}
# "hi" is Hindi, and beside another language "hearing impaired".
EITHER = "hi"
SAYS_NOTHING = {"", "default", "full", "sub", "subs", "subtitle", "subtitles"}
SEPARATORS = "._- "
LONGEST_LABEL = 60
# Asked for by name where nothing can be listed.
GUESSED_TEXTS = ("", ".en", ".de")


@dataclass(frozen=True, slots=True)
class SidecarText:
    """A subtitle file and what its name says; `language` is a container's code."""

    name: str
    language: str = "und"
    label: str = ""
    is_forced: bool = False
    is_sdh: bool = False


def texts_of(film: str, names: Iterable[str]) -> list[SidecarText]:
    """The subtitles of a film, by name. `names` are all files of its folder: what belongs to
    "Film 2.mkv" is not the film's."""
    files = sorted(names)
    stems = {_stem(name) for name in files if not name.lower().endswith((*TEXTS, *PICTURES))}
    own = _stem(film)
    found = (_text(name, own, stems) for name in files if name.lower().endswith(TEXTS))
    return [text for text in found if text]


def pictures_of(film: str, names: Iterable[str]) -> list[str]:
    """Pictures that may stand for a film, the best first."""
    stem = _stem(film)
    wanted = [*(name.format(stem) for name in OWN_PICTURES), *SHARED_PICTURES]
    ranks = {name: rank for rank, name in reversed(list(enumerate(wanted)))}
    fit = (name for name in names if name.lower().endswith(PICTURES) and _stem(name) in ranks)
    return sorted(fit, key=lambda name: (ranks[_stem(name)], name))


def guesses(film: str) -> Iterator[str]:
    """Names to ask for beside a film where its folder cannot be listed."""
    stem = PurePosixPath(film).stem
    yield from (f"{stem}{mark}{suffix}" for mark in GUESSED_TEXTS for suffix in TEXTS[:2])
    yield f"{stem}.ass"
    yield from (f"{stem}-poster.jpg", f"{stem}.jpg", f"{stem}.png", "poster.jpg", "folder.jpg")


def _stem(name: str) -> str:
    return PurePosixPath(name).stem.casefold()


def _text(name: str, own: str, stems: set[str]) -> SidecarText | None:
    stem = _stem(name)
    rest = stem[len(own) :]
    if not stem.startswith(own) or (rest and rest[0] not in SEPARATORS):
        return None
    if any(len(other) > len(own) and stem.startswith(other) for other in stems):
        return None  # of a film with a longer name
    # As it is written, for the label.
    words = PurePosixPath(name).stem[len(own) :].strip(SEPARATORS)
    return _described(name, words, may_have_label=rest.startswith("."))


def _described(name: str, words: str, *, may_have_label: bool) -> SidecarText | None:
    parts = words.split(".") if may_have_label else words.replace("_", " ").split(" ")
    known = [_language(part) for part in parts]
    named = [code for part, code in zip(parts, known, strict=True) if code and not _is_either(part)]
    is_sdh = any(part.lower() in SDH or (named and _is_either(part)) for part in parts)
    label = [part for part, code in zip(parts, known, strict=True) if not code and _is_word(part)]
    if label and not may_have_label:
        return None
    language = next(iter(named or filter(None, known)), "und")
    is_forced = any(part.lower() in FORCED for part in parts)
    return SidecarText(name, language, " ".join(label)[:LONGEST_LABEL], is_forced, is_sdh)


def _is_either(part: str) -> bool:
    return part.lower() == EITHER


def _is_word(part: str) -> bool:
    return part.lower() not in FORCED | SDH | SAYS_NOTHING


def _language(part: str) -> str | None:
    """A language with a name only: "dvd" is none, though it looks like a code."""
    code = languages.code(part) if _is_word(part) else None
    return code if code and languages.english(code) else None
