"""Finding films by words, also by unfinished and misspelt ones: one way for every database.

What was typed is looked up in the words that `index` keeps, in ordinary tables by equality
and by how words begin; the ranking is a sum of whole numbers. So SQLite and PostgreSQL give the
same films in the same order, without extensions.
"""

from typing import Any

from django.db.models import Case, Sum, When
from django.db.models.functions import Length

from video_app.catalogue import spelling
from video_app.catalogue.index import DESCRIPTION
from video_app.models import Mention, Word, WordKey
from video_app.models.folding import STOP_WORDS, words

MAX_WORDS = 8
# The best of what is found; nobody reads on.
MOST = 1000
# Fewer exact results than this, and misspelt words are taken into account where they name
# something: in descriptions nearly every word resembles another.
ENOUGH = 10
# Words that one typed word may begin, the shortest ones; each is in hundreds of films.
MOST_MEANINGS = 100
# Words that share more with a typed one are measured letter by letter.
MOST_SIMILAR = 150
# Films of which one query asks who may see them; SQLite once took no more than 999 values.
BATCH = 900

# How well a word fits what was typed; multiplied with its weight in the film.
EXACT, UNFINISHED, ONE_ERROR, WITHIN, MORE_ERRORS = 10, 8, 6, 5, 4
Meanings = dict[int, int]  # word id → how well it fits
Scores = dict[int, int]  # film id → what its best mention of a typed word weighs


def best(rows: Any, text: str) -> list[int]:
    """The ids of those films of `rows` that fit every word of `text`, the best first."""
    typed = _telling(words(text.replace("\x00", " "))[:MAX_WORDS])
    if not typed:
        return []
    exact = [_beginning(word) for word in typed]
    scores = [_scores(meaning) for meaning in exact]
    found = _ranked(rows, scores)
    if len(found) >= ENOUGH:
        return found
    for word, known, of_word in zip(typed, exact, scores, strict=True):
        similar = _resembling(word)
        further = {pk: similar[pk] for pk in similar.keys() - known.keys()}
        _raise(of_word, further, Mention.objects.filter(weight__gt=DESCRIPTION))
    return _ranked(rows, scores)


def _telling(typed: list[str]) -> list[str]:
    """Without articles and the like, unless there is nothing else."""
    return [word for word in typed if word not in STOP_WORDS] or typed


def _beginning(word: str) -> Meanings:
    """The word itself and those that begin so, the shortest ones."""
    found = Word.objects.filter(text__startswith=word).order_by(Length("text"), "pk")
    return {
        word_id: EXACT if text == word else UNFINISHED
        for word_id, text in found.values_list("pk", "text")[:MOST_MEANINGS]
    }


def _resembling(word: str) -> Meanings:
    """Words that contain the typed one or differ from it by few letters."""
    # To be a neighbour says more than to have some letters in common.
    shared = Sum(Case(When(key__startswith=spelling.NEIGHBOUR, then=5), default=1))
    filed = WordKey.objects.filter(key__in=spelling.keys(word)).values("word", "word__text")
    found = filed.annotate(shared=shared).order_by("-shared", Length("word__text"), "word")
    texts = found.values_list("word", "word__text")[:MOST_SIMILAR]
    fits = {word_id: _fit(word, text) for word_id, text in texts}
    return {word_id: fit for word_id, fit in fits.items() if fit}


def _fit(word: str, text: str) -> int:
    most = spelling.forgiven(word)
    errors = spelling.distance(word, text, most)
    if errors <= most:
        return ONE_ERROR if errors <= 1 else MORE_ERRORS
    return WITHIN if len(word) >= spelling.SHORTEST_CONTAINED and word in text else 0


def _scores(meaning: Meanings) -> Scores:
    found: Scores = {}
    _raise(found, meaning, Mention.objects.all())
    return found


def _raise(scores: Scores, meaning: Meanings, mentions: Any) -> None:
    """Take those of the mentions that are of these words into account. Added up here: in SQL
    it takes several times as long."""
    own = mentions.filter(word__in=meaning)
    for word_id, video_id, weight in own.values_list("word_id", "video_id", "weight"):
        score = weight * meaning[word_id]
        if score > scores.get(video_id, 0):
            scores[video_id] = score


def _ranked(rows: Any, scores: list[Scores]) -> list[int]:
    """Films that mention every typed word in some of its meanings, by the sum of what these
    weigh; the newest of equal ones first."""
    # The fewer films, the fewer are looked up for the next word.
    total, *others = sorted(scores, key=len)
    for of_word in others:
        total = {pk: total[pk] + of_word[pk] for pk in total.keys() & of_word.keys()}
    return _shown(rows, sorted(total, key=lambda pk: (-total[pk], -pk)))


def _shown(rows: Any, ranked: list[int]) -> list[int]:
    """The first of the films that are among `rows`."""
    rows = rows.order_by().values_list("pk", flat=True)
    if len(ranked) > BATCH and len(few := rows[: BATCH + 1]) <= BATCH:
        return [pk for pk in ranked if pk in set(few)][:MOST]
    shown: list[int] = []
    for first in range(0, len(ranked), BATCH):
        batch = ranked[first : first + BATCH]
        known = set(rows.filter(pk__in=batch))
        shown += [pk for pk in batch if pk in known]
        if len(shown) >= MOST:
            break
    return shown[:MOST]
