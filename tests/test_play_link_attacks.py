"""What a play link must not open, and when it opens nothing any more."""

import base64
import re
import struct
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.utils import timezone

from auth_app import sessions
from auth_app.models import Session
from core.logs import mask
from tests.people import ReadingClient, make_user, signed_in
from video_app.models import Build, PlayLink, Video
from video_app.streaming.play_right import LIVE_SECONDS, PlayRight
from video_app.streaming.publication import set_published
from video_app.tests.films import make_build, make_film, make_plan, write_progressive
from video_app.tests.links import beside, make_link, status, stranger

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> Any:
    return make_user("alice")


@pytest.fixture
def maker(alice: Any) -> Client:
    return signed_in(alice)


@pytest.fixture
def film() -> Video:
    film = make_film("A film")
    write_progressive(film.current_build, "720p", b"a film")
    return film


@pytest.fixture
def other() -> Video:
    other = make_film("Another one")
    write_progressive(other.current_build, "720p", b"another")
    return other


@pytest.fixture
def link(maker: Client, film: Video) -> str:
    link = make_link(maker, film)
    assert status(link) == 200
    return link


def right_of(link: str) -> str:
    return link.split("/")[3]


class TestOtherThings:
    @pytest.mark.parametrize(
        "rest", ["master.m3u8", "720p/index.m3u8", "720p/000.ts", "720p/film.mp4", "thumbnail.jpg"]
    )
    def test_opens_no_other_film(self, link: str, other: Video, rest: str):
        assert status(f"/api/play/{right_of(link)}/{other.pk}/{rest}") == 401

    @pytest.mark.parametrize("rest", ["master.m3u8", "720p/index.m3u8", "720p/000.ts"])
    def test_opens_no_build_of_other_film(self, link: str, other: Video, rest: str):
        assert status(beside(link, f"{rest}?b={other.current_build_id}")) == 404

    def test_opens_no_other_build_of_its_film(self, link: str, film: Video):
        old = make_build(film, make_plan(4))
        Build.objects.filter(pk=old.pk).update(retired_at=timezone.now())

        assert status(beside(link, f"720p/000.ts?b={old.pk}")) == 404

    @pytest.mark.parametrize("rest", ["", "status/", "position/", "favorite/", "play-link/"])
    def test_opens_no_api(self, link: str, rest: str):
        assert status(beside(link, rest)) == 404

    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
    def test_changes_nothing(self, link: str, method: str):
        assert getattr(stranger(), method)(link).status_code == 405

    def test_right_is_no_bearer_token(self, link: str, film: Video):
        headers = {"Authorization": f"Bearer {right_of(link)}"}

        assert status(f"/api/video/{film.pk}/master.m3u8", **headers) == 401
        assert status("/api/play-links/", **headers) == 401

    def test_right_is_no_cookie_and_no_token_of_file(self, link: str, film: Video):
        client = stranger()
        client.cookies["access_token"] = right_of(link)

        assert client.get(f"/api/video/{film.pk}/master.m3u8").status_code == 401
        assert status(f"/api/video/{film.pk}/720p/film.mp4?token={right_of(link)}") == 401

    def test_session_makes_up_for_no_bad_link(self, maker: Client, link: str):
        bad = link.replace(right_of(link), f"{'a' * 60}.{'b' * 43}")

        assert maker.get(bad).status_code == 401

    @pytest.mark.parametrize(
        "rest", ["../{pk}/master.m3u8", "%2e%2e/{pk}/720p/000.ts", "720p/..%2f..%2f{pk}/000.ts"]
    )
    def test_climbs_to_no_other_film(self, link: str, other: Video, rest: str):
        assert status(beside(link, rest.format(pk=other.pk))) in (401, 404)


def _flip(right: str, place: int) -> str:
    instead = "A" if right[place] != "A" else "B"
    return right[:place] + instead + right[place + 1 :]


def _resigned(right: str) -> str:
    """By whoever knows the form but not the key."""
    return signing.Signer(key="guess", sep=".", salt="video_app.play_link").sign(
        right.split(".")[0]
    )


