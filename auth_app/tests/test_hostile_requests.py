"""Bodies and cookies that nobody sends by accident: 4xx, never 5xx."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from auth_app.models import Session
from auth_app.tests.accounts import ALICE, PASSWORD, make_user, signed_in

pytestmark = pytest.mark.django_db
POSTS = [
    "/api/register/",
    "/api/login/",
    "/api/password_reset/",
    "/api/password_confirm/MQ/c-1/",
    "/api/activate/resend/",
    "/users/register/",
    "/users/login/",
    "/users/forgot-password/",
    "/users/reset-password/",
]
BODIES = [
    b"[]",
    b'"x"',
    b"null",
    b"1",
    b"true",
    b"{",
    b"\xff\xfe",
    b'{"email": ["a"], "password": {"a": 1}, "new_password": [[]]}',
    b'{"email": 1e999, "password": NaN}',
    b'{"email": "\\ud800@example.com", "password": "\\ud800"}',
    b'{"\\ud800": 1}',
    b'{"email": "a\\u0000b@example.com", "password": "a\\u0000b", "new_password": "\\u0000"}',
    b'{"email": "a@example.com", "password": ' + b"9" * 5000 + b"}",
    b"[" * 100_000,
    b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    b'{"email": "' + b"x" * 500_000 + b'@example.com", "password": "x"}',
]


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_rejects_malformed_body(path: str, body: bytes) -> None:
    response = APIClient().generic("POST", path, body, content_type="application/json")
    assert 400 <= response.status_code < 500
    assert isinstance(response.json(), dict)


@pytest.mark.parametrize("path", POSTS)
def test_rejects_megabytes(path: str) -> None:
    response = APIClient().post(path, {"email": "x" * 3_000_000})
    assert response.status_code == 413
    assert list(response.json()) == ["detail"]


@pytest.mark.parametrize("path", ["/admin/login/", "/admin/video_app/video/add/"])
def test_rejects_big_form_of_stranger(path: str) -> None:
    response = APIClient().post(path, {"file": "x" * 3_000_000}, format="multipart")
    assert response.status_code == 413


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data; boundary=x", "x"])
def test_accepts_json_only(path: str, content_type: str) -> None:
    response = APIClient().generic("POST", path, b"{}", content_type=content_type)
    assert response.status_code == 415


COOKIES = ["", "garbage", "a.b.c", "eyJhbGciOiJub25lIn0.eyJ1c2VyX2lkIjoxfQ.", "é", "\x00"]


@pytest.mark.parametrize("cookie", COOKIES)
def test_survives_any_cookie(cookie: str) -> None:
    make_user()
    names = ["access_token", "refresh_token", "vf_access", "vf_refresh"]
    client = APIClient(HTTP_COOKIE="; ".join(f"{name}={cookie}" for name in names))
    login = {"email": ALICE, "password": PASSWORD}
    assert client.post("/api/login/", login).status_code == 200
    assert client.post("/api/logout/").status_code in (200, 400)
    assert client.post("/api/token/refresh/").status_code in (400, 401)


@pytest.mark.parametrize("accept", ["text/html", "image/png", "nonsense", ""])
def test_answers_any_accept_header(accept: str) -> None:
    response = APIClient(HTTP_ACCEPT=accept).post("/api/login/", {})
    assert response.status_code == 400
    assert response["Content-Type"] == "application/json"


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_returns_json_for_unknown_path(accept: str) -> None:
    response = APIClient(HTTP_ACCEPT=accept).get("/api/nothing/")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/json"


def test_shortens_user_agent(client: Any) -> None:
    make_user()
    agent = "Mozilla\n\x1b[31m" + "x" * 500
    login = {"email": ALICE, "password": PASSWORD}
    assert APIClient(HTTP_USER_AGENT=agent).post("/api/login/", login).status_code == 200
    assert len(Session.objects.get().user_agent) == 200


def test_forbids_caching_of_account_answers() -> None:
    client = signed_in(make_user())
    assert client.post("/api/token/refresh/")["Cache-Control"] == "no-store"
