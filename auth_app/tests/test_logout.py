"""`POST /api/logout/`, `/api/auth/logout/`, `/users/logout/`."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from auth_app.models import Session
from auth_app.tests.accounts import make_user, opens_the_api, signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/api/logout/", "/api/logout", "/api/auth/logout/"])
def test_it_ends_the_session_and_clears_all_cookies(path: str) -> None:
    client = signed_in(make_user())
    response = client.post(path)
    assert response.status_code == 200
    assert list(response.json()) == ["detail"]
    assert Session.objects.get().reason == "signed out"
    for name in ("access_token", "refresh_token", "vf_access", "vf_refresh"):
        assert response.cookies[name]["max-age"] == 0
        assert response.cookies[name]["path"] == "/"


def test_users_answers_with_a_message() -> None:
    response = signed_in(make_user(), "users").post("/users/logout/")
    assert response.status_code == 200
    assert list(response.json()) == ["message"]


def test_the_refresh_token_is_dead_afterwards() -> None:
    client = signed_in(make_user())
    token = client.cookies["refresh_token"].value
    client.post("/api/logout/")
    client.cookies["refresh_token"] = token
    assert client.post("/api/token/refresh/").status_code == 401


def test_the_access_token_is_dead_afterwards() -> None:
    client = signed_in(make_user())
    token = client.cookies["access_token"].value
    assert opens_the_api(token)
    client.post("/api/logout/")
    assert not opens_the_api(token)


def test_it_needs_no_access_token() -> None:
    client = signed_in(make_user())
    del client.cookies["access_token"]
    assert client.post("/api/logout/").status_code == 200


@pytest.mark.parametrize("path", ["/api/logout/", "/users/logout/"])
def test_without_a_refresh_cookie_it_is_400_and_clears_cookies(path: str) -> None:
    response = APIClient().post(path)
    assert response.status_code == 400
    assert list(response.json()) == ["detail"]
    assert response.cookies["access_token"]["max-age"] == 0


def test_a_throttled_sign_out_clears_cookies_too(settings: Any) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"refresh": "1/min"}
    APIClient().post("/api/logout/")
    response = signed_in(make_user()).post("/api/logout/")
    assert response.status_code == 429
    assert response.cookies["refresh_token"]["max-age"] == 0


def test_a_visit_of_the_path_signs_nobody_out() -> None:
    response = signed_in(make_user()).get("/api/logout/")
    assert response.status_code == 405
    assert not response.cookies


def test_a_garbage_cookie_is_cleared() -> None:
    client = APIClient()
    client.cookies["refresh_token"] = "garbage"
    response = client.post("/api/logout/")
    assert response.status_code == 200
    assert response.cookies["refresh_token"]["max-age"] == 0


def test_other_sign_ins_go_on() -> None:
    user = make_user()
    other = signed_in(user)
    signed_in(user).post("/api/logout/")
    assert other.post("/api/token/refresh/").status_code == 200
