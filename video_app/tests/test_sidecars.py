"""What lies beside imported films comes along, and what is broken of it fails none."""

from pathlib import Path

import pytest
from PIL import Image

from video_app.catalogue import notes
from video_app.ingest import imports
from video_app.models import Import, Subtitle, Video
from video_app.tests.films import hold, replace_source, run, work_under
from video_app.work import importing, sidecars

pytestmark = pytest.mark.django_db
SRT = "1\n00:00:01,000 --> 00:00:02,000\nHello\n"


@pytest.fixture(autouse=True)
def _media(own_media: Path) -> None: ...


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "Film.mkv").write_bytes(b"a film")
    return tmp_path


def bring(folder: Path) -> Video:
    row = imports.add_file(folder / "Film.mkv")
    assert run(importing.KIND, pk=row.pk)
    return Video.objects.get()


def told(video: Video) -> list[str]:
    return [note.text for note in notes.of_film(video) if note.code == sidecars.CODE]


def test_brings_subtitles_with_what_their_names_say(folder: Path) -> None:
    (folder / "Film.de.srt").write_text(SRT)
    (folder / "Film.forced.en.sdh.vtt").write_text("WEBVTT\n\n00:01.000 --> 00:02.000\nSign\n")

    video = bring(folder)

    rows = Subtitle.objects.values_list("language", "is_forced", "is_sdh")
    assert list(rows) == [("deu", False, False), ("eng", True, True)]
    assert (video.tracks_revision, told(video)) == (1, [])


def test_brings_best_picture(folder: Path) -> None:
    Image.new("RGB", (64, 36), "red").save(folder / "folder.jpg")
    Image.new("RGB", (64, 36), "blue").save(folder / "Film-poster.png")

    with bring(folder).thumbnail.open() as file, Image.open(file) as picture:
        _, _, blue = picture.convert("RGB").getpixel((5, 5))
    assert blue > 200


def test_says_what_is_broken_and_takes_the_next(folder: Path) -> None:
    (folder / "Film.de.srt").write_bytes(b"\xff no subtitles")
    (folder / "Film.srt").write_text(SRT)
    (folder / "Film.jpg").write_bytes(b"no picture")
    Image.new("RGB", (64, 36)).save(folder / "poster.jpg")

    video = bring(folder)

    assert [text.partition("”")[0] for text in told(video)] == ["“Film.de.srt", "“Film.jpg"]
    assert (video.thumbnail.name != "", Subtitle.objects.count()) == (True, 1)
    assert video.is_published


def test_forgets_notes_with_next_source(folder: Path) -> None:
    (folder / "Film.de.srt").write_bytes(b"no subtitles")
    video = bring(folder)

    replace_source(video)

    assert told(Video.objects.get()) == []


def test_follows_no_link(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    secret = tmp_path_factory.mktemp("elsewhere") / "secret.srt"
    secret.write_text(SRT)
    (folder / "Film.srt").symlink_to(secret)

    video = bring(folder)

    assert (Subtitle.objects.count(), told(video)) == (0, [])


def test_keeps_picture_that_staff_chose_meanwhile(folder: Path) -> None:
    Image.new("RGB", (64, 36)).save(folder / "poster.jpg")
    row = imports.add_file(folder / "Film.mkv")
    Video.objects.update(thumbnail="thumbnails/chosen.jpg")

    run(importing.KIND, pk=row.pk)

    assert Video.objects.get().thumbnail.name == "thumbnails/chosen.jpg"


def test_adds_nothing_when_lease_was_lost(folder: Path) -> None:
    (folder / "Film.srt").write_text(SRT)
    row = imports.add_file(folder / "Film.mkv")
    lease = hold(importing.KIND, pk=row.pk)
    Import.objects.update(lease_token=None)

    work_under(lease, importing.KIND)

    assert not Subtitle.objects.exists()
