"""Words as the search compares them: without case, accents and the two ways to write umlauts.

Folded here once for the index, the query and the order of titles, because every database and
every keyboard does it differently.
"""

import re
import unicodedata

# Letters that no normalization takes apart.
LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i"}
)
# Inside a word they come and go: O'Brien and OBrien.
APOSTROPHES = str.maketrans("", "", "'’‘`´ʼ")  # noqa: RUF001
WORD = re.compile(r"[^\W_]+")
UMLAUT = re.compile("([aou])e")
LONGEST_WORD = 40
# Nobody means a film by one of these alone, unless there is nothing else.
STOP_WORDS = {
    *("a", "an", "and", "as", "at", "by", "for", "from", "in", "is", "it", "its", "of", "on"),
    *("or", "the", "to", "with"),
    *("am", "auf", "aus", "das", "dem", "den", "der", "des", "die", "ein", "eine", "einem"),
    *("einen", "einer", "eines", "im", "ist", "mit", "oder", "sich", "und", "von", "vom", "zu"),
    *("zum", "zur"),
    *("au", "aux", "de", "du", "en", "et", "il", "la", "le", "les", "un", "une"),
    *("y", "el", "los", "las"),
}


def fold(text: str) -> str:
    """Lower case without accents: "Über Straßen" → "uber strassen"."""
    plain = unicodedata.normalize("NFKD", text).casefold().translate(LETTERS)
    decomposed = unicodedata.normalize("NFKD", plain)
    return "".join(letter for letter in decomposed if unicodedata.category(letter) != "Mn")


def words(text: str) -> list[str]:
    """The folded words in order. Müller, Mueller and Muller are one; "E.T." is "et"."""
    folded = fold(text.translate(APOSTROPHES))
    found = _join_initials(WORD.findall(folded))
    return [UMLAUT.sub(r"\1", word)[:LONGEST_WORD] for word in found]


def sort_key(title: str) -> bytes:
    """Titles in the order of these bytes are alphabetical on every database."""
    return " ".join(WORD.findall(fold(title))).encode()[:200]


def _join_initials(found: list[str]) -> list[str]:
    """Lone letters in a row are one word: M*A*S*H, E.T."""
    joined: list[str] = []
    was_initial = False
    for word in found:
        is_initial = len(word) == 1 and word.isalpha()
        if is_initial and was_initial:
            joined[-1] += word
        else:
            joined.append(word)
        was_initial = is_initial
    return joined