FORGERIES: dict[str, Callable[[str], str]] = {
    "first letter": lambda right: _flip(right, 0),
    "film": lambda right: _flip(right, 18),
    "build": lambda right: _flip(right, 30),
    "end": lambda right: _flip(right, 40),
    "session": lambda right: _flip(right, 60),
    "signature": lambda right: _flip(right, -5),
    "guessed key": _resigned,
    "lengthened": lambda right: "AAAA" + right,
    "signature of a file": lambda right: signing.TimestampSigner(sep=".").sign(right.split(".")[0]),
    "cut": lambda right: right[:-1],
    "no signature": lambda right: right.split(".")[0],
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_refuses_forged_right(link: str, forge: Callable[[str], str]):
    right = right_of(link)
    assert forge(right) != right

    assert status(link.replace(right, forge(right))) in (401, 404)


def test_refuses_right_of_other_shape(link: str, film: Video):
    """Genuinely signed, as another release might have."""
    packed = base64.urlsafe_b64encode(struct.pack(">QQQQ", 1, film.pk, 1, 2**33)).decode()
    signed = signing.Signer(sep=".", salt="video_app.play_link").sign(packed.rstrip("="))

    assert status(f"/api/play/{signed}/{film.pk}/master.m3u8") == 401


def test_refuses_genuine_right_without_row(film: Video, maker: Client, link: str):
    row = PlayLink.objects.get()
    end = int(row.expires_at.timestamp())
    lone = PlayRight(row.pk + 1, film.pk, row.build_id, end, row.session)

    assert status(link.replace(right_of(link), str(lone))) == 401


def test_refuses_right_of_unknown_session(film: Video, link: str):
    row = PlayLink.objects.get()
    end = int(row.expires_at.timestamp())
    lone = PlayRight(row.pk, film.pk, row.build_id, end, uuid.uuid4())

    assert status(link.replace(right_of(link), str(lone))) == 401


class TestEnds:
    def test_ends_at_its_time(self, maker: Client, film: Video, settings: Any):
        settings.PLAY_LINK_SECONDS = 600
        with time_machine.travel(timezone.now(), tick=False) as clock:
            link = make_link(maker, film)
            clock.shift(599)
            assert status(link) == 200
            clock.shift(2)

            assert status(link) == status(beside(link, "720p/000.ts")) == 401

    def test_does_not_outlive_its_session(self, maker: Client, film: Video):
        soon = timezone.now() + timedelta(minutes=5)
        Session.objects.update(expires_at=soon)

        make_link(maker, film)

        assert PlayLink.objects.get().expires_at == soon

    def test_ends_with_sign_out(
        self, maker: Client, link: str, django_capture_on_commit_callbacks: Any
    ):
        with django_capture_on_commit_callbacks(execute=True):
            sessions.end(Session.objects.get().pk, "signed out")

        assert status(link) == status(beside(link, "720p/000.ts")) == 401

    def test_outlives_other_sessions_of_maker(
        self, alice: Any, link: str, django_capture_on_commit_callbacks: Any
    ):
        first = Session.objects.get()
        signed_in(alice)
        with django_capture_on_commit_callbacks(execute=True):
            sessions.end(Session.objects.exclude(pk=first.pk).get().pk, "signed out")

        assert status(link) == 200

    def test_ends_with_withdrawal(
        self, film: Video, link: str, django_capture_on_commit_callbacks: Any
    ):
        with django_capture_on_commit_callbacks(execute=True):
            set_published([film.pk], is_published=False)

        assert status(link) == status(beside(link, "720p/film.mp4")) == 404

    def test_ends_with_new_password_even_if_session_lives(self, alice: Any, link: str):
        """A change that keeps the session in which it was made."""
        kept = list(Session.objects.values_list("pk", flat=True))
        alice.set_password("another long one")
        alice.save()
        Session.objects.filter(pk__in=kept).update(revoked_at=None)

        with time_machine.travel(timezone.now() + timedelta(seconds=LIVE_SECONDS + 1)):
            _forget_cached_states()
            assert status(link) == 401

    def test_ends_with_own_sign_out_and_password_by_http(
        self, alice: Any, film: Video, django_capture_on_commit_callbacks: Any
    ):
        old, new = "a long password", "another long one 42"
        client = ReadingClient()
        form = {"email": alice.email, "password": old}
        assert client.post("/api/login/", form, content_type="application/json").status_code == 200
        kept, ended = make_link(client, film), make_link(client, film)
        assert (status(kept), status(ended)) == (200, 200)

        form = {"old_password": old, "new_password": new, "confirm_password": new}
        changed = client.post("/api/me/password/", form, content_type="application/json")
        assert changed.status_code == 200, changed.content
        _forget_cached_states()
        assert (status(kept), status(ended)) == (401, 401)

        fresh = make_link(client, film)
        assert status(fresh) == 200
        with django_capture_on_commit_callbacks(execute=True):
            assert client.post("/api/logout/").status_code == 200
        assert status(fresh) == status(beside(fresh, "720p/000.ts")) == 401

    def test_ends_with_deactivation(self, alice: Any, link: str):
        alice.is_active = False
        alice.save()
        _forget_cached_states()

        assert status(link) == 401

    def test_ends_with_deleted_film(self, film: Video, link: str):
        film.delete()
        _forget_cached_states()

        assert status(link) in (401, 404)

    def test_ends_when_taken_back(
        self, maker: Client, link: str, django_capture_on_commit_callbacks: Any
    ):
        with django_capture_on_commit_callbacks(execute=True):
            maker.delete("/api/play-links/")

        assert status(link) == status(beside(link, "720p/000.ts")) == 401


def _forget_cached_states() -> None:
    """As the end of their seconds in the cache, which runs on Redis's clock."""
    from django.core.cache import cache

    cache.clear()


class TestTraces:
    @pytest.mark.parametrize("rest", ["master.m3u8", "720p/index.m3u8", "720p/000.ts", "nothing"])
    def test_leaves_no_referrer(self, link: str, rest: str):
        """Whatever a browser is led to from there is not told the address."""
        assert stranger().get(beside(link, rest))["Referrer-Policy"] == "no-referrer"

    def test_is_no_right_as_referrer(self, link: str, film: Video):
        for header in ("Referer", "Origin", "X-Original-URI", "X-Forwarded-Uri"):
            asked = f"/api/video/{film.pk}/720p/000.ts"
            assert status(asked, **{header: f"https://testserver{link}"}) == 401

    def test_is_bound_to_no_device(self, link: str):
        """What ADR 17 says openly: it is a right for a living room, wherever it is opened."""
        for address in ("192.0.2.7", "2001:db8::7"):
            assert stranger().get(link, REMOTE_ADDR=address).status_code == 200

    def test_is_in_no_answer_but_its_own(self, maker: Client, film: Video, link: str):
        """Lists, the film's page, the export and other links are silent about it."""
        for path in ("/api/play-links/", f"/api/video/{film.pk}/", "/api/home/", "/api/me/"):
            assert right_of(link) not in maker.get(path).content.decode()

    @pytest.mark.parametrize(
        "line",
        [
            'GET /api/play/{right}/7/720p/000.ts?b=3 HTTP/1.1"',
            '{{"path": "/api/play/{right}/7/master.m3u8"}}',
            "/api/pl%61y/{right}/7/master.m3u8",
            "%2Fapi%2Fplay%2F{right}",
        ],
    )
    def test_stands_in_no_log(self, link: str, line: str):
        assert right_of(link) not in mask(line.format(right=right_of(link)))

    def test_log_still_says_what_was_asked(self, link: str):
        assert mask(link).endswith("/play/***/" + link.split("/")[4] + "/master.m3u8")

    def test_reports_of_players_stand_in_no_log(self):
        asked = "/api/video/7/720p/000.ts?b=3&CMCD=sid%3D%22alice%22"

        assert "alice" not in mask(asked)
        assert re.search(r"b=3", mask(asked))

    def test_tells_nothing_about_other_links(self, maker: Client, film: Video, link: str):
        assert right_of(make_link(maker, film)) != right_of(link)
