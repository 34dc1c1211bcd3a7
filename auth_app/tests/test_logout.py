"""`POST /api/logout/`, `/api/auth/logout/`, `/users/logout/`."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from auth_app import sessions
from auth_app.models import Session, User
from auth_app.tests.accounts import make_user, opens_the_api, signed_in
from auth_app.tokens import SessionRefreshToken

pytestmark = [pytest.mark.django_db, pytest.mark.contract]


def refresh_token_of(user: User) -> str:
    session = sessions.begin(user, "api", sessions.Client())
    return str(SessionRefreshToken.of(session))


@pytest.mark.parametrize("path", ["/api/logout/", "/api/logout", "/api/auth/logout/"])
def test_ends_session_and_clears_cookies(path: str) -> None:
    client = signed_in(make_user())
    response = client.post(path)
    assert response.status_code == 200
    assert list(response.json()) == ["detail"]
    assert Session.objects.get().reason == "signed out"
    for name in ("access_token", "refresh_token", "vf_access", "vf_refresh"):
        assert response.cookies[name]["max-age"] == 0
        assert response.cookies[name]["path"] == "/"


def test_returns_message_at_users() -> None:
    response = signed_in(make_user(), "users").post("/users/logout/")
    assert response.status_code == 200
    assert list(response.json()) == ["message"]


def test_rejects_refresh_token_afterwards() -> None:
    client = signed_in(make_user())
    token = client.cookies["refresh_token"].value
    client.post("/api/logout/")
    client.cookies["refresh_token"] = token
    assert client.post("/api/token/refresh/").status_code == 401


def test_rejects_access_token_afterwards() -> None:
    client = signed_in(make_user())
    token = client.cookies["access_token"].value
    assert opens_the_api(token)
    client.post("/api/logout/")
    assert not opens_the_api(token)


def test_needs_no_access_token() -> None:
    client = signed_in(make_user())
    del client.cookies["access_token"]
    assert client.post("/api/logout/").status_code == 200


@pytest.mark.parametrize("path", ["/api/logout/", "/users/logout/"])
def test_clears_cookies_without_refresh_cookie(path: str) -> None:
    response = APIClient().post(path)
    assert response.status_code == 400
    assert list(response.json()) == ["detail"]
    assert response.cookies["access_token"]["max-age"] == 0


@pytest.mark.parametrize("path", ["/api/logout/", "/users/logout/"])
def test_throttles_no_sign_out(settings: Any, path: str) -> None:
    settings.THROTTLE_RATES = dict.fromkeys(settings.THROTTLE_RATES, "1/h")
    statuses = [APIClient().post(path).status_code for _ in range(5)]
    client = APIClient()
    client.cookies["refresh_token"] = refresh_token_of(make_user())
    assert statuses == [400] * 5
    assert client.post(path).status_code == 200
    assert Session.objects.get().reason == "signed out"


@pytest.mark.parametrize("path", ["/api/logout/", "/users/logout/"])
@pytest.mark.parametrize("cookie", ["access_token", "vf_access"])
def test_ends_session_of_lone_access_cookie(path: str, cookie: str) -> None:
    token = signed_in(make_user()).cookies["access_token"].value
    client = APIClient()
    client.cookies[cookie] = token
    response = client.post(path)
    assert response.status_code == 400
    assert list(response.json()) == ["detail"]
    assert response.cookies[cookie]["max-age"] == 0
    assert not opens_the_api(token)


def test_ends_session_of_bearer_token() -> None:
    token = signed_in(make_user()).cookies["access_token"].value
    response = APIClient().post("/api/logout/", HTTP_AUTHORIZATION=f"Bearer {token}")
    assert response.status_code == 400
    assert not opens_the_api(token)


def test_ends_both_sessions_of_cookies_that_disagree() -> None:
    user = make_user()
    client, other = signed_in(user), signed_in(user)
    client.cookies["access_token"] = other.cookies["access_token"].value
    assert client.post("/api/logout/").status_code == 200
    assert not Session.objects.filter(revoked_at=None).exists()


def test_ends_session_of_access_cookie_beside_garbage_refresh_cookie() -> None:
    client = signed_in(make_user())
    client.cookies["refresh_token"] = "garbage"
    client.post("/api/logout/")
    assert Session.objects.get().reason == "signed out"


def test_ends_no_session_for_foreign_page() -> None:
    client = signed_in(make_user())
    response = client.post("/api/logout/", HTTP_ORIGIN="https://evil.example")
    assert response.status_code == 403
    assert Session.objects.get().revoked_at is None


def test_signs_nobody_out_by_get() -> None:
    response = signed_in(make_user()).get("/api/logout/")
    assert response.status_code == 405
    assert not response.cookies


def test_clears_garbage_cookie() -> None:
    client = APIClient()
    client.cookies["refresh_token"] = "garbage"
    response = client.post("/api/logout/")
    assert response.status_code == 200
    assert response.cookies["refresh_token"]["max-age"] == 0


def test_keeps_other_sessions() -> None:
    user = make_user()
    other = signed_in(user)
    signed_in(user).post("/api/logout/")
    assert other.post("/api/token/refresh/").status_code == 200
