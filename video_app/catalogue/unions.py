"""The ids of many short lists in one query."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection


def ids_of_each(lists: Sequence[Any]) -> list[list[int]]:
    """For each of these ordered and limited querysets the primary keys of its rows.

    Django refuses such unions on SQLite, which takes them when each part is a subquery.
    """
    found: list[list[int]] = [[] for _ in lists]
    parts, values = [], []
    for place, rows in enumerate(lists):
        try:
            sql, its_values = rows.values("id").query.sql_with_params()
        except EmptyResultSet:
            continue
        # The order inside a part is kept by both databases; their own place says of which.
        parts.append(f"SELECT {place} AS place, part.id FROM ({sql}) AS part")  # noqa: S608
        values += its_values
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), values)
            for place, pk in cursor.fetchall():
                found[place].append(pk)
    return found
