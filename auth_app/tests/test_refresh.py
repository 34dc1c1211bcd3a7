"""`POST /api/token/refresh/`, `/api/auth/token/refresh/`, `/users/refresh/`."""

from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from auth_app import housekeeping
from auth_app.models import Session
from auth_app.tests.accounts import PASSWORD, make_user, opens_the_api, signed_in
from auth_app.tokens import SessionAccessToken, SessionRefreshToken
from tests.browsers import NO_LANGUAGE

pytestmark = [pytest.mark.django_db, pytest.mark.contract]
PATH = "/api/token/refresh/"


def refreshed(token: str, path: str = PATH) -> Any:
    """The answer to a refresh with nothing but that token."""
    client = APIClient()
    client.cookies["refresh_token"] = token
    return client.post(path)


@pytest.mark.parametrize("path", [PATH, "/api/token/refresh", "/api/auth/token/refresh/"])
@pytest.mark.parametrize("body", [None, {}])
def test_returns_literal_and_new_cookies(path: str, body: Any) -> None:
    client = signed_in(make_user())
    old = client.cookies["refresh_token"].value
    response = client.post(path, body)
    assert response.status_code == 200
    assert response.json() == {"detail": "Token refreshed", "access": "new_access_token"}
    assert response.cookies["refresh_token"].value != old
    assert response.cookies["access_token"]["max-age"] == 3600


def test_refreshes_pair_of_users() -> None:
    client = signed_in(make_user(), "users")
    response = client.post("/users/refresh/")
    assert response.status_code == 200
    assert set(response.cookies) == {"vf_access", "vf_refresh"}


def test_exchanges_token_of_other_entry_point() -> None:
    client = signed_in(make_user(), "users")
    response = client.post(PATH)
    assert response.status_code == 200
    assert response.cookies["refresh_token"].value
    assert response.cookies["vf_refresh"]["max-age"] == 0


@pytest.mark.parametrize(("path", "status"), [(PATH, 400), ("/users/refresh/", 401)])
def test_rejects_request_without_cookie(path: str, status: int) -> None:
    response = APIClient().post(path)
    assert response.status_code == status
    assert list(response.json()) == ["detail"]


@pytest.mark.parametrize("token", ["garbage", "a.b.c", "é", "x" * 5000])
def test_rejects_invalid_token_and_leaves_cookies_alone(token: str) -> None:
    response = refreshed(token)
    assert response.status_code == 401
    assert not response.cookies


@pytest.mark.parametrize("entry_point", ["api", "users"])
def test_leaves_cookies_of_sign_in_that_overtook_it(entry_point: str) -> None:
    user = make_user()
    browser = signed_in(user, entry_point)
    sent = deepcopy(browser.cookies)  # with the refresh, which is on its way
    path = "/users/" if entry_point == "users" else "/api/"
    browser.post(f"{path}login/", {"email": user.email, "password": PASSWORD})

    late = APIClient()
    late.cookies = sent
    answer = late.post("/users/refresh/" if entry_point == "users" else PATH)
    browser.cookies.update(answer.cookies)

    assert answer.status_code == 401
    access = browser.cookies[settings.JWT_COOKIE_NAMES[entry_point][0]].value
    assert opens_the_api(access)


def test_signs_in_over_cookies_of_dead_session() -> None:
    user = make_user()
    browser = signed_in(user)
    Session.objects.all().delete()
    assert browser.post(PATH).status_code == 401

    browser.post("/api/login/", {"email": user.email, "password": PASSWORD})

    assert browser.post(PATH).status_code == 200


def test_rejects_access_token() -> None:
    client = signed_in(make_user())
    assert refreshed(client.cookies["access_token"].value).status_code == 401


def test_rejects_token_of_deleted_user() -> None:
    user = make_user()
    client = signed_in(user)
    user.delete()
    assert client.post(PATH).status_code == 401


def test_rejects_token_of_deactivated_user() -> None:
    user = make_user()
    client = signed_in(user)
    user.is_active = False
    user.save()
    assert client.post(PATH).status_code == 401


def test_gives_spent_token_same_successor_within_grace() -> None:
    client = signed_in(make_user())
    token = client.cookies["refresh_token"].value
    first = refreshed(token).cookies["refresh_token"].value
    with time_machine.travel(timezone.now() + timedelta(seconds=20)):
        assert refreshed(token).cookies["refresh_token"].value == first


