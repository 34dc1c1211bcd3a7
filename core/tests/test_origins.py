"""Unsafe requests are accepted from trusted origins only, anonymous or not."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from auth_app.models import Session, User

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
LISTED = "http://localhost:4200"
EVIL = "https://evil.example"

REFUSED = [
    {"HTTP_ORIGIN": EVIL, "HTTP_SEC_FETCH_SITE": "cross-site"},
    {"HTTP_ORIGIN": EVIL},
    {"HTTP_SEC_FETCH_SITE": "cross-site"},
    {"HTTP_SEC_FETCH_SITE": "same-site"},
    {"HTTP_SEC_FETCH_SITE": "nonsense"},
    {"HTTP_ORIGIN": "null"},
    {"HTTP_ORIGIN": ""},
    {"HTTP_ORIGIN": f"{LISTED}.evil.example"},
    {"HTTP_ORIGIN": LISTED.upper()},
    {"HTTP_ORIGIN": "http://localhost:4201"},
    {"HTTP_ORIGIN": "https://testserver"},
    {"HTTP_ORIGIN": EVIL, "HTTP_REFERER": f"{LISTED}/"},
]
ACCEPTED = [
    {"HTTP_ORIGIN": LISTED, "HTTP_SEC_FETCH_SITE": "same-site"},
    {"HTTP_ORIGIN": LISTED, "HTTP_SEC_FETCH_SITE": "cross-site"},
    {"HTTP_ORIGIN": LISTED},
    {"HTTP_ORIGIN": "http://testserver", "HTTP_SEC_FETCH_SITE": "same-origin"},
    {"HTTP_ORIGIN": "http://testserver"},
    {"HTTP_SEC_FETCH_SITE": "same-origin"},
    {"HTTP_SEC_FETCH_SITE": "none"},
    {},
]


def sign_in(client: APIClient, **headers: str) -> Any:
    User.objects.create_user("alice@example.com", PASSWORD)
    body = {"email": "alice@example.com", "password": PASSWORD}
    return client.post("/api/login/", body, **headers)


@pytest.mark.parametrize("headers", REFUSED)
def test_refuses_sign_in_from_foreign_origin(headers: dict[str, str]) -> None:
    response = sign_in(APIClient(), **headers)
    assert response.status_code == 403
    assert list(response.json()) == ["detail"]
    assert not response.cookies


@pytest.mark.parametrize("headers", ACCEPTED)
def test_accepts_sign_in_from_trusted_origin(headers: dict[str, str]) -> None:
    assert sign_in(APIClient(), **headers).status_code == 200


@pytest.mark.parametrize("path", ["/api/logout/", "/api/token/refresh/", "/users/logout"])
def test_refuses_changes_from_foreign_origin(path: str) -> None:
    client = APIClient()
    sign_in(client)
    before = Session.objects.values().get()
    response = client.post(path, HTTP_ORIGIN=EVIL)
    assert response.status_code == 403
    assert not response.cookies
    assert Session.objects.values().get() == before
    assert client.post("/api/token/refresh/").status_code == 200


def test_logs_refusal_with_address(caplog: pytest.LogCaptureFixture) -> None:
    sign_in(APIClient(), HTTP_ORIGIN=EVIL)
    [record] = [record for record in caplog.records if record.message == "origin_refused"]
    assert (record.origin, record.path, record.ip) == (EVIL, "/api/login/", "127.0.0.1")


def test_sends_no_cors_headers_with_refusal() -> None:
    response = sign_in(APIClient(), HTTP_ORIGIN=EVIL)
    assert "Access-Control-Allow-Origin" not in response


@pytest.mark.parametrize("path", ["/api/login/", "/api/nothing/"])
def test_lets_listed_origin_read_errors(path: str) -> None:
    response = APIClient().post(path, {}, HTTP_ORIGIN=LISTED)
    assert response.status_code >= 400
    assert response["Access-Control-Allow-Origin"] == LISTED
    assert response["Access-Control-Allow-Credentials"] == "true"
    assert "origin" in response["Vary"].lower()


def preflight(origin: str) -> Any:
    return APIClient().options(
        "/api/login/",
        HTTP_ORIGIN=origin,
        HTTP_ACCESS_CONTROL_REQUEST_METHOD="POST",
        HTTP_ACCESS_CONTROL_REQUEST_HEADERS="content-type,x-csrftoken,x-retry",
    )


@pytest.mark.parametrize("host", ["127.0.0.1:5500", "localhost:5500", "localhost:4200"])
def test_accepts_preflight_of_clients(host: str) -> None:
    response = preflight(f"http://{host}")
    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == f"http://{host}"
    allowed = response["Access-Control-Allow-Headers"]
    assert all(name in allowed for name in ("content-type", "x-csrftoken", "x-retry"))


@pytest.mark.parametrize("origin", [EVIL, "null", f"{LISTED}.evil.example"])
def test_refuses_preflight_of_others(origin: str) -> None:
    assert "Access-Control-Allow-Origin" not in preflight(origin)


def test_names_the_setting_to_foreign_pages() -> None:
    answer = APIClient().post("/api/login/", {}, headers={"Origin": "http://elsewhere.example"})

    assert answer.status_code == 403
    assert "http://elsewhere.example" in answer.json()["detail"]
    assert "CORS_ALLOWED_ORIGINS" in answer.json()["detail"]
