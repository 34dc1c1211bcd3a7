"""A film's page in the admin: names, tracks, subtitles, chapters and the poster."""

from dataclasses import replace
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import m3u8
import pytest
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tests.people import make_user, signed_in
from video_app.models import Build, Chapter, Person, Series, Subtitle, Tag, Video
from video_app.pipeline.streams import AudioStream, SubtitleStream
from video_app.streaming import film_cache
from video_app.tests.films import make_film, make_plan, make_video
from video_app.tests.test_admin import NO_ROWS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_media")]
SRT = "1\n00:00:01,500 --> 00:00:03,000\nÜber Straße\n".encode()


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make_user("staff", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def bilingual() -> Video:
    """A film whose file has two sounds and two subtitle tracks, all said to be English."""
    video = make_film()
    plan = make_plan()
    sounds = tuple(
        AudioStream(n, "aac", 2, 48_000, Fraction(0), Fraction(24), "eng") for n in (1, 2)
    )
    texts = tuple(SubtitleStream(n, "subrip", "eng") for n in (3, 4))
    plan = replace(plan, source=replace(plan.source, audios=sounds, subtitles=texts))
    report = {"audio-0": [{"size": 99, "iframes": []}] * 2}
    for chunk in video.current_build.chunks.all():
        chunk.report |= report
        chunk.save(update_fields=["report"])
    Build.objects.update(plan_json=plan.to_json(), subtitles=2)
    return video


def path(video: Video, page: str = "change") -> str:
    return f"/admin/video_app/video/{video.pk}/{page}/"


def save(client: Client, video: Video, **fields: Any) -> Any:
    given = {"title": video.title, "category": "other", "audience": "everybody"}
    given |= {"is_published": "on"} | NO_ROWS
    answer = client.post(path(video), given | fields, follow=True)
    video.refresh_from_db()
    cache.delete(film_cache.key(video.pk))
    return answer


def media(video: Video) -> list[Any]:
    alice = signed_in(make_user("alice"))
    answer: Any = alice.get(f"/api/video/{video.pk}/master.m3u8")
    return list(m3u8.loads(answer.getvalue().decode()).media)


def test_makes_tags_people_and_series_by_their_names(staff: Client) -> None:
    Tag.objects.create(name="Noir")
    video = make_video()
    save(
        staff,
        video,
        tag_names=" noir, New, new ,",
        people_names="Ann Ray",
        series_title="Harbour Lights",
        season="1",
        episode="2",
    )
    assert sorted(tag.name for tag in video.tags.all()) == ["New", "Noir"]
    assert [person.name for person in video.people.all()] == ["Ann Ray"]
    assert (video.series.title, video.season, video.episode) == ("Harbour Lights", 1, 2)
    page = staff.get(path(video)).content.decode()
    assert 'value="New, Noir"' in page

    save(staff, video, tag_names="", people_names="Ann Ray", series_title="")
    assert (video.tags.count(), video.people.count(), video.series) == (0, 1, None)
    assert (Tag.objects.count(), Person.objects.count(), Series.objects.count()) == (2, 1, 1)


def test_refuses_too_long_tags(staff: Client) -> None:
    page = save(staff, make_video(), tag_names="x" * 51).content.decode()
    assert "at most 50 characters" in page
    assert not Tag.objects.exists()


def test_corrects_languages_in_the_next_master(staff: Client, bilingual: Video) -> None:
    assert "Sound 2" in staff.get(path(bilingual)).content.decode()

    languages = {"sound_0": "eng", "sound_1": "deu", "subtitles_0": "fra", "subtitles_1": "-"}
    save(staff, bilingual, **languages)

    found = [(track.type, track.language, track.name) for track in media(bilingual)]
    assert found == [
        ("AUDIO", "en", "English"),
        ("AUDIO", "de", "German"),
        ("SUBTITLES", "fr", "French"),
    ]
    page = staff.get(path(bilingual)).content.decode()
    assert '<option value="-" selected>left out</option>' in page

    save(staff, bilingual, **languages | {"subtitles_1": "eng"})
    assert bilingual.track_edits["subtitles"] == {"0": "fra", "1": "eng"}


def test_leaves_tracks_alone_when_nothing_changed(staff: Client, bilingual: Video) -> None:
    languages = dict.fromkeys(("sound_0", "sound_1", "subtitles_0", "subtitles_1"), "eng")
    save(staff, bilingual, **languages)
    assert (bilingual.track_edits, bilingual.tracks_revision) == (None, 0)


def subtitle_row(**fields: Any) -> dict[str, Any]:
    given = {"added_subtitles-TOTAL_FORMS": 1, "added_subtitles-INITIAL_FORMS": 0}
    row = {"language": "deu", "offset": "0", "label": ""} | fields
    return given | {f"added_subtitles-0-{name}": value for name, value in row.items()}


def test_adds_shifts_and_removes_subtitles(staff: Client) -> None:
    video = make_film()
    page = save(staff, video, **subtitle_row(file=SimpleUploadedFile("a.srt", SRT)))
    assert "read as utf-8: “Über Straße”" in page.content.decode()
    assert [track.language for track in media(video)] == ["de"]

    row = Subtitle.objects.get()
    saved = {"id": row.pk, "video": video.pk}
    held = {"added_subtitles-INITIAL_FORMS": 1}
    save(staff, video, **subtitle_row(offset="1.5", **saved) | held)
    row.refresh_from_db()
    assert row.offset == 1.5
    assert "Über" in row.text

    save(staff, video, **subtitle_row(DELETE="on", **saved) | held)
    assert not Subtitle.objects.exists()
    assert video.tracks_revision == 3


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({}, "Please choose the file"),
        ({"file": SimpleUploadedFile("a.srt", b"\x89PNG")}, "not a subtitle file"),
    ],
)
def test_refuses_what_is_no_subtitles(staff: Client, fields: Any, error: str) -> None:
    page = save(staff, make_film(), **subtitle_row(label="x", **fields)).content.decode()
    assert error in page
    assert not Subtitle.objects.exists()


