"""Subtitles that people add: listed, replaced, shifted, removed, and in the master at once."""

from typing import Any

import m3u8
import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.people import make_user, signed_in
from video_app.models import Subtitle, Video
from video_app.streaming import film_cache
from video_app.tests.films import make_encoding, make_film

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_media")]
SRT = "1\n00:00:01,500 --> 00:00:03,000\nÜber Straße\n".encode()


@pytest.fixture
def staff() -> Client:
    return signed_in(make_user("staff", is_staff=True, is_superuser=True))


@pytest.fixture
def alice() -> Client:
    return signed_in(make_user("alice"))


@pytest.fixture
def film() -> Video:
    return make_film()


def path(video: Video, *more: object) -> str:
    return "/".join(["/api/video", str(video.pk), "subtitles", *map(str, more)]) + "/"


def add(client: Client, video: Video, content: bytes = SRT, **fields: Any) -> Any:
    forget(video)
    file = SimpleUploadedFile("film.de.srt", content)
    return client.post(path(video), {"file": file, "language": "de"} | fields)


def change(client: Client, video: Video, pk: int, **fields: Any) -> Any:
    forget(video)
    body = encode_multipart(BOUNDARY, fields)
    return client.patch(path(video, pk), body, content_type=MULTIPART_CONTENT)


def forget(video: Video) -> None:
    """As when the placeholder of the last change has gone."""
    cache.delete(film_cache.key(video.pk))


def texts(client: Client, video: Video) -> list[Any]:
    forget(video)
    answer: Any = client.get(f"/api/video/{video.pk}/master.m3u8")
    media = m3u8.loads(answer.getvalue().decode()).media
    return [track for track in media if track.type == "SUBTITLES"]


def cues(client: Client, video: Video) -> list[str]:
    """The timing lines that a player gets, by way of master and playlist."""
    (track,) = texts(client, video)
    base = f"/api/video/{video.pk}/"
    listed: Any = client.get(base + track.uri)
    folder = base + track.uri.partition("/")[0]
    segments = m3u8.loads(listed.getvalue().decode()).segments
    parts = [client.get(f"{folder}/{segment.uri}").getvalue().decode() for segment in segments]
    return [line for part in parts for line in part.splitlines() if "-->" in line]


def test_shows_added_track_in_master_at_once(staff: Client, alice: Client, film: Video) -> None:
    assert texts(alice, film) == []

    answer = add(staff, film, label="Deutsch", is_forced="true", is_sdh="true")

    assert answer.status_code == 201
    assert answer.json() == {
        "id": Subtitle.objects.get().pk,
        "language": "de",
        "label": "Deutsch",
        "is_forced": True,
        "is_sdh": True,
        "is_automatic": False,
        "offset": 0.0,
        "encoding": "utf-8",
        "preview": "Über Straße",
    }
    (track,) = texts(alice, film)
    assert (track.name, track.language, track.forced) == ("Deutsch", "de", "YES")
    assert cues(alice, film) == ["00:00:01.500 --> 00:00:03.000"]


def test_shows_added_track_while_film_is_encoded(staff: Client, alice: Client) -> None:
    film = make_encoding(2, done=1).video
    add(staff, film)
    assert cues(alice, film) == ["00:00:01.500 --> 00:00:03.000"]


def test_shifts_track(staff: Client, alice: Client, film: Video) -> None:
    pk = add(staff, film).json()["id"]
    assert change(staff, film, pk, offset="-0.5").json()["offset"] == -0.5
    assert cues(alice, film) == ["00:00:01.000 --> 00:00:02.500"]


def test_replaces_text_only(staff: Client, alice: Client, film: Video) -> None:
    pk = add(staff, film, label="Mine").json()["id"]
    fresh = SimpleUploadedFile("b.vtt", b"WEBVTT\n\n00:05.000 --> 00:06.000\nNew\n")
    answer = change(staff, film, pk, file=fresh)
    assert (answer.json()["label"], answer.json()["preview"]) == ("Mine", "New")
    assert cues(alice, film) == ["00:00:05.000 --> 00:00:06.000"]


def test_changes_language_by_json(staff: Client, film: Video) -> None:
    pk = add(staff, film).json()["id"]
    answer = staff.patch(path(film, pk), {"language": "French"}, "application/json")
    assert answer.json()["language"] == "fr"


def test_removes_track(staff: Client, alice: Client, film: Video) -> None:
    pk = add(staff, film).json()["id"]
    (track,) = texts(alice, film)
    assert staff.delete(path(film, pk)).status_code == 204
    assert texts(alice, film) == []
    assert alice.get(f"/api/video/{film.pk}/{track.uri}").status_code == 404
    assert alice.get(f"/api/video/{film.pk}/text-{pk}/000.vtt").status_code == 404


def test_lists_tracks_to_everybody_who_may_see_the_film(
    staff: Client, alice: Client, film: Video
) -> None:
    add(staff, film)
    (track,) = alice.get(path(film)).json()
    assert (track["language"], track["offset"]) == ("de", 0.0)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"content": b"\x89PNG"}, "file"),
        ({"language": "gibberish"}, "language"),
        ({"language": "\0"}, "language"),
        ({"encoding": "rot13"}, "encoding"),
        ({"offset": "nan"}, "offset"),
        ({"offset": "1e9"}, "offset"),
        ({"label": "x" * 500}, "label"),
    ],
)
def test_refuses_senseless_fields(staff: Client, film: Video, fields: Any, field: str) -> None:
    answer = add(staff, film, **fields)
    assert answer.status_code == 400
    assert field in answer.json()
    assert not Subtitle.objects.exists()


def test_refuses_track_without_file(staff: Client, film: Video) -> None:
    assert "file" in staff.post(path(film), {"language": "de"}).json()


def test_segment_beyond_the_end_is_not_found(staff: Client, alice: Client, film: Video) -> None:
    pk = add(staff, film).json()["id"]
    assert alice.get(f"/api/video/{film.pk}/text-{pk}/001.vtt").status_code == 404


def test_owner_may_change_subtitles() -> None:
    bob = make_user("bob")
    film = make_film(owner=bob)
    assert add(signed_in(bob), film).status_code == 201


def test_strangers_change_nothing(staff: Client, alice: Client, film: Video) -> None:
    pk = add(staff, film).json()["id"]
    assert add(alice, film).status_code == 403
    assert change(alice, film, pk, offset="1").status_code == 403
    assert alice.delete(path(film, pk)).status_code == 403
    assert add(Client(), film).status_code == 401
    assert Client().get(path(film)).status_code == 401
    assert Client().get(f"/api/video/{film.pk}/text-{pk}/index.m3u8").status_code == 401


def test_draft_is_unknown_to_strangers(alice: Client) -> None:
    draft = make_film(is_published=False)
    assert alice.get(path(draft)).status_code == 404
    assert add(alice, draft).status_code == 404


def test_track_of_another_film_is_not_found(staff: Client, film: Video) -> None:
    pk, other = add(staff, film).json()["id"], make_film("Other")
    assert staff.delete(path(other, pk)).status_code == 404
    assert staff.get(f"/api/video/{other.pk}/text-{pk}/000.vtt").status_code == 404
    assert staff.delete(path(film, 10**15)).status_code == 404


def test_lists_tracks_with_constant_queries(
    staff: Client, film: Video, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        add(staff, film)
    with django_assert_max_num_queries(4):
        assert len(staff.get(path(film)).json()) == 5
