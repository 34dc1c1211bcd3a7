"""The search as PostgreSQL does it: unfinished words, typing errors, indexes."""

from importlib import import_module
from unittest.mock import patch

import pytest
from django.db import connection

from video_app.catalogue import search
from video_app.models import Video
from video_app.tests.films import make_video

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


def found(text: str) -> list[str]:
    return sorted(video.title for video in Video.objects.filter(search.matching(text)))


@pytest.fixture(autouse=True)
def _films() -> None:
    make_video("Big Buck Bunny", description="A giant rabbit loses patience")
    make_video("Sintel", description="A girl looks for her dragon")
    make_video("Amélie", description="Le fabuleux destin")


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("bunny", ["Big Buck Bunny"]),
        ("BUN", ["Big Buck Bunny"]),
        ("rabbit big", ["Big Buck Bunny"]),
        ("dragon rabbit", []),
        ("bunnny", ["Big Buck Bunny"]),
        ("sintl", ["Sintel"]),
        ("amélie", ["Amélie"]),
        ("' & | ! <-> :* ()", []),
        ("foo_bar", []),
        ("\\", []),
    ],
)
def test_finds_films(text: str, titles: list[str]):
    assert found(text) == titles


def test_finds_whole_words_without_trigrams():
    with patch.object(search, "_has_trigrams", return_value=False):
        assert found("bunny") == ["Big Buck Bunny"]
        assert found("bunnny") == []


@pytest.mark.parametrize("index", ["video_words", "video_title_trigrams"])
def test_uses_indexes(index: str):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = str(Video.objects.order_by().filter(search.matching("bunny")).values("pk").explain())

    assert index in plan


def test_migrates_without_right_to_create_extensions(
    caplog: pytest.LogCaptureFixture,
):
    migration = import_module("video_app.migrations.0011_search")
    refusal = [migration.TRIGRAMS[0].replace("pg_trgm", "no_such_extension")]

    connection.check_constraints()  # or an index cannot be made in this transaction
    with connection.schema_editor() as editor:
        migration.drop_indexes(None, editor)
        with patch.object(migration, "TRIGRAMS", refusal):
            migration.make_indexes(None, editor)

    assert "No trigram search" in caplog.text
    assert found("bunny") == ["Big Buck Bunny"]
