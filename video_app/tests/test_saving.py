"""`Video.save`: people's columns are saved, workers' are left alone, whichever there are."""

import uuid
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

import pytest

from tests.people import make_user
from video_app.models import Audience, Category, Series, State, Video
from video_app.tests.films import make_encoding, make_video, write

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_media")]
FIELDS = [field for field in Video._meta.concrete_fields if not field.primary_key]
EDITED = [field for field in FIELDS if field.editable]
# Of the others some follow what is saved.
DERIVED = {"updated_at", "sort_key", "indexed_at"}
WORKERS = [field for field in FIELDS if not field.editable and field.name not in DERIVED]
NAME = attrgetter("name")


def another(field: Any) -> Any:
    """A value that a new row does not have."""
    if field.name == "planned_revision":
        return 0  # not ahead of the source
    if field.choices:
        return CHOICES[field.name]
    if field.is_relation:
        return {
            "owner": make_user,
            "current_build": make_encoding,
            "series": Series.objects.create,
        }[field.name]().pk
    return VALUES[field.get_internal_type()]


CHOICES = {"state": State.FAILED, "category": Category.WAR, "audience": Audience.UNLISTED}
VALUES: dict[str, Any] = {
    "JSONField": {"another": True},
    "BooleanField": False,
    "CharField": "another",
    "TextField": "another",
    "FileField": "sources/b.mp4",
    "DateTimeField": datetime(2020, 1, 1, tzinfo=UTC),
    "FloatField": 77.0,
    "PositiveIntegerField": 77,
    "PositiveSmallIntegerField": 77,
    "PositiveBigIntegerField": 77,
    "UUIDField": uuid.UUID(int=77),
}


def stored(field: Any, pk: int) -> Any:
    return Video.objects.values_list(field.attname, flat=True).get(pk=pk)


@pytest.fixture
def video() -> Video:
    """Planned: saving it starts nothing."""
    return Video.objects.get(pk=make_video(planned_revision=1).pk)


@pytest.mark.parametrize("field", EDITED, ids=NAME)
def test_saves_each_column_that_people_edit(video: Video, field: Any) -> None:
    write("sources/b.mp4", b"another film")
    value = another(field)
    assert stored(field, video.pk) != value

    setattr(video, field.attname, value)
    video.save()

    assert stored(field, video.pk) == value


@pytest.mark.parametrize("field", WORKERS, ids=NAME)
def test_leaves_each_column_alone_that_workers_own(video: Video, field: Any) -> None:
    """A form was open while a worker changed the row."""
    value = another(field)
    assert stored(field, video.pk) != value
    Video.objects.filter(pk=video.pk).update(**{field.attname: value})

    video.title = "New"
    video.save()

    assert stored(field, video.pk) == value
    assert Video.objects.get(pk=video.pk).title == "New"


def test_saves_when_it_was_saved(video: Video) -> None:
    before = video.updated_at
    video.save()
    assert Video.objects.get(pk=video.pk).updated_at > before


def test_saves_only_what_the_caller_names(video: Video) -> None:
    video.title, video.description = "New", "New"
    video.save(update_fields=["title"])
    found = Video.objects.get(pk=video.pk)
    assert (found.title, found.description) == ("New", "")
