"""`POST /api/token/refresh/`, `/api/auth/token/refresh/`, `/users/refresh/`."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from auth_app import services
from auth_app.models import Session
from auth_app.tests.accounts import PASSWORD, make_user, opens_the_api, signed_in
from auth_app.tokens import SessionAccessToken, SessionRefreshToken

pytestmark = pytest.mark.django_db
PATH = "/api/token/refresh/"


def refreshed(token: str, path: str = PATH) -> Any:
    """The answer to a refresh with nothing but that token."""
    client = APIClient()
    client.cookies["refresh_token"] = token
    return client.post(path)


@pytest.mark.parametrize("path", [PATH, "/api/token/refresh", "/api/auth/token/refresh/"])
@pytest.mark.parametrize("body", [None, {}])
def test_it_answers_with_the_literal_and_new_cookies(path: str, body: Any) -> None:
    client = signed_in(make_user())
    old = client.cookies["refresh_token"].value
    response = client.post(path, body)
    assert response.status_code == 200
    assert response.json() == {"detail": "Token refreshed", "access": "new_access_token"}
    assert response.cookies["refresh_token"].value != old
    assert response.cookies["access_token"]["max-age"] == 3600


def test_users_refreshes_its_own_pair() -> None:
    client = signed_in(make_user(), "users")
    response = client.post("/users/refresh/")
    assert response.status_code == 200
    assert set(response.cookies) == {"vf_access", "vf_refresh"}


def test_the_other_entry_points_token_is_exchanged_for_the_own_pair() -> None:
    client = signed_in(make_user(), "users")
    response = client.post(PATH)
    assert response.status_code == 200
    assert response.cookies["refresh_token"].value
    assert response.cookies["vf_refresh"]["max-age"] == 0


@pytest.mark.parametrize(("path", "status"), [(PATH, 400), ("/users/refresh/", 401)])
def test_it_wants_a_cookie(path: str, status: int) -> None:
    response = APIClient().post(path)
    assert response.status_code == status
    assert list(response.json()) == ["detail"]


@pytest.mark.parametrize("token", ["garbage", "a.b.c", "é", "x" * 5000])
def test_an_invalid_token_is_401_and_its_cookies_go(token: str) -> None:
    response = refreshed(token)
    assert response.status_code == 401
    assert response.cookies["refresh_token"]["max-age"] == 0


def test_an_access_token_is_no_refresh_token() -> None:
    client = signed_in(make_user())
    assert refreshed(client.cookies["access_token"].value).status_code == 401


def test_a_deleted_users_token_is_401() -> None:
    user = make_user()
    client = signed_in(user)
    user.delete()
    assert client.post(PATH).status_code == 401


def test_a_deactivated_users_token_is_401() -> None:
    user = make_user()
    client = signed_in(user)
    user.is_active = False
    user.save()
    assert client.post(PATH).status_code == 401


def test_within_the_grace_a_spent_token_gets_the_same_successor() -> None:
    client = signed_in(make_user())
    token = client.cookies["refresh_token"].value
    first = refreshed(token).cookies["refresh_token"].value
    with time_machine.travel(timezone.now() + timedelta(seconds=20)):
        assert refreshed(token).cookies["refresh_token"].value == first


def test_within_the_grace_a_late_request_gets_the_newest_token() -> None:
    client = signed_in(make_user())
    token = client.cookies["refresh_token"].value
    second = refreshed(token).cookies["refresh_token"].value
    third = refreshed(second).cookies["refresh_token"].value
    assert refreshed(token).cookies["refresh_token"].value == third


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


def test_replay_of_forgotten_token_ends_family() -> None:
    client = signed_in(make_user())
    first = client.cookies["refresh_token"].value
    client.post(PATH)
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        client.post(PATH)
        client.post(PATH)
        assert refreshed(first).status_code == 401
    assert Session.objects.get().reason == "replay"


def test_a_replay_after_the_grace_ends_the_family() -> None:
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


def test_a_replay_ends_no_other_sign_in() -> None:
    user = make_user()
    token = signed_in(user).cookies["refresh_token"].value
    other = signed_in(user)
    refreshed(token)
    with time_machine.travel(timezone.now() + timedelta(seconds=40)):
        refreshed(token)
        assert other.post(PATH).status_code == 200


def test_rotation_does_not_outlive_the_family(settings: Any) -> None:
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
def test_unused_token_expires(path: str, remember: bool, minutes: int) -> None:
    user = make_user()
    client = APIClient()
    client.post(path, {"email": user.email, "password": PASSWORD, "remember": remember})
    refresh = path.replace("login", "refresh") if "users" in path else PATH
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes + 1)):
        assert client.post(refresh).status_code == 401
        services.flush_expired()
        assert not Session.objects.exists()


def test_session_keeps_its_life_when_refreshed_at_another_path() -> None:
    client = signed_in(make_user(), "users")
    response = client.post(PATH)
    assert 3500 < response.cookies["refresh_token"]["max-age"] <= 3600


@pytest.mark.parametrize(("ahead", "status"), [(5, 200), (600, 401)])
def test_a_clock_may_be_a_little_ahead(ahead: int, status: int) -> None:
    signed_in(make_user())
    session = Session.objects.get()
    session.rotated_at += timedelta(seconds=ahead)
    assert refreshed(str(SessionRefreshToken.of(session))).status_code == status


def test_a_token_without_a_session_is_401() -> None:
    token = SessionAccessToken()
    token["token_type"] = "refresh"
    token["user_id"] = "1"
    assert refreshed(str(token)).status_code == 401


@pytest.mark.django_db(transaction=True)
def test_twelve_parallel_refreshes_share_one_successor() -> None:
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
