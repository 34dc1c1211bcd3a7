"""What a profile of limited age, and a member of no group of theirs, are told of films that are
not for them: nothing, through every address that the API documents."""

import json
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from PIL import Image

from tests.people import ReadingClient, make_user, signed_in
from video_app.catalogue import index, marks
from video_app.models import Build, PlayLink, Series, Subtitle, Tag, Upload, Video, Webhook
from video_app.pipeline import layout
from video_app.pipeline.types import AudioStream
from video_app.tests.films import (
    make_build,
    make_plan,
    make_video,
    publish,
    write,
    write_progressive,
)
from video_app.tests.links import beside, make_link, status

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_media")]

SCHEMA = yaml.safe_load(Path(settings.BASE_DIR, "docs/openapi.yml").read_text())["paths"]
GETS = sorted(path for path, operations in SCHEMA.items() if "get" in operations)
OF_FILMS = [path for path in GETS if "{video_id}" in path]
# What is asked of lists that would name a film, and the addresses of other front ends.
QUESTIONS = [
    *("/api/video/?search=hushed", "/api/video/?category=crime", "/api/video/?year=1999"),
    *("/api/video/?tag=whispered", "/api/video/?series={series_id}", "/api/video/?like={open}"),
    *("/api/video/?favorite=true", "/api/video/?started=true", "/api/video/?watched=true"),
    *("/api/video/?ordering=popular", "/api/video/?page=1", "/api/video/?page_size=3&page=1"),
    *("/api/suggestions/?search=hushed", "/api/suggestions/?search=whisp", "/content/?search=hush"),
    *("/api/videos/", "/content/?page=1", "/api/uploads/?finished=true", "/api/history/?page=1"),
]
PASSWORD = "a long password"
SECRETS = ("Hushed", "whispered", "Murmurs", "Crime", "crime", "movement")
# Where the film has nothing to show, or the question is another one.
WITHOUT = {"/api/video/{video_id}/go-back/"}
ALSO = ["/api/videos/{video_id}/480p/000.ts", "/api/video/{video_id}/master/index.m3u8"]
MP4 = "/api/video/{video_id}/{resolution}/film.mp4/"
OF_FILMS.remove(MP4)  # which needs a link: /content/video-url/ gives it, or does not
MARKS = [
    *(("put", name) for name in ("favorite", "watched", "position")),
    *(("delete", "position"), ("post", "play-link")),
]
JSON = "application/json"
CHANGES = [
    ("patch", "/api/video/{}/"),
    ("delete", "/api/video/{}/"),
    ("post", "/api/video/{}/subtitles/"),
    ("post", "/api/video/{}/go-back/"),
    ("post", "/api/video/upload/"),
    ("post", "/api/uploads/"),
    ("get", "/api/uploads/"),
    ("get", "/api/webhooks/"),
    ("post", "/api/webhooks/"),
]


def make_profile(user: Any, name: str = "Kim", **fields: Any) -> Any:
    return apps.get_model(settings.PROFILE_MODEL).objects.create(user=user, name=name, **fields)


def use(client: Client, profile: Any, **given: str) -> Any:
    return client.post(
        f"/api/me/profiles/{getattr(profile, 'pk', 0)}/use/", given, "application/json"
    )


def child_of(user: Any, age_limit: int = 12) -> Client:
    """A browser in a profile of limited age."""
    client = signed_in(user)
    assert use(client, make_profile(user, age_limit=age_limit)).status_code == 200
    return client


