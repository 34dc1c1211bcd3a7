"""The demo films: made once, real films with picture and sound."""

from array import array
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import pytest
from django.core.management import call_command

from video_app.management.commands import make_demo
from video_app.models import Video


@pytest.fixture
def instant_films(monkeypatch: pytest.MonkeyPatch) -> None:
    def write(argv: list[str], limits: Any) -> str:
        Path(argv[-1]).write_bytes(b"film")
        return ""

    monkeypatch.setattr(make_demo, "run", write)


@pytest.mark.django_db
@pytest.mark.usefixtures("instant_films")
def test_three_films_of_different_categories_wait_for_the_transcoder() -> None:
    call_command("make_demo")

    films = Video.objects.all()
    assert len(films) == 3
    assert len({film.category for film in films}) == 3
    assert all(film.description and film.needs_plan for film in films)


@pytest.mark.django_db
@pytest.mark.usefixtures("instant_films")
def test_a_second_time_makes_only_what_is_missing() -> None:
    call_command("make_demo")
    Video.objects.filter(title=make_demo.DEMOS[1].title).delete()

    call_command("make_demo")

    assert sorted(Video.objects.values_list("title", flat=True)) == sorted(
        demo.title for demo in make_demo.DEMOS
    )


@pytest.mark.ffmpeg
@pytest.mark.parametrize("demo", make_demo.DEMOS, ids=lambda demo: demo.title)
def test_each_has_picture_and_sound_of_full_length(demo: make_demo.Demo, tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"

    make_demo.run(make_demo.command(replace(demo, seconds=2), path), make_demo.LIMITS)

    with av.open(path) as film:
        assert film.streams.video[0].frames == 48
        assert film.streams.video[0].height in (720, 1080)
        assert film.streams.audio[0].channels == 2
        frames = [array("f", bytes(frame.planes[0])) for frame in film.decode(audio=0)]
    assert max(map(max, frames)) > 0.1
