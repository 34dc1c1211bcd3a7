"""Indexes for the search, on PostgreSQL only."""

import logging

from django.db import DatabaseError, migrations, transaction

logger = logging.getLogger(__name__)

# The expression of `video_app.search`, letter by letter.
DOCUMENT = "to_tsvector('simple', COALESCE(title, '') || ' ' || COALESCE(description, ''))"
FULL_TEXT = f"CREATE INDEX video_words ON video_app_video USING gin (({DOCUMENT}))"
TRIGRAMS = [
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX video_title_trigrams ON video_app_video USING gin (title gin_trgm_ops)",
]


def make_indexes(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute(FULL_TEXT)
    try:
        with transaction.atomic(schema_editor.connection.alias):
            for statement in TRIGRAMS:
                schema_editor.execute(statement)
    except DatabaseError as error:
        # This role may not create extensions, or the server has none: the search then
        # goes without its tolerance for typing errors.
        logger.warning("No trigram search: %s", error)


def drop_indexes(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS video_words, video_title_trigrams")


class Migration(migrations.Migration):

    dependencies = [("video_app", "0010_watch_positions")]

    operations = [migrations.RunPython(make_indexes, drop_indexes)]