def make_whole_film(title: str, **fields: Any) -> Video:
    """With everything that the API can show of a film."""
    film = make_video(title, state="completed", duration=24.0, **fields)
    sound = AudioStream(1, "aac", 2, 48000, Fraction(0), Fraction(24), language="deu")
    plan = make_plan()
    source = replace(plan.source, audios=(sound, replace(sound, index=2, language="eng")))
    plan = replace(plan, source=source)
    build = make_build(film, plan)
    publish(build)
    Build.objects.filter(pk=build.pk).update(subtitles=1, storyboard_sheets=1)
    build.refresh_from_db()
    for number in range(plan.segments):
        write(layout.segment_key(build.prefix, "audio-0", number), b"G sound")
    for chunk in build.chunks.all():
        chunk.report["audio-0"] = chunk.report["360p"]
        chunk.save(update_fields=["report"])
    write(layout.subtitle_key(build.prefix, 0, 0), b"WEBVTT")
    write(layout.storyboard_key(build.prefix, 0), b"sheet")
    write_progressive(build, "360p", b"mp4")
    return film


@pytest.fixture
def group() -> Group:
    return Group.objects.create(name="Family")


@pytest.fixture
def rated(own_media: Path) -> Video:
    """From 18 on, and everything that could give it away."""
    Path(settings.MEDIA_ROOT, "posters").mkdir()
    Image.new("RGB", (640, 360)).save(Path(settings.MEDIA_ROOT, "posters/secret.jpg"))
    film = make_whole_film(
        "Hushed Words", category="crime", year=1999, age_rating=18, season=1, episode=2,
        series=Series.objects.create(title="Murmurs"), poster="posters/secret.jpg",
    )  # fmt: skip
    film.tags.add(Tag.objects.create(name="whispered"))
    Subtitle.objects.create(video=film, language="deu", text="WEBVTT\n\n00:00.000 --> 00:01.000\nx")
    return film


@pytest.fixture
def alice(rated: Video, group: Group) -> Any:
    """Staff who have marked all films; of an account with everything that could name one."""
    alice = make_user(is_staff=True, is_superuser=True)
    unrated = make_whole_film("Hushed Movement", category="crime")
    grouped = make_whole_film("Hushed Circle", category="crime", age_rating=16, audience="groups")
    grouped.groups.add(group)
    make_whole_film("Open", age_rating=6, poster="posters/secret.jpg")
    Video.objects.update(owner=alice)
    for film in (rated, unrated, grouped):
        marks.set_favorite(alice, film, is_favorite=True)
        marks.set_watched(alice, film, is_watched=True)
        marks.keep_position(alice, film, 5)
    now = timezone.now()
    about = {"owner": alice, "video": rated, "key": "sources/x.mp4", "filename": "Hushed.mp4"}
    Upload.objects.create(**about, length=1, active_at=now, expires_at=now + timedelta(days=1))
    Webhook.objects.create(url="https://example.org/", events=["video.playable"])
    index.rebuild()
    return alice


def addresses(path: str, film: Video) -> str:
    names = {
        "video_id": film.pk,
        "resolution": "360p",
        "number": "000.ts" if "{number}.vtt" not in path and "{number}.jpg" not in path else "0",
        "track": 0,
        "width": 320,
        "format": "webp",
        "subtitle_id": getattr(film.added_subtitles.first(), "pk", 1),
        "series_id": film.series_id or 1,
        "open": Video.objects.get(title="Open").pk,
        "upload_id": getattr(Upload.objects.first(), "pk", ""),
        "webhook_id": getattr(Webhook.objects.first(), "pk", 1),
        "uid": "x",
        "token": "x",
    }
    return path.format(**names)


def told(response: Any) -> list[str]:
    body = response.content.decode(errors="replace")
    headers = json.dumps(dict(response.headers))
    return [secret for secret in SECRETS if secret in body or secret in headers]


def former_member(group: Group) -> Client:
    """A browser of somebody who had to leave the groups of the hidden films, all of them marked."""
    bob = make_user("bob")
    bob.groups.add(group)
    hidden = Video.objects.exclude(title="Open")
    hidden.update(audience="groups")
    client = signed_in(bob)
    for film in hidden:
        film.groups.add(group)
        make_link(client, film)
        marks.set_favorite(bob, film, is_favorite=True)
        marks.set_watched(bob, film, is_watched=True)
        marks.keep_position(bob, film, 5)
    bob.groups.clear()
    return client


