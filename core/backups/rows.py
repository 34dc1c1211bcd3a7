"""All rows as JSON lines, of one moment, for whichever database reads them again."""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core import serializers
from django.core.management.color import no_style
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder

BATCH = 500


class Exact(DjangoJSONEncoder):
    """Django's own cuts times off to milliseconds."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


def kept_models() -> list[type[models.Model]]:
    """Every table of ours with rows in it."""
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.managed and not model._meta.proxy]


def migrations() -> list[str]:
    """What the tables look like."""
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


def write(path: Path) -> dict[str, int]:
    """Write all rows into a gzip file; how many of each model there are."""
    counts: dict[str, int] = {}
    with _one_moment(), gzip.open(path, "wt", encoding="utf-8") as file:
        for model in kept_models():
            fields = [field.name for field in model._meta.local_concrete_fields]
            rows = model._base_manager.order_by("pk")
            serializers.serialize(
                "jsonl", rows.iterator(BATCH), stream=file, fields=fields, cls=Exact
            )
            counts[model._meta.label_lower] = rows.count()
    return counts


@contextmanager
def _one_moment() -> Iterator[None]:
    """All rows as of now, whatever is written meanwhile; nobody has to wait for us."""
    if connection.vendor == "sqlite":
        # Not `atomic`, which begins as who wants to write.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def read(path: Path) -> dict[str, int]:
    """Replace all rows by those of a file; how many of each model there are then.

    References are checked at the end: a row may come before the one that it needs.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            for model in kept_models():
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608 - a table of ours
        for model, found in groupby(_objects(path), key=type):
            while batch := list(islice(found, BATCH)):
                _insert(model, batch)
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), kept_models()):
                cursor.execute(statement)
    return {model._meta.label_lower: model._base_manager.count() for model in kept_models()}


def _insert(model: type[models.Model], found: list[models.Model]) -> None:
    """As they are: `bulk_create` would put today's date into `auto_now`, and `save` calls
    signals, which would index films and enqueue work."""
    fields = model._meta.local_concrete_fields
    size = connection.ops.bulk_batch_size(fields, found)
    for at in range(0, len(found), size):
        manager: Any = model._base_manager
        manager._insert(found[at : at + size], fields=fields, raw=True)


def _objects(path: Path) -> Iterator[Any]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            for found in serializers.deserialize("python", [json.loads(line)]):
                yield found.object
