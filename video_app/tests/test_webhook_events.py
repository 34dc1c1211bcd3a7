"""Receivers are told what becomes of a film, once, where it becomes that."""

from typing import Any

import pytest

from video_app.models import Build, Delivery, Event, Webhook
from video_app.pipeline.errors import PipelineError
from video_app.tests.films import hold, make_build, make_plan, make_video
from video_app.work import encoding, extras, planning

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _receiver() -> None:
    Webhook.objects.create(url="https://hooks.example/", events=[*Event.values])


def told() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("event", flat=True))


def test_tells_once_that_a_film_can_be_watched() -> None:
    build = make_build(make_video(), make_plan(), done=1)

    encoding._show(build)
    encoding._show(build)

    assert told() == ["video.playable"]


def test_tells_nothing_while_its_beginning_is_missing() -> None:
    encoding._show(make_build(make_video(), make_plan(), done=0))

    assert told() == []


def test_tells_once_that_a_film_is_whole() -> None:
    build = make_build(make_video(), make_plan())
    rows: Any = Build.objects.filter(pk=build.pk)

    extras.record(rows, extras.Extras())
    extras.record(rows, extras.Extras())

    assert told() == ["video.completed"]


def test_tells_once_that_a_film_could_not_be_made() -> None:
    build = make_build(make_video(), make_plan(), done=1)

    encoding.fail(build.pk, "damaged")
    encoding.fail(build.pk, "damaged")

    assert told() == ["video.failed"]


def test_tells_of_a_file_that_is_no_film() -> None:
    video = make_video()

    planning.failed(hold(planning.KIND, pk=video.pk), PipelineError("This is no film."))

    assert told() == ["video.failed"]