@pytest.fixture(params=["child", "former member"])
def kept_out(request: pytest.FixtureRequest, alice: Any, group: Group) -> Client:
    return child_of(alice) if request.param == "child" else former_member(group)


class TestKeptOut:
    def test_learns_of_no_hidden_film_by_any_list(self, kept_out: Client, alice: Any, rated: Video):
        adult = signed_in(alice)
        for client in (adult, kept_out):
            client.post(f"/api/video/{rated.pk}/play-link/")
        named = set()
        for path in [*(path for path in GETS if "{video_id}" not in path), *QUESTIONS]:
            url = addresses(path, rated)
            if told(adult.get(url)):
                named.add(path)

            response = kept_out.get(url)

            assert response.status_code in (200, 400, 403, 404), url
            assert told(response) == [], url
        # That it is no empty question is seen by what the same account is told otherwise.
        assert named >= {"/api/video/", "/api/home/", "/api/history/", "/api/play-links/"}
        assert named >= {"/api/categories/", "/api/tags/", "/api/series/", "/content/"}
        assert named >= {"/api/series/{series_id}/", "/api/uploads/", "/api/uploads/{upload_id}/"}
        assert named >= {path for path in QUESTIONS if "popular" not in path and "like" not in path}

    def test_finds_no_hidden_film(self, kept_out: Client, alice: Any, rated: Video):
        adult = signed_in(alice)
        hidden = Video.objects.exclude(title="Open")

        for path in [*OF_FILMS, *ALSO]:
            assert path in WITHOUT or adult.get(addresses(path, rated)).status_code == 200, path
            for film in hidden:
                url = addresses(path, film)
                unknown = kept_out.get(url.replace(f"/{film.pk}/", "/987654/"))
                refused = kept_out.get(url)
                assert refused.status_code == 404 or path in WITHOUT, url
                assert refused.content == unknown.content, url

    def test_finds_other_films(self, kept_out: Client):
        film = Video.objects.get(title="Open")

        for path in OF_FILMS:
            if path not in WITHOUT and "text-" not in path:
                assert kept_out.get(addresses(path, film)).status_code == 200, path

    def test_is_told_no_film_like_a_hidden_one(self, kept_out: Client, rated: Video):
        Video.objects.filter(title="Open").update(category=rated.category)

        assert kept_out.get(f"/api/video/?like={rated.pk}").json() == []

    def test_marks_no_hidden_film(self, kept_out: Client, rated: Video):
        path = f"/api/video/{rated.pk}"

        for method, name in MARKS:
            refused = getattr(kept_out, method)(
                f"{path}/{name}/", {"seconds": 1}, "application/json"
            )
            assert refused.status_code == 404, name

    def test_reports_no_playback_of_hidden_film(self, kept_out: Client, rated: Video):
        report = {"viewing": "a" * 16, "video": rated.pk, "sequence": 1, "watched": 1}

        assert kept_out.post("/api/playback/", report, "application/json").status_code == 404


class TestChild:
    def test_changes_nothing_even_of_staff(self, alice: Any, rated: Video):
        child, film = child_of(alice), Video.objects.get(title="Open")

        for method, path in CHANGES:
            refused = getattr(child, method)(path.format(film.pk), {}, content_type=JSON)
            assert refused.status_code == 403, path
        assert Video.objects.filter(pk=film.pk).exists()

    def test_is_bound_by_limit_in_every_profile_of_that_kind(self, alice: Any, rated: Video):
        """The age is what counts, not who set it."""
        for limit, found in ((17, 404), (18, 200)):
            client = child_of(alice, limit)
            assert client.get(f"/api/video/{rated.pk}/").status_code == found
            assert client.get(f"/api/video/{rated.pk}/360p/000.ts").status_code == found

    @pytest.mark.parametrize("entry", ["/api", "/users"])
    def test_stays_within_limit_of_old_clients_session(self, alice: Any, rated: Video, entry: str):
        """Which knows no profiles, and renews itself."""
        client = ReadingClient()
        given = {"email": alice.email, "password": PASSWORD}
        assert client.post(f"{entry}/login/", given, JSON).status_code == 200
        assert use(client, make_profile(alice, age_limit=12)).status_code == 200
        renewal = "/users/refresh/" if entry == "/users" else "/api/token/refresh/"
        assert client.post(renewal, {}, JSON).status_code == 200

        for path in ("/api/video/", "/content/", "/api/video/?favorite=true"):
            assert told(client.get(path)) == []
        for path in ("/api/video/{}/480p/index.m3u8", "/content/video-url/{}/"):
            assert client.get(path.format(rated.pk)).status_code == 404


