"""The media and the database belong together, or nothing in the media is touched."""

import shutil
import uuid
from pathlib import Path
from typing import Any

import pytest

from video_app.models import Build, BuildState, Installation, Video
from video_app.store import AwayError, identity
from video_app.store.identity import AWAY, FOREIGN, MARK, UNKNOWN
from video_app.store.local import LocalStore
from video_app.tests.concurrency import raising
from video_app.tests.films import (
    ago,
    hold_chunk,
    make_encoding,
    make_film,
    make_video,
    work_under,
    write,
)
from video_app.work import encoding

pytestmark = pytest.mark.django_db(transaction=True)


def media_id() -> uuid.UUID:
    return Installation.objects.get().media_id


class TestFirstTime:
    """An installation that has not marked its media yet: new, or of an older release."""

    def test_marks_media_of_new_installation(self, media: Path):
        assert identity.problem() == ""

        assert identity.read_mark() == media_id()
        assert Installation.objects.get().is_marked
        assert identity.problem() == ""

    def test_makes_media_folder_of_new_installation(self, media: Path):
        media.rmdir()

        assert identity.problem() == ""
        assert (media / "tmp").is_dir()

    def test_marks_media_that_hold_a_known_source(self, media: Path):
        """So does each older installation after its migration."""
        Installation.objects.create(pk=1)
        make_film()
        write("sources/a.mp4", b"film")

        assert identity.problem() == ""
        assert identity.read_mark() == media_id()

    def test_marks_media_that_hold_a_known_build(self, media: Path):
        """Its source is in the bucket."""
        make_film()
        Build.objects.update(finished_at=ago(0))

        assert identity.problem() == ""

    def test_does_not_mark_media_without_any_known_film(self, media: Path):
        """Somebody forgot to mount them."""
        make_video()

        assert identity.problem() == AWAY
        assert not (media / MARK).exists()
        assert not Installation.objects.get().is_marked

    def test_does_not_make_media_of_known_films(self, media: Path):
        make_video()
        media.rmdir()

        assert identity.problem() == AWAY
        assert not media.exists()

    @pytest.mark.parametrize("key", ["sources/x.mp4", "hls/1/1/720p/000.ts"])
    def test_does_not_let_empty_database_take_media_with_films(self, media: Path, key: str):
        write(key, b"film")

        assert identity.problem() == UNKNOWN
        assert not (media / MARK).exists()

    def test_leaves_no_draft_behind(self, media: Path):
        identity.problem()

        assert sorted(path.name for path in media.iterdir()) == [MARK, "tmp"]

    def test_says_that_media_cannot_be_marked(self, media: Path):
        (media / "tmp").write_text("in the way")

        assert "cannot be written" in identity.problem()
        assert not Installation.objects.get().is_marked


class TestMarked:
    @pytest.fixture(autouse=True)
    def _marked(self, own_media: Path) -> None:
        assert identity.problem() == ""

    def test_finds_vanished_root_and_never_makes_it_anew(self, media: Path):
        shutil.rmtree(media)

        assert identity.problem() == AWAY
        assert not media.exists()

    def test_finds_empty_folder_in_the_place_of_the_media(self, media: Path):
        """The mount point of a disk that is not mounted."""
        shutil.rmtree(media)
        media.mkdir()

        assert identity.problem() == AWAY
        assert list(media.iterdir()) == []

    def test_finds_media_of_another_database(self, media: Path):
        identity.write_mark(uuid.uuid4())

        assert identity.problem() == FOREIGN

    def test_finds_database_that_was_made_anew(self, media: Path):
        Installation.objects.all().delete()

        assert identity.problem() == FOREIGN

    @pytest.mark.parametrize("text", ["", "no id\n", "1234"])
    def test_takes_no_media_for_its_own_without_a_whole_id(self, media: Path, text: str):
        (media / MARK).write_text(text)

        assert identity.problem() == AWAY

    def test_says_that_media_cannot_be_read(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(LocalStore, "open", raising(PermissionError(13, "denied")))

        assert identity.problem() == identity.UNREADABLE % {"why": "denied"}

    def test_finds_its_media_again(self, media: Path):
        media.rename(media.with_suffix(".away"))
        assert identity.problem() == AWAY

        media.with_suffix(".away").rename(media)
        assert identity.problem() == ""

    def test_raises_away_error(self, media: Path):
        identity.check()
        (media / MARK).unlink()

        with pytest.raises(AwayError, match="away"):
            identity.check()


def make_foreign(media: Path) -> None:
    identity.write_mark(uuid.uuid4())


def make_unmarked(media: Path) -> None:
    (media / MARK).unlink()


@pytest.mark.usefixtures("own_media")
@pytest.mark.parametrize("spoil", [make_foreign, make_unmarked])
class TestWithheld:
    """Numbers in media of another database mean other films."""

    def test_keeps_files_of_deleted_film(self, media: Path, spoil: Any, caplog: Any):
        film = make_film()
        write("sources/a.mp4", b"film")
        spoil(media)

        film.delete()

        assert (media / "sources/a.mp4").exists()
        assert (media / film.current_build.prefix).exists()
        assert "removal_withheld" in caplog.messages

    def test_keeps_replaced_source(self, media: Path, spoil: Any):
        video = make_video(state="completed")
        write("sources/a.mp4", b"film")
        write("sources/b.mp4", b"another film")
        spoil(media)

        video = Video.objects.get()
        video.video_file.name = "sources/b.mp4"
        video.save()

        assert (media / "sources/a.mp4").exists()

    def test_makes_no_work_folder(self, media: Path, spoil: Any):
        build = make_encoding(1)
        lease = hold_chunk(build, 0)
        spoil(media)

        work_under(lease, encoding.KIND)

        assert not list(media.glob("hls/*"))
        assert Build.objects.get().state == BuildState.ENCODING
        assert (build.chunks.get().attempts, build.chunks.get().setbacks) == (0, 1)
