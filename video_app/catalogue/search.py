"""Finding films by words: full text and trigrams on PostgreSQL, plain comparison on SQLite."""

import re
from functools import cache

from django.contrib.postgres.lookups import TrigramWordSimilar
from django.contrib.postgres.search import SearchQuery, SearchVector, SearchVectorExact
from django.db import connection
from django.db.models import F, Q

MAX_WORDS = 8


def matching(text: str) -> Q:
    """Which videos have every word of `text` in title or description.

    On PostgreSQL words may be unfinished, and a title that is merely similar counts too.
    """
    words = re.findall(r"\w+", text)[:MAX_WORDS]
    if not words:
        return Q(pk__in=[])
    if connection.vendor != "postgresql":
        return _contains(words)
    found = Q(_full_text(words))
    return found | Q(TrigramWordSimilar(F("title"), text)) if _has_trigrams() else found


def _contains(words: list[str]) -> Q:
    found = Q()
    for word in words:
        found &= Q(title__icontains=word) | Q(description__icontains=word)
    return found


def _full_text(words: list[str]) -> SearchVectorExact:
    """Must be the very expression of the index in migration 0011."""
    document = SearchVector("title", "description", config="simple")
    beginnings = " & ".join(f"'{word}':*" for word in words)
    return SearchVectorExact(document, SearchQuery(beginnings, config="simple", search_type="raw"))


@cache
def _has_trigrams() -> bool:
    """Whether the extension is there; migration 0011 was not always allowed to make it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
        return cursor.fetchone() is not None
