"""Keeping what the search looks up in step with the films.

A film is *stale* until `indexed_at` is its `updated_at`: whatever changes its words resets one
of them. It is indexed right after the change; what was missed there (another release, a bulk
edit, a crash) the sweeper catches up with.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F, Q

from video_app.catalogue import spelling
from video_app.models import Mention, Video, Word, WordKey
from video_app.models.folding import LONGEST_WORD, STOP_WORDS, sort_key, words

BATCH = 80  # films with all their words stay below SQLite's limit of parameters
MOST_AT_ONCE = 100 * BATCH
# Of a description: what comes later is rarely what a film is about.
DESCRIPTION_WORDS = 300
# How much a word says; a title's shares what is left between its words.
TITLE, SHARED_BY_TITLE = 60, 60
SERIES, PERSON, TAG, CATEGORY, YEAR, DESCRIPTION = 50, 45, 40, 35, 30, 10


def stale() -> Any:
    return Video.objects.filter(Q(indexed_at=None) | ~Q(indexed_at=F("updated_at")))


def catch_up(most: int = MOST_AT_ONCE) -> int:
    """Index stale films; how many."""
    ids = list(stale().order_by("pk").values_list("pk", flat=True)[:most])
    for first in range(0, len(ids), BATCH):
        refresh(ids[first : first + BATCH])
    return len(ids)


def rebuild() -> int:
    """Index every film anew and drop words that no film has; how many films."""
    Video.objects.update(indexed_at=None)
    count = 0
    while done := catch_up():
        count += done
    Word.objects.filter(mentions=None).delete()
    WordKey.objects.filter(key__startswith="^").delete()  # of a release that had others
    return count


def refresh(video_ids: Iterable[int]) -> None:
    """Index these films as they are now."""
    with transaction.atomic():
        locked = Video.objects.filter(pk__in=list(video_ids)).order_by("pk").select_for_update()
        ids = list(locked.values_list("pk", flat=True))
        rows = Video.objects.filter(pk__in=ids).select_related("series")
        videos = list(rows.prefetch_related("tags", "people"))
        films = {video.pk: vocabulary(video) for video in videos}
        known = _word_ids(films.values())
        Mention.objects.filter(video__in=ids).delete()
        Mention.objects.bulk_create(
            Mention(word_id=known[text], video_id=pk, weight=found.weight)
            for pk, words_of_film in films.items()
            for text, found in words_of_film.items()
        )
        _correct_sort_keys(videos)
        Video.objects.filter(pk__in=ids).mark_indexed()


def _correct_sort_keys(videos: list[Video]) -> None:
    """Rows that another release wrote have none."""
    wrong = [video for video in videos if video.sort_key != sort_key(video.title)]
    for video in wrong:
        video.sort_key = sort_key(video.title)
    Video.objects.bulk_update(wrong, ["sort_key"])


class Found(NamedTuple):
    """A word in a film: the larger, the better the place where it stands."""

    weight: int
    may_be_misspelt: bool = True


def vocabulary(video: Video) -> dict[str, Found]:
    """The film's words, each as found in the most telling place."""
    best: dict[str, Found] = {}
    for text, found in _words(video):
        best[text] = max(found, best.get(text, found))
    return best


def _words(video: Video) -> Iterator[tuple[str, Found]]:
    yield from _title_words(video.title)
    names = [(person.name, PERSON) for person in video.people.all()]
    names += [(tag.name, TAG) for tag in video.tags.all()]
    names += [(video.series.title, SERIES)] if video.series else []
    names += [(video.get_category_display(), CATEGORY), (str(video.year or ""), YEAR)]
    for name, weight in names:
        yield from ((word, Found(weight)) for word in words(name))
    about = [word for word in dict.fromkeys(words(video.description)) if word not in STOP_WORDS]
    for word in about[:DESCRIPTION_WORDS]:
        yield word, Found(DESCRIPTION, may_be_misspelt=False)


def _title_words(title: str) -> Iterator[tuple[str, Found]]:
    """Also two in a row as one, for "starwars" and "spiderman"."""
    found = words(title)
    telling = [word for word in found if word not in STOP_WORDS] or found
    weight = TITLE + SHARED_BY_TITLE // max(1, len(telling))
    for word in found:
        is_telling = word in telling
        yield word, Found(weight if is_telling else TITLE + SHARED_BY_TITLE // len(found))
    for one, other in pairwise(telling):
        yield (one + other)[:LONGEST_WORD], Found(weight, may_be_misspelt=False)


def _word_ids(films: Iterable[dict[str, Found]]) -> dict[str, int]:
    """The ids of all these words; new ones are filed under their keys."""
    names = {text for film in films for text, found in film.items() if found.may_be_misspelt}
    texts = names.union(*films)
    _add_words(texts)
    rows = list(Word.objects.filter(text__in=texts))
    _add_keys([row for row in rows if not row.has_keys and row.text in names])
    return {row.text: row.pk for row in rows}


def _add_words(texts: set[str]) -> None:
    known = set(Word.objects.filter(text__in=texts).values_list("text", flat=True))
    # In one order everywhere, so that two that add the same words do not wait for each other.
    new = sorted(texts - known)
    Word.objects.bulk_create((Word(text=text) for text in new), ignore_conflicts=True)


def _add_keys(names: list[Word]) -> None:
    WordKey.objects.bulk_create(
        (WordKey(key=key, word=word) for word in names for key in spelling.keys(word.text)),
        ignore_conflicts=True,
    )
    Word.objects.filter(pk__in=[word.pk for word in names]).update(has_keys=True)
