"""`adopt_media`: people say that media and database belong together."""

import shutil
import uuid
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from video_app.models import Installation
from video_app.store import identity
from video_app.tests.films import make_film, make_video, write

pytestmark = pytest.mark.django_db(transaction=True)
UNKNOWN = "hls/777/1/720p/000.ts"


def adopt(*options: str) -> str:
    output = StringIO()
    call_command("adopt_media", *options, stdout=output)
    return output.getvalue()


def test_has_nothing_to_do_for_own_media(own_media: Path) -> None:
    assert "already" in adopt("--yes")


def test_only_looks_without_being_told(media: Path) -> None:
    make_video()
    said = adopt()
    assert "Films in the database: 1" in said
    assert "Nothing was changed" in said
    assert identity.problem() == identity.AWAY


def test_adopts_unmarked_media(media: Path) -> None:
    """Somebody restored the database, and begins with empty media."""
    make_video()
    adopt("--yes")
    assert identity.problem() == ""
    assert identity.read_mark() == Installation.objects.get().media_id


def test_takes_over_the_id_of_foreign_media(own_media: Path) -> None:
    mark = uuid.uuid4()
    identity.write_mark(mark)
    film = make_film()
    adopt("--yes")
    assert identity.problem() == ""
    assert Installation.objects.get().media_id == identity.read_mark() == mark
    assert (own_media / film.current_build.prefix).exists()


def test_does_not_adopt_unknown_films(media: Path) -> None:
    write(UNKNOWN, b"G")
    with pytest.raises(CommandError, match="--quarantine"):
        adopt("--yes")
    assert identity.problem() == identity.UNKNOWN
    assert (media / UNKNOWN).exists()


def test_moves_unknown_films_away_when_told_to(media: Path) -> None:
    write(UNKNOWN, b"G")
    adopt("--yes", "--quarantine")
    assert identity.problem() == ""
    assert not (media / "hls/777").exists()
    assert list(media.glob(".quarantine/*-hls-777/1/720p/000.ts"))


def test_does_not_move_films_away_while_it_only_looks(media: Path) -> None:
    write(UNKNOWN, b"G")
    assert "does not know: 1." in adopt("--quarantine")
    assert (media / UNKNOWN).exists()


def test_does_not_make_folder_that_is_not_there(own_media: Path) -> None:
    shutil.rmtree(own_media)
    with pytest.raises(CommandError, match="Mount it"):
        adopt("--yes")
    assert not own_media.exists()


def test_ends_the_brake_on_the_cleanup(media: Path) -> None:
    make_video()
    Installation.objects.update_or_create(pk=1, defaults={"orphans": 9})
    adopt("--yes")
    assert Installation.objects.get().orphans == 0
