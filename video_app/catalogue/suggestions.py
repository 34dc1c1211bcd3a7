"""What somebody who is still typing may mean: films, and what these have in common."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects

from video_app.catalogue import search, spelling
from video_app.models import Category, Video
from video_app.models.folding import words

FILMS = 6
NAMES = 4
# Among the best of so many films the names are looked for: what nobody may see is not named.
LOOKED_AT = 40


@dataclass(frozen=True, slots=True)
class Suggestion:
    kind: str  # film, series, tag, person or category
    id: str
    text: str


def suggest(user: Any, text: str) -> list[Suggestion]:
    """Names that fit what was typed, then films; the same number of queries for any text."""
    listed = Video.objects.listed_for(user).playable()
    ids = search.best(listed, text)[:LOOKED_AT]
    known = listed.select_related("series").in_bulk(ids)
    films = [known[pk] for pk in ids if pk in known]
    prefetch_related_objects(films, "tags", "people")
    names = dict.fromkeys(name for film in films for name in _names(film))
    fitting = [name for name in names if _fits(text, name.text)]
    titles = [Suggestion("film", str(film.pk), film.title) for film in films]
    return [*fitting[:NAMES], *titles[:FILMS]]


def _names(film: Video) -> Iterator[Suggestion]:
    if film.series:
        yield Suggestion("series", str(film.series.pk), film.series.title)
    yield Suggestion("category", film.category, Category(film.category).name_for_readers)
    for tag in film.tags.all():
        yield Suggestion("tag", str(tag.pk), tag.name)
    for person in film.people.all():
        yield Suggestion("person", str(person.pk), person.name)


def _fits(text: str, name: str) -> bool:
    """Whether each typed word begins a word of the name, or nearly is one."""
    its_words = words(name)
    return all(any(_is_meant(typed, word) for word in its_words) for typed in words(text))


def _is_meant(typed: str, word: str) -> bool:
    most = spelling.forgiven(typed)
    return word.startswith(typed) or spelling.distance(typed, word, most) <= most
