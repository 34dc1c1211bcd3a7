"""Chapters that the file names become those of the film, unless people made their own."""

from dataclasses import replace
from fractions import Fraction

import pytest

from video_app.models import Chapter, Video
from video_app.pipeline.streams import ChapterMark
from video_app.pipeline.types import Plan
from video_app.tests.films import hold, make_plan, make_video
from video_app.work import planning

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_media")]
MARKS = (ChapterMark(Fraction(0), "Dawn"), ChapterMark(Fraction(13, 2), "Dusk"))


def plan(*marks: ChapterMark, origin: Fraction = Fraction(0)) -> Plan:
    made = make_plan()
    return replace(made, origin=origin, source=replace(made.source, chapters=marks))


def record(video: Video, made: Plan) -> list[tuple[float, str]]:
    assert planning.record(hold(planning.KIND, pk=video.pk), made)
    return list(Chapter.objects.filter(video=video).values_list("seconds", "title"))


def test_keeps_chapters_of_the_file() -> None:
    assert record(make_video(), plan(*MARKS)) == [(0.0, "Dawn"), (6.5, "Dusk")]


def test_moves_chapters_to_the_clock_of_the_film() -> None:
    made = plan(*MARKS, origin=Fraction(1, 2))
    assert record(make_video(), made) == [(0.0, "Dawn"), (6.0, "Dusk")]


def test_leaves_out_chapters_after_the_end() -> None:
    assert record(make_video(), plan(ChapterMark(Fraction(24), "Too late"))) == []


def test_keeps_chapters_that_people_made() -> None:
    video = make_video()
    Chapter.objects.create(video=video, seconds=3, title="Mine")
    assert record(video, plan(*MARKS)) == [(3.0, "Mine")]


def test_chapters_survive_as_json() -> None:
    made = plan(*MARKS)
    assert Plan.from_json(made.to_json()) == made


def test_reads_plans_from_before_chapters() -> None:
    stored = plan(*MARKS).to_json()
    del stored["source"]["chapters"]
    assert Plan.from_json(stored).source.chapters == ()
