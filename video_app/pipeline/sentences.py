"""Sentences for people about films and files: in English, and recognized by their words.

Rows and notes keep a sentence as English text. To show it in another language, `recognized`
tells which sentence it is and which values stand in it; so rows of any age can be translated.
"""

import re
from dataclasses import dataclass
from functools import cache

VALUE = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Counted:
    """A sentence about one thing, and the same about several."""

    one: str
    many: str

    def of(self, count: int, **values: object) -> str:
        return (self.one if count == 1 else self.many) % {"count": count, **values}


@dataclass(frozen=True, slots=True)
class Recognized:
    """Which sentence a text is; `many` is "" where nothing is counted."""

    one: str
    many: str
    values: dict[str, str]


# Template → the sentence it belongs to.
_known: dict[str, tuple[str, str]] = {}


def sentence(text: str) -> str:
    """Marks a sentence that people may read, for the catalogues and for `recognized`."""
    _known[text] = (text, "")
    _patterns.cache_clear()
    return text


def counted(one: str, many: str) -> Counted:
    """The same for a sentence with a value `count`."""
    _known[one] = _known[many] = (one, many)
    _patterns.cache_clear()
    return Counted(one, many)


def recognized(text: str) -> Recognized | None:
    """The sentence that `text` was made from; none when it is no whole sentence of ours."""
    if text in _known and not VALUE.search(text):
        return Recognized(*_known[text], values={})
    for pattern, template in _patterns():
        if found := pattern.fullmatch(text):
            return Recognized(*_known[template], values=found.groupdict())
    return None


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Those with most words of their own first: others may match by what stands in them."""
    templates = sorted((text for text in _known if VALUE.search(text)), key=_own_length)
    return [(_pattern(text), text) for text in reversed(templates)]


def _own_length(template: str) -> int:
    return len(VALUE.sub("", template))


def _pattern(template: str) -> re.Pattern[str]:
    # Words and the names of values in turn.
    parts = VALUE.split(template)
    written = [
        ("(?P<count>[0-9]{1,9})" if part == "count" else f"(?P<{part}>.*?)")
        if place % 2
        else re.escape(part)
        for place, part in enumerate(parts)
    ]
    return re.compile("".join(written), re.DOTALL)
