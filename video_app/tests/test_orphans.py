"""Orphans: films and files without a row go to quarantine first, and never by the dozen."""

import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from video_app.models import Installation, State
from video_app.tests.films import make_film, make_old, make_video, write
from video_app.work import cleanup

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_media")]


def in_quarantine(media: Path) -> list[str]:
    """What was moved there: keys with dashes instead of slashes."""
    return sorted(path.name.split("-", 1)[1] for path in media.glob(".quarantine/*"))


class TestOrphans:
    @pytest.mark.parametrize("key", ["hls/777/1/720p/000.ts", "hls/777/1/.lease-x/a.ts"])
    def test_moves_folder_of_unknown_video_away(self, media: Path, key: str):
        write(key, b"G")

        assert cleanup.clean()["folders"] == 1 + (".lease" in key)
        assert not (media / "hls/777").exists()

    def test_moves_folder_of_unknown_build_away(self, media: Path):
        build = make_film(planned_revision=1).current_build
        assert build
        write(f"hls/{build.video_id}/{build.pk + 1}/720p/000.ts", b"G")

        cleanup.clean()

        assert [path.name for path in (media / f"hls/{build.video_id}").iterdir()] == [
            str(build.pk)
        ]

    @pytest.mark.parametrize("key", ["sources/x.mp4", "thumbnails/x.jpg", "posters/x.jpg"])
    def test_moves_old_file_away_that_no_row_knows(self, media: Path, key: str):
        write(key, b"old")
        make_old(media / key)

        assert cleanup.clean()["files"] == 1
        assert not (media / key).exists()
        assert in_quarantine(media) == [key.replace("/", "-")]

    def test_keeps_orphan_in_quarantine_whole(self, media: Path):
        write("hls/777/1/720p/000.ts", b"G")

        cleanup.clean()

        (kept,) = media.glob(".quarantine/*-hls-777/1/720p/000.ts")
        assert kept.read_bytes() == b"G"

    def test_logs_each_orphan_once(self, media: Path, caplog: Any):
        write("hls/777/1/720p/000.ts", b"G")
        write("hls/777/2/720p/000.ts", b"G")

        cleanup.clean()

        assert caplog.messages == ["orphan_quarantined"]
        assert caplog.records[0].key == "hls/777"

    def test_keeps_fresh_upload_whose_row_is_not_there_yet(self, media: Path):
        write("sources/x.mp4", b"fresh")

        assert cleanup.clean()["files"] == 0
        assert (media / "sources/x.mp4").exists()

    def test_keeps_files_of_video_however_old(self, media: Path):
        video = make_video(
            planned_revision=1,
            state=State.COMPLETED,
            thumbnail="thumbnails/a.jpg",
            poster="posters/a",
        )
        keys = [video.video_file.name, video.thumbnail.name, video.poster]
        for key in keys:
            write(key, b"film")
            make_old(media / key)

        cleanup.clean()

        assert all((media / key).exists() for key in keys)

    @pytest.mark.parametrize(("days", "is_kept"), [(6, True), (8, False)])
    def test_deletes_from_quarantine_after_a_week(
        self, media: Path, monkeypatch: pytest.MonkeyPatch, days: int, is_kept: bool
    ):
        write("hls/777/1/720p/000.ts", b"G")
        cleanup.clean()
        later = time.time() + days * 24 * 3600
        monkeypatch.setattr(time, "time", lambda: later)

        cleanup.clean()

        assert bool(list(media.glob(".quarantine/*"))) == is_kept

    def test_counts_the_week_from_the_move(self, media: Path):
        """Not from when the film was made."""
        write("sources/x.mp4", b"old")
        make_old(media / "sources/x.mp4", 365 * 24 * 3600)
        cleanup.clean()

        cleanup.clean()

        assert in_quarantine(media) == ["sources-x.mp4"]

    def test_bears_quarantine_that_cannot_be_made(self, media: Path, caplog: Any):
        write("hls/777/1/720p/000.ts", b"G")
        (media / ".quarantine").write_text("in the way")

        cleanup.clean()

        assert (media / "hls/777").exists()
        assert "not_quarantined" in caplog.messages


class TestBrake:
    def make_orphans(self, count: int) -> None:
        for number in range(count):
            write(f"hls/{900 + number}/1/720p/000.ts", b"G")

    def orphans(self) -> int:
        return Installation.objects.get().orphans

    def test_moves_few_films_away(self, media: Path):
        self.make_orphans(cleanup.MAX_ORPHANS)

        assert cleanup.clean()["folders"] == cleanup.MAX_ORPHANS
        assert not list(media.glob("hls/*"))
        assert self.orphans() == 0

    def test_leaves_many_films_where_they_are(self, media: Path, caplog: Any):
        self.make_orphans(cleanup.MAX_ORPHANS + 1)

        assert cleanup.clean()["folders"] == 0
        assert len(list(media.glob("hls/*"))) == cleanup.MAX_ORPHANS + 1
        assert self.orphans() == cleanup.MAX_ORPHANS + 1
        assert "cleanup_braked" in caplog.messages

    def test_counts_uploads_as_films(self, media: Path):
        for number in range(cleanup.MAX_ORPHANS + 1):
            write(f"sources/{number}.mp4", b"film")
            make_old(media / f"sources/{number}.mp4")

        cleanup.clean()

        assert len(list(media.glob("sources/*"))) == cleanup.MAX_ORPHANS + 1
        assert self.orphans() == cleanup.MAX_ORPHANS + 1

    def test_cleans_the_rest_up_meanwhile(self, media: Path):
        self.make_orphans(cleanup.MAX_ORPHANS + 1)
        write("tmp/old", b"old")
        make_old(media / "tmp/old")

        assert cleanup.clean()["files"] == 1
        assert not (media / "tmp/old").exists()

    def test_moves_many_films_away_when_told_to(self, media: Path):
        self.make_orphans(cleanup.MAX_ORPHANS + 1)
        cleanup.clean()

        assert cleanup.clean(remove_orphans=True)["folders"] == cleanup.MAX_ORPHANS + 1
        assert len(in_quarantine(media)) == cleanup.MAX_ORPHANS + 1
        assert self.orphans() == 0

    def test_goes_on_when_the_films_are_known_again(self, media: Path):
        """Somebody restored the newer database."""
        self.make_orphans(cleanup.MAX_ORPHANS + 1)
        cleanup.clean()
        shutil.rmtree(media / "hls/900")

        cleanup.clean()

        assert self.orphans() == 0

    def test_does_not_touch_the_count_in_a_dry_run(self):
        self.make_orphans(cleanup.MAX_ORPHANS + 1)
        cleanup.clean()

        cleanup.clean(dry_run=True, remove_orphans=True)

        assert self.orphans() == cleanup.MAX_ORPHANS + 1
