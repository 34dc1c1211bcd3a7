"""Play links: who makes them, what they open, who may read it, how they are listed."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from tests.people import make_user, signed_in
from video_app.models import PlayLink, Video
from video_app.streaming import play_links
from video_app.tests.films import make_encoding, make_film, write, write_progressive
from video_app.tests.links import beside, make_link, status, stranger

pytestmark = pytest.mark.django_db
FOREIGN = {"Origin": "https://player.example"}


@pytest.fixture
def alice() -> Any:
    return make_user("alice")


@pytest.fixture
def maker(alice: Any) -> Client:
    return signed_in(alice)


@pytest.fixture
def film() -> Video:
    film = make_film(segments=4)
    write_progressive(film.current_build, "720p", b"720p " * 300)
    write(f"posters/{film.pk}-1.jpg", b"a poster")
    Video.objects.filter(pk=film.pk).update(poster=f"posters/{film.pk}-1.jpg")
    return film


class TestMaking:
    def test_returns_address_and_end(self, maker: Client, film: Video):
        response = maker.post(f"/api/video/{film.pk}/play-link/")

        assert response.status_code == 201
        assert response.json()["url"].startswith("http://testserver/api/play/")
        assert set(response.json()) == {"id", "url", "expires", "qr"}
        assert response.json()["qr"].startswith("data:image/svg+xml")
        assert response["Cache-Control"] == "no-store"

    def test_opens_growing_film(self, maker: Client):
        build = make_encoding(3, done=1)

        link = make_link(maker, build.video)

        assert status(beside(link, "720p/000.ts")) == 200
        assert status(beside(link, "720p/001.ts")) == 404

    def test_refuses_stranger(self, client: Client, film: Video):
        assert client.post(f"/api/video/{film.pk}/play-link/").status_code == 401

    def test_returns_404_for_unknown_film(self, maker: Client):
        assert maker.post("/api/video/999/play-link/").status_code == 404

    def test_returns_404_for_withdrawn_film(self, film: Video):
        Video.objects.update(is_published=False)
        staff = signed_in(make_user("staff", is_staff=True))

        assert staff.post(f"/api/video/{film.pk}/play-link/").status_code == 404

    def test_refuses_more_than_hour_allows(self, maker: Client, film: Video, settings: Any):
        settings.PLAY_LINKS_PER_HOUR = 2
        with time_machine.travel(timezone.now(), tick=False) as clock:
            for _ in range(2):
                make_link(maker, film)
                clock.shift(60)
            maker.delete("/api/play-links/")
            refused = maker.post(f"/api/video/{film.pk}/play-link/")

            assert (refused.status_code, refused["Retry-After"]) == (429, "3480")


class TestOpening:
    @pytest.mark.parametrize(
        "rest", ["master.m3u8", "720p/index.m3u8", "720p/iframes.m3u8", "720p/000.ts",
                 "720p/film.mp4", "thumbnail.jpg"]
    )  # fmt: skip
    @pytest.mark.parametrize("method", ["get", "head"])
    def test_opens_all_below_without_cookies(
        self, maker: Client, film: Video, rest: str, method: str
    ):
        link = make_link(maker, film)

        assert getattr(stranger(), method)(beside(link, rest)).status_code == 200

    def test_addresses_in_playlists_stay_below(self, maker: Client, film: Video):
        link = make_link(maker, film)
        seen, waiting = set(), [link]
        while waiting:
            address = waiting.pop()
            seen.add(address)
            response = stranger().get(address)
            assert response.status_code == 200, address
            if urlsplit(address).path.endswith(".m3u8"):
                text = response.content.decode()
                found = re.findall(r'^[^#\s].*$|URI="([^"]+)"', text, re.M)
                found += re.findall(r"^[^#\s].*$", text, re.M)
                new = {urljoin(address, one) for one in found if one} - seen
                waiting += sorted(new)

        assert sum(".ts" in address for address in seen) == 8
        assert all(address.startswith(beside(link, "")) for address in seen)

    def test_asks_no_database_for_segment(
        self, maker: Client, film: Video, django_assert_num_queries: Any
    ):
        link = make_link(maker, film)
        status(beside(link, "720p/000.ts"))

        with django_assert_num_queries(0):
            assert status(beside(link, "720p/001.ts")) == 200

    def test_keeps_to_its_build_after_replacement(self, maker: Client, film: Video):
        from video_app.tests.films import make_build, make_plan, publish

        link, old = make_link(maker, film), film.current_build_id
        publish(make_build(film, make_plan(4)))
        cache.clear()

        body = stranger().get(beside(link, "720p/000.ts")).getvalue()

        assert f"build {old} ".encode() in body


class TestPages:
    @pytest.mark.parametrize("rest", ["master.m3u8", "720p/000.ts", "720p/999.ts", "nonsense"])
    def test_lets_every_origin_read(self, maker: Client, film: Video, rest: str):
        link = make_link(maker, film)

        response = stranger().get(beside(link, rest), headers=FOREIGN)

        assert response["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in response
        assert response["Referrer-Policy"] == "no-referrer"

    def test_lets_listed_origin_read_without_credentials(self, maker: Client, film: Video):
        link = make_link(maker, film)

        response = stranger().get(link, headers={"Origin": "http://localhost:4200"})

        assert response["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in response

    def test_answers_preflight_of_cast_and_cmcd(self, maker: Client, film: Video):
        asked = "range, cmcd-object, cmcd-request, cmcd-session, cmcd-status, content-type"
        headers = FOREIGN | {
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": asked,
        }

        response = stranger().options(make_link(maker, film), headers=headers)

        allowed = response["Access-Control-Allow-Headers"].split(", ")
        assert response.status_code == 204
        assert set(asked.split(", ")) <= set(allowed)
        assert int(response["Access-Control-Max-Age"]) >= 600

    def test_lets_page_read_why_it_is_refused(self):
        bad = f"/api/play/{'a' * 60}.{'b' * 43}/1/master.m3u8"

        response = stranger().get(bad, headers={"Origin": "null"})

        assert response.status_code == 401
        assert response.json() == {"detail": "This link is not valid or has expired."}
        assert response["Access-Control-Allow-Origin"] == "*"

    def test_opens_nothing_to_every_origin_besides_links(self, maker: Client, film: Video):
        response = maker.get(f"/api/video/{film.pk}/master.m3u8", headers=FOREIGN)

        assert "Access-Control-Allow-Origin" not in response

    def test_never_compresses_media(self, maker: Client, film: Video):
        link = make_link(maker, film)

        response = stranger().get(
            beside(link, "720p/film.mp4"),
            headers={"Accept-Encoding": "gzip", "Range": "bytes=5-9"},
        )

        assert (response.status_code, response.getvalue()) == (206, b"720p ")
        assert "Content-Encoding" not in response


class TestListing:
    def test_lists_own_without_address(self, maker: Client, film: Video):
        link = make_link(maker, film)

        (listed,) = maker.get("/api/play-links/").json()

        assert (listed["video"], listed["title"]) == (film.pk, film.title)
        assert link.split("/")[3] not in str(listed)

    def test_asks_same_queries_for_many(
        self, maker: Client, film: Video, django_assert_num_queries: Any
    ):
        for _ in range(5):
            make_link(maker, film)

        with django_assert_num_queries(2):
            assert len(maker.get("/api/play-links/").json()) == 5

    def test_ends_one(self, maker: Client, film: Video):
        one, other = make_link(maker, film), make_link(maker, film)
        newest = maker.get("/api/play-links/").json()[0]

        assert maker.delete(f"/api/play-links/{newest['id']}/").status_code == 204

        assert (status(one), status(other)) == (200, 401)

    def test_hides_links_of_others(self, maker: Client, film: Video):
        link = make_link(maker, film)
        bob = signed_in(make_user("bob"))

        assert bob.get("/api/play-links/").json() == []
        assert bob.delete(f"/api/play-links/{PlayLink.objects.get().pk}/").status_code == 404
        assert status(link) == 200

    @pytest.mark.parametrize("path", ["/api/play-links/", "/api/play-links/1/"])
    def test_refuses_strangers(self, path: str):
        assert stranger().delete(path).status_code == 401

    def test_forgets_spent_rows(self, maker: Client, film: Video):
        make_link(maker, film)
        PlayLink.objects.update(expires_at=timezone.now() - timedelta(hours=2))

        play_links.remove_useless()

        assert not PlayLink.objects.exists()