def test_edits_chapters(staff: Client) -> None:
    video = make_film()
    rows = {"chapters-TOTAL_FORMS": 1, "chapters-0-seconds": "12.5", "chapters-0-title": "Two"}
    save(staff, video, **rows)
    assert list(Chapter.objects.values_list("seconds", "title")) == [(12.5, "Two")]


def frame(color: str = "red") -> SimpleUploadedFile:
    drawn = BytesIO()
    Image.new("RGB", (1920, 1080), color).save(drawn, "JPEG")
    return SimpleUploadedFile("frame.jpg", drawn.getvalue())


def test_takes_frame_as_poster(staff: Client, settings: Any) -> None:
    video = make_film(poster="posters/1.jpg")
    answer = staff.post(path(video, "frame"), {"thumbnail": frame()})
    assert answer.json() == {"poster": path(video, "poster")}
    video.refresh_from_db()
    with Image.open(Path(settings.MEDIA_ROOT) / video.thumbnail.name) as stored:
        assert stored.size == (1280, 720)
    assert LogEntry.objects.get().change_message == "Chose the poster."


@pytest.mark.parametrize("given", [{}, {"thumbnail": SimpleUploadedFile("a.jpg", b"<svg/>")}])
def test_refuses_what_is_no_frame(staff: Client, given: Any) -> None:
    video = make_film()
    assert staff.post(path(video, "frame"), given).status_code == 400
    assert staff.get(path(video, "frame")).status_code == 400
    video.refresh_from_db()
    assert not video.thumbnail


def test_takes_no_frame_from_strangers(client: Client) -> None:
    video = make_film()
    assert client.post(path(video, "frame"), {"thumbnail": frame()}).status_code == 302
    client.force_login(make_user("clerk", is_staff=True))
    assert client.post(path(video, "frame"), {"thumbnail": frame()}).status_code == 403
    video.refresh_from_db()
    assert not video.thumbnail
