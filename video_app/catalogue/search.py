"""Finding films by words, also by unfinished and misspelt ones: one way for every database.

What was typed is looked up in the words that `index` keeps, in ordinary tables by equality
alone; the ranking is a sum of whole numbers. So SQLite and PostgreSQL give the same films in
the same order, without extensions.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Exists, F, Max, OuterRef, Value, When

from video_app.catalogue import spelling
from video_app.models import Mention, WordKey
from video_app.models.folding import STOP_WORDS, words

MAX_WORDS = 8
# The best of what is found; nobody reads on.
MOST = 1000
# Fewer exact results than this, and misspelt words are taken into account.
ENOUGH = 10
# Words that one typed word may stand for.
MOST_MEANINGS = 400
# Words that share more with a typed one are measured letter by letter.
MOST_SIMILAR = 150

# How well a word fits what was typed; multiplied with its weight in the film.
EXACT, UNFINISHED, ONE_ERROR, WITHIN, MORE_ERRORS = 10, 8, 6, 5, 4
Meanings = dict[int, int]  # word id → how well it fits


@dataclass(frozen=True, slots=True)
class _Key:
    """A word that is filed under some of the keys that were looked up."""

    word_id: int
    text: str
    shared: int


def best(rows: Any, text: str) -> list[int]:
    """The ids of those films of `rows` that fit every word of `text`, the best first."""
    typed = _telling(words(text.replace("\x00", " "))[:MAX_WORDS])
    if not typed:
        return []
    meanings = _exact(typed)
    found = _ranked(rows, meanings)
    if len(found) >= ENOUGH:
        return found
    return _ranked(rows, [_joined(*both) for both in zip(meanings, _similar(typed), strict=True)])


def _telling(typed: list[str]) -> list[str]:
    """Without articles and the like, unless there is nothing else."""
    return [word for word in typed if word not in STOP_WORDS] or typed


def _exact(typed: list[str]) -> list[Meanings]:
    """The words themselves and those that begin so."""
    filed = _filed({word: {spelling.prefix_key(word)} for word in typed})
    return [_best_of(_beginning(word, filed[word])) for word in typed]


def _beginning(word: str, filed: Iterable[_Key]) -> dict[_Key, int]:
    return {
        key: EXACT if key.text == word else UNFINISHED for key in filed if key.text.startswith(word)
    }


def _similar(typed: list[str]) -> list[Meanings]:
    """Words that contain the typed one or differ from it by few letters."""
    filed = _filed({word: spelling.keys(word) for word in typed})
    return [_best_of(_resembling(word, filed[word])) for word in typed]


def _resembling(word: str, filed: Iterable[_Key]) -> dict[_Key, int]:
    found: dict[_Key, int] = {}
    for key in sorted(filed, key=lambda key: (-key.shared, len(key.text), key.text))[:MOST_SIMILAR]:
        if fit := _fit(word, key.text):
            found[key] = fit
    return found


def _fit(word: str, text: str) -> int:
    most = spelling.forgiven(word)
    errors = spelling.distance(word, text, most)
    if errors <= most:
        return ONE_ERROR if errors <= 1 else MORE_ERRORS
    return WITHIN if len(word) >= spelling.PREFIX and word in text else 0


def _filed(wanted: dict[str, set[str]]) -> dict[str, list[_Key]]:
    """For each typed word the words under its keys: one query for all of them."""
    every = set().union(*wanted.values())
    rows = WordKey.objects.filter(key__in=every).values_list("key", "word_id", "word__text")
    under: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for key, word_id, text in rows:
        under[key].append((word_id, text))
    return {word: _counted(under, keys) for word, keys in wanted.items()}


def _counted(under: dict[str, list[tuple[int, str]]], keys: set[str]) -> list[_Key]:
    shared: dict[tuple[int, str], int] = defaultdict(int)
    for key in keys:
        for word in under.get(key, ()):
            # To be a neighbour says more than to have some letters in common.
            shared[word] += 5 if key.startswith("-") else 1
    return [_Key(word_id, text, count) for (word_id, text), count in shared.items()]


def _best_of(fits: dict[_Key, int]) -> Meanings:
    order = sorted(fits.items(), key=lambda item: (-item[1], len(item[0].text), item[0].text))
    return {key.word_id: fit for key, fit in order[:MOST_MEANINGS]}


def _joined(one: Meanings, other: Meanings) -> Meanings:
    return other | one


def _ranked(rows: Any, meanings: list[Meanings]) -> list[int]:
    """Films that mention every typed word in some of its meanings, by the sum of what these
    weigh; the newest of equal ones first."""
    if not all(meanings):
        return []
    every = set().union(*meanings)
    # From the words to their films, and not through all films: SQLite has no statistics.
    shown = Exists(rows.order_by().filter(pk=OuterRef("video")))
    mentions = Mention.objects.filter(shown, word__in=every).values("video")
    scores = {f"score_{place}": _score(meaning) for place, meaning in enumerate(meanings)}
    found = mentions.annotate(**scores).filter(**{f"{name}__gt": 0 for name in scores})
    total = sum((F(name) for name in scores), Value(0))
    ranked = found.annotate(score=total).order_by("-score", "-video")
    return list(ranked.values_list("video", flat=True)[:MOST])


def _score(meaning: Meanings) -> Max:
    by_fit: dict[int, list[int]] = defaultdict(list)
    for word_id, fit in meaning.items():
        by_fit[fit].append(word_id)
    cases = [
        When(word__in=ids, then=F("weight") * fit)
        for fit, ids in sorted(by_fit.items(), reverse=True)
    ]
    return Max(Case(*cases, default=0))
