"""No Content-Type breaks a request before the middleware sees it.

Through the WSGI application: the test client makes its requests by itself.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
from django.core.signals import request_started
from django.db import close_old_connections
from django.http import parse_cookie
from django.test import RequestFactory

from auth_app.models import User
from core.wsgi import application
from tests.people import access_token, make_user

pytestmark = pytest.mark.django_db
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=x"
LISTED = "http://localhost:4200"
CHARSETS = [
    "hex",
    "base64",
    "rot13",
    "zlib",
    "undefined",
    "punycode",
    "idna",
    "utf-16",
    "nope",
    "\0",
]
UNREADABLE = ["a*=nope''x", "a*=idna''%41"]
TOO_MANY = "&".join(f"a{n}=1" for n in range(1001))


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """A request would close the one that holds the test's transaction."""
    request_started.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)


def send(method: str, path: str, body: bytes, content_type: str, **headers: str) -> Answer:
    environ = RequestFactory().generic(method, path, body).environ
    environ |= {"CONTENT_TYPE": content_type} | headers
    told: list[Any] = []
    sent = b"".join(
        application(environ, lambda *status_and_headers: told.extend(status_and_headers))
    )
    return Answer(int(told[0].split()[0]), {name.lower(): value for name, value in told[1]}, sent)


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize(
    ("content_type", "status"), [("text/plain", 415), (FORM, 415), (PARTS, 415), (JSON, 400)]
)
def test_ignores_charset(content_type: str, charset: str, status: int) -> None:
    answer = send("POST", "/api/login/?x=%41", b"{}", f"{content_type}; charset={charset}")
    assert answer.status == status
    assert answer.headers["content-type"] == JSON


@pytest.mark.parametrize("parameter", UNREADABLE)
def test_ignores_unreadable_content_type(parameter: str) -> None:
    answer = send("POST", "/api/login/", b"{}", f"{JSON}; {parameter}", HTTP_ORIGIN=LISTED)
    assert answer.status == 415
    assert answer.headers["access-control-allow-origin"] == LISTED
    assert answer.headers["x-request-id"]


@pytest.mark.parametrize("content_type", [f"{JSON}; charset=hex", f"{JSON}; {UNREADABLE[0]}"])
@pytest.mark.parametrize("path", ["/?x=1", "/api/video/?x=1", "/api/video/1/480p/000.ts?b=1"])
def test_reads_despite_content_type(path: str, content_type: str) -> None:
    assert send("GET", path, b"", content_type).status in (200, 401)


def test_returns_400_for_too_many_query_fields() -> None:
    path = f"/users/email-exists/?{TOO_MANY}"
    assert send("GET", path, b"", f"{JSON}; charset=utf-8").status == 400


def test_reads_query_as_utf8() -> None:
    environ = RequestFactory().get("/?name=zo%C3%AB").environ
    request = application.request_class(environ | {"CONTENT_TYPE": f"{FORM}; charset=latin-1"})
    assert request.GET["name"] == "zoë"


@pytest.mark.parametrize("charset", CHARSETS)
def test_reads_form_as_utf8(charset: str) -> None:
    user = User.objects.create_superuser("zoe@example.com", "correct horse bättery")
    cookie = send("GET", "/admin/login/", b"", "").headers["set-cookie"]
    token = parse_cookie(cookie)["csrftoken"]
    form = {"username": user.email, "password": "correct horse bättery"}
    body = urlencode(form | {"csrfmiddlewaretoken": token}).encode()
    answer = send(
        "POST",
        "/admin/login/",
        body,
        f"{FORM}; charset={charset}",
        HTTP_COOKIE=f"csrftoken={token}",
    )
    assert answer.status == 302


@pytest.mark.parametrize("charset", CHARSETS)
def test_reads_upload_as_utf8(charset: str) -> None:
    token = access_token(make_user("staff", is_staff=True, is_superuser=True))
    body = b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nAm\xc3\xa9lie\r\n--x--\r\n'
    answer = send(
        "POST",
        "/api/video/upload/",
        body,
        f"{PARTS}; charset={charset}",
        HTTP_AUTHORIZATION=f"Bearer {token}",
    )
    assert answer.status == 400
    assert b'"title"' not in answer.body
    assert b'"video_file"' in answer.body