class TestRights:
    """What was open a moment ago."""

    def test_change_with_profile_at_once(self, alice: Any, rated: Video):
        client, kim = signed_in(alice), make_profile(alice, age_limit=12)
        urls = [f"/api/video/{rated.pk}/{path}" for path in ("", "master.m3u8", "360p/000.ts")]
        statuses = lambda: {client.get(url).status_code for url in urls}  # noqa: E731
        assert statuses() == {200}

        use(client, kim)

        assert statuses() == {404}
        assert use(client, None, password=PASSWORD).status_code == 200
        assert statuses() == {200}

    def test_give_other_lists_in_place_of_not_modified(self, alice: Any):
        client, kim = signed_in(alice), make_profile(alice)
        tag = client.get("/api/video/")["ETag"]
        use(client, kim)

        again = client.get("/api/video/", headers={"If-None-Match": tag})

        assert again.status_code == 200
        assert not any(film["is_favorite"] for film in again.json())

    def test_leave_link_of_limited_profile_limited(self, alice: Any):
        film = Video.objects.get(title="Open")
        child = child_of(alice)
        link = make_link(child, film)
        assert use(child, None, password=PASSWORD).status_code == 200
        assert status(link) == 200

        _rate(film, 16)

        assert child.get(f"/api/video/{film.pk}/").status_code == 200
        for rest in ("master.m3u8", "360p/index.m3u8", "360p/000.ts", "storyboard/0.jpg"):
            assert status(beside(link, rest)) == 404

    def test_close_link_of_session_that_enters_limited_profile(self, alice: Any, rated: Video):
        adult = signed_in(alice)
        link = make_link(adult, rated)
        assert status(link) == 200

        use(adult, make_profile(alice, age_limit=12))

        assert status(link) == 404

    def test_end_links_with_their_profile(self, alice: Any):
        child = child_of(alice)
        make_link(child, Video.objects.get(title="Open"))

        apps.get_model(settings.PROFILE_MODEL).objects.all().delete()

        assert not PlayLink.objects.exists()

    def test_list_to_limited_profile_its_own_links(self, alice: Any, rated: Video):
        adult, child = signed_in(alice), child_of(alice)
        make_link(adult, Video.objects.get(title="Open"))
        make_link(child, Video.objects.get(title="Open"))

        assert len(child.get("/api/play-links/").json()) == 1
        child.delete("/api/play-links/")
        assert len(adult.get("/api/play-links/").json()) == 1

    def test_close_mp4_link_when_limit_falls(self, alice: Any):
        film = Video.objects.get(title="Open")
        child = child_of(alice)
        url = child.get(f"/content/video-url/{film.pk}/").json()["url"]
        assert ReadingClient().get(url).status_code == 200

        _rate(film, 16)

        assert ReadingClient().get(url).status_code == 404

    def test_close_mp4_link_when_session_ends(self, alice: Any):
        child = child_of(alice)
        film = Video.objects.get(title="Open")
        url = child.get(f"/content/video-url/{film.pk}/").json()["url"]

        child.post("/api/logout/")

        assert ReadingClient().get(url).status_code == 404


def _rate(film: Video, age: int) -> None:
    fresh = Video.objects.get(pk=film.pk)
    fresh.age_rating = age
    fresh.save()
