"""Cache versions: a value per subject that changes whenever what is answered about it does.

Conditional answers are built from them, so that an unchanged list costs no query.
"""

import uuid

from django.core.cache import cache

LIFETIME = 60  # seconds; a change that was missed while Redis was away is seen after that

CATALOGUE = "catalogue"


def marks_of(user_id: int) -> str:
    """The subject of one user's favourites and positions."""
    return f"marks:{user_id}"


def touch(subject: str) -> None:
    """Whatever was answered about this subject is out of date."""
    cache.set(subject, uuid.uuid4().hex, LIFETIME)


def current(*subjects: str) -> str | None:
    """A value that changes when any of these subjects does; None without a cache."""
    known = cache.get_many(subjects)
    for subject in set(subjects) - set(known):
        fresh = uuid.uuid4().hex
        if cache.add(subject, fresh, LIFETIME):
            known[subject] = fresh
    return ".".join(known[name] for name in subjects) if len(known) == len(subjects) else None
