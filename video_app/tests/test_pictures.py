"""Posters in the sizes and formats that pages show."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from PIL import Image, features

from video_app.models import Installation, Video
from video_app.store import the_store
from video_app.streaming import pictures
from video_app.tests.films import make_film, make_old, write
from video_app.work import cleanup, leftovers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_media")]


def draw(width: int, height: int) -> bytes:
    drawn = BytesIO()
    Image.new("RGB", (width, height), "teal").save(drawn, "JPEG")
    return drawn.getvalue()


@pytest.fixture
def film() -> Video:
    write("posters/1-1.jpg", draw(1280, 720))
    return make_film(poster="posters/1-1.jpg")


def opened(response: Any) -> Image.Image:
    return Image.open(BytesIO(response.getvalue()))


@pytest.mark.parametrize(("suffix", "kind"), [("avif", "AVIF"), ("webp", "WEBP"), ("jpg", "JPEG")])
@pytest.mark.parametrize(("width", "height"), [(320, 180), (640, 360), (1280, 720)])
def test_sends_every_size_and_format(
    member: Client, film: Video, suffix: str, kind: str, width: int, height: int
):
    response = member.get(f"/api/video/{film.pk}/poster-{width}.{suffix}")

    picture = opened(response)
    assert (picture.format, picture.size) == (kind, (width, height))
    assert response["Content-Type"] == f"image/{kind.lower()}"
    assert response["Cache-Control"] == "private, no-cache"


def test_allows_caching_of_named_version(member: Client, film: Video):
    query = member.get("/api/video/").json()[0]["thumbnail_url"].partition("?")[2]

    response = member.get(f"/api/video/{film.pk}/poster-320.webp?{query}")

    assert response["Cache-Control"] == "private, max-age=31536000, immutable"


def test_keeps_shape_and_never_enlarges(member: Client):
    write("thumbnails/a.jpg", draw(300, 600))
    film = make_film(thumbnail="thumbnails/a.jpg")

    assert opened(member.get(f"/api/video/{film.pk}/poster-640.jpg")).size == (300, 600)


def test_draws_poster_that_lies_in_bucket(member: Client, store: Any, film: Video, media: Path):
    call_command("setup_bucket")
    the_store().put([(media / film.poster, film.poster)])
    (media / film.poster).unlink()

    response = member.get(f"/api/video/{film.pk}/poster-640.avif")

    assert (response["Content-Type"], opened(response).size) == ("image/avif", (640, 360))


def test_sends_jpeg_where_pillow_lacks_format(
    member: Client, film: Video, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(features, "check", lambda name: name != "avif")

    response = member.get(f"/api/video/{film.pk}/poster-320.avif")

    assert response["Content-Type"] == "image/jpeg"
    assert opened(response).size == (320, 180)


def test_makes_each_picture_once(
    member: Client, film: Video, media: Path, monkeypatch: pytest.MonkeyPatch
):
    url = f"/api/video/{film.pk}/poster-320.webp"
    member.get(url)
    monkeypatch.setattr(pictures, "_make", None)

    assert opened(member.get(url)).size == (320, 180)
    assert len(list((media / pictures.FOLDER).iterdir())) == 1


def test_sends_original_while_media_are_not_ours(member: Client, film: Video, media: Path):
    Installation.objects.update(media_id="00000000-0000-0000-0000-000000000000")

    assert opened(member.get(f"/api/video/{film.pk}/poster-320.webp")).size == (1280, 720)
    assert not (media / pictures.FOLDER).exists()


@pytest.mark.parametrize("name", ["poster-321.webp", "poster-320.png", "poster-.jpg", "poster"])
def test_returns_404_for_other_names(member: Client, film: Video, name: str):
    assert member.get(f"/api/video/{film.pk}/{name}").status_code == 404


def test_returns_404_without_picture_or_right(member: Client, film: Video):
    hidden = make_film(poster="posters/1-1.jpg", is_published=False)
    lost = make_film(poster="posters/lost.jpg")

    for pk in (make_film().pk, hidden.pk, lost.pk, 999):
        assert member.get(f"/api/video/{pk}/poster-320.webp").status_code == 404
    assert Client().get(f"/api/video/{film.pk}/poster-320.webp").status_code == 401


def test_cleanup_removes_old_pictures(member: Client, film: Video, media: Path):
    member.get(f"/api/video/{film.pk}/poster-320.webp")
    (made,) = (media / pictures.FOLDER).iterdir()
    make_old(made, leftovers.PICTURE_SECONDS + 60)

    cleanup.clean()

    assert not made.exists()