def test_gives_newest_token_to_late_request_within_grace() -> None:
    client = signed_in(make_user())
    token = client.cookies["refresh_token"].value
    second = refreshed(token).cookies["refresh_token"].value
    third = refreshed(second).cookies["refresh_token"].value
    assert refreshed(token).cookies["refresh_token"].value == third


@pytest.mark.contract(NO_LANGUAGE)
@pytest.mark.parametrize("rotations", [21, 60])
def test_rotates_often_within_grace_without_ending_family(rotations: int) -> None:
    token = first = signed_in(make_user()).cookies["refresh_token"].value
    for _ in range(rotations):
        token = refreshed(token).cookies["refresh_token"].value
    assert refreshed(first).status_code == 200
    assert Session.objects.get().revoked_at is None


def test_forgets_spent_tokens_after_grace() -> None:
    client = signed_in(make_user())
    for _ in range(5):
        client.post(PATH)
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        client.post(PATH)
    assert len(Session.objects.get().spent) == 1


def test_ends_family_on_replay_of_forgotten_token() -> None:
    client = signed_in(make_user())
    first = client.cookies["refresh_token"].value
    client.post(PATH)
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        client.post(PATH)
        client.post(PATH)
        assert refreshed(first).status_code == 401
    assert Session.objects.get().reason == "replay"


def test_ends_family_on_replay_after_grace() -> None:
    client = signed_in(make_user())
    token = client.cookies["refresh_token"].value
    response = refreshed(token)
    successor = response.cookies["refresh_token"].value
    access = response.cookies["access_token"].value
    with time_machine.travel(timezone.now() + timedelta(seconds=40)):
        assert refreshed(token).status_code == 401
        assert refreshed(successor).status_code == 401
        assert Session.objects.get().reason == "replay"
        assert not opens_the_api(access)


def test_keeps_other_sessions_on_replay() -> None:
    user = make_user()
    token = signed_in(user).cookies["refresh_token"].value
    other = signed_in(user)
    refreshed(token)
    with time_machine.travel(timezone.now() + timedelta(seconds=40)):
        refreshed(token)
        assert other.post(PATH).status_code == 200


def test_expires_family_despite_rotation(settings: Any) -> None:
    settings.SESSION_MAX_MINUTES = 10 * 24 * 60
    client = signed_in(make_user())
    start = timezone.now()
    with time_machine.travel(start + timedelta(days=6)):
        response = client.post(PATH)
        assert response.status_code == 200
        assert response.cookies["refresh_token"]["max-age"] <= 4 * 86400
    with time_machine.travel(start + timedelta(days=10, minutes=1)):
        assert client.post(PATH).status_code == 401


@pytest.mark.parametrize(
    ("path", "remember", "minutes"),
    [
        ("/api/login/", False, 7 * 24 * 60),
        ("/users/login/", False, 60),
        ("/users/login/", True, 7 * 24 * 60),
    ],
)
def test_expires_unused_token(path: str, remember: bool, minutes: int) -> None:
    user = make_user()
    client = APIClient()
    client.post(path, {"email": user.email, "password": PASSWORD, "remember": remember})
    refresh = path.replace("login", "refresh") if "users" in path else PATH
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes + 1)):
        assert client.post(refresh).status_code == 401
        housekeeping.flush_expired()
        assert not Session.objects.exists()


def test_keeps_life_of_session_at_other_entry_point() -> None:
    client = signed_in(make_user(), "users")
    response = client.post(PATH)
    assert 3500 < response.cookies["refresh_token"]["max-age"] <= 3600


@pytest.mark.parametrize(("ahead", "status"), [(5, 200), (600, 401)])
def test_tolerates_clock_slightly_ahead(ahead: int, status: int) -> None:
    signed_in(make_user())
    session = Session.objects.get()
    session.rotated_at += timedelta(seconds=ahead)
    assert refreshed(str(SessionRefreshToken.of(session))).status_code == status


def test_rejects_token_without_session() -> None:
    token = SessionAccessToken()
    token["token_type"] = "refresh"
    token["user_id"] = "1"
    assert refreshed(str(token)).status_code == 401


@pytest.mark.django_db(transaction=True)
def test_gives_parallel_refreshes_one_successor() -> None:
    token = signed_in(make_user()).cookies["refresh_token"].value

    def refresh(_: int) -> Any:
        try:
            return refreshed(token)
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        responses = list(pool.map(refresh, range(12)))
    assert [response.status_code for response in responses] == [200] * 12
    assert len({response.cookies["refresh_token"].value for response in responses}) == 1
