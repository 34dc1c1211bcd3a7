"""All rows as JSON lines, of one moment, for whichever database reads them again."""

import gzip
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core import serializers
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction
from django.db.migrations.recorder import MigrationRecorder

BATCH = 500
SNAPSHOT = "snapshot"


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
    with _one_moment() as alias, gzip.open(path, "wt", encoding="utf-8") as file:
        for model in kept_models():
            fields = [field.name for field in model._meta.local_concrete_fields]
            rows = model._base_manager.using(alias).order_by("pk")
            serializers.serialize("jsonl", rows.iterator(BATCH), stream=file, fields=fields)
            counts[model._meta.label_lower] = rows.count()
    return counts


@contextmanager
def _one_moment() -> Iterator[str]:
    """The alias of a database that nobody changes meanwhile; nobody has to wait for us."""
    if connection.vendor == "sqlite":
        with _copy() as alias:
            yield alias
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield DEFAULT_DB_ALIAS


@contextmanager
def _copy() -> Iterator[str]:
    """SQLite copies itself as of one moment, beside whoever writes."""
    with tempfile.TemporaryDirectory() as folder:
        copy = str(Path(folder) / "copy.sqlite3")
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [copy])
        connections.databases[SNAPSHOT] = connection.settings_dict | {"NAME": copy}
        try:
            yield SNAPSHOT
        finally:
            connections[SNAPSHOT].close()
            del connections[SNAPSHOT], connections.databases[SNAPSHOT]


def read(path: Path) -> dict[str, int]:
    """Replace all rows by those of a file; how many of each model there are then.

    References are checked at the end: a row may come before the one that it needs.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            for model in kept_models():
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608 - a table of ours
        for found in _objects(path):
            found.save_base(raw=True, force_insert=True)
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), kept_models()):
                cursor.execute(statement)
    return {model._meta.label_lower: model._base_manager.count() for model in kept_models()}


def _objects(path: Path) -> Iterator[Any]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            for found in serializers.deserialize("python", [json.loads(line)]):
                yield found.object
