"""Hostile hours of an account, against the real web and worker processes."""

import http.client
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from core.mailbox import mails
from tests.browser.product import wait_for
from tests.stack import Stack, running_stack

OLD, NEW = "the old long secret", "the new long secret"
MALLORYS, ALICES = "password of mallory", "password of alice"


@dataclass
class Browser:
    """Requests with cookies."""

    stack: Stack
    cookies: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.stack.port, timeout=60)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers |= {"Content-Type": "application/json", "Cookie": cookie}
        connection.request(method, path, json.dumps(body), headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status

    def sign_in(self, email: str, password: str) -> int:
        return self.call("POST", "/api/login/", {"email": email, "password": password})

    def is_signed_in(self) -> bool:
        return self.call("GET", "/api/video/") == 200


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    limits = {"THROTTLE_ACCOUNT": "1000/min", "THROTTLE_LOGIN": "1000/min", "MAILS_PER_HOUR": "50"}
    with running_stack(tmp_path_factory.mktemp("accounts"), **limits) as stack:
        yield stack


def links(site: Stack, email: str, subject: str) -> list[str]:
    """The links in the mails of that subject, the oldest first."""
    found = [
        re.findall(r"https?://\S+", mail.text)[0]
        for mail in mails(site.directory / "mail")
        if (mail.message["To"], mail.message["Subject"]) == (email, subject)
    ]
    return found[::-1]


def link(site: Stack, email: str, subject: str, number: int = 0) -> tuple[str, str]:
    """`uid` and `token` of the link that was mailed as that number."""

    def find() -> str:
        return (links(site, email, subject)[number:] or [""])[0]

    query = parse_qs(urlsplit(wait_for(find, f"mail {number} to {email}")).query)
    return query["uid"][0], query["token"][0]


def sign_up(site: Stack, email: str, password: str) -> int:
    return Browser(site).call("POST", "/api/register/", {"email": email, "password": password})


def activate(site: Stack, email: str, number: int = 0) -> int:
    uid, token = link(site, email, "Confirm your email", number)
    return Browser(site).call("GET", f"/api/activate/{uid}/{token}/")


def ask_for_reset(site: Stack, email: str, number: int = 0) -> str:
    """The path that the mailed link leads to."""
    assert Browser(site).call("POST", "/api/password_reset/", {"email": email}) == 200
    uid, token = link(site, email, "Reset your Password", number)
    return f"/api/password_confirm/{uid}/{token}/"


def member(site: Stack, email: str, password: str = OLD) -> Browser:
    assert sign_up(site, email, password) == 201
    assert activate(site, email) == 200
    browser = Browser(site)
    assert browser.sign_in(email, password) == 200
    return browser


def test_no_session_of_the_old_password_survives_a_reset(site: Stack) -> None:
    email, old, new = "race@example.org", OLD, NEW
    member(site, email)
    for number in range(3):
        path = ask_for_reset(site, email, number)
        browsers = [Browser(site) for _ in range(8)]
        with ThreadPoolExecutor(9) as pool:
            for browser in browsers:
                pool.submit(browser.sign_in, email, old)
            reset = pool.submit(Browser(site).call, "POST", path, {"new_password": new})
        assert reset.result() == 200
        assert [browser.is_signed_in() for browser in browsers] == [False] * 8
        old, new = new, old


def test_owner_of_the_mailbox_wins_over_who_signed_up_first(site: Stack) -> None:
    email = "owner@example.org"
    assert sign_up(site, email, MALLORYS) == 201
    link(site, email, "Confirm your email")
    assert sign_up(site, email, ALICES) == 201
    assert activate(site, email, 1) == 200

    assert Browser(site).sign_in(email, ALICES) == 200
    assert Browser(site).sign_in(email, MALLORYS) == 401
    assert activate(site, email, 0) == 400
    assert sign_up(site, email, MALLORYS) == 400


def test_reset_gives_a_hijacked_address_to_its_owner(site: Stack) -> None:
    email = "reset@example.org"
    assert sign_up(site, email, MALLORYS) == 201
    path = ask_for_reset(site, email)
    assert Browser(site).call("POST", path, {"new_password": ALICES}) == 200

    assert Browser(site).sign_in(email, ALICES) == 200
    assert Browser(site).sign_in(email, MALLORYS) == 401
    assert activate(site, email) == 400


def test_sign_out_with_the_access_cookie_alone_ends_the_session(site: Stack) -> None:
    browser = member(site, "out@example.org")
    lone = Browser(site, {"access_token": browser.cookies["access_token"]})

    assert lone.call("POST", "/api/logout/") == 400
    assert not browser.is_signed_in()
    assert browser.call("POST", "/api/token/refresh/") == 401


def test_sign_out_is_never_throttled(site: Stack) -> None:
    assert {Browser(site).call("POST", "/api/logout/") for _ in range(320)} == {400}
    browser = member(site, "often@example.org")
    assert browser.call("POST", "/api/logout/") == 200


def test_family_survives_many_rotations_within_the_grace(site: Stack) -> None:
    browser = member(site, "rotate@example.org")
    first = browser.cookies["refresh_token"]
    for _ in range(30):
        assert browser.call("POST", "/api/token/refresh/") == 200

    assert Browser(site, {"refresh_token": first}).call("POST", "/api/token/refresh/") == 200
    assert browser.is_signed_in()


def test_tunnel_to_this_machine_shows_no_mails(site: Stack) -> None:
    """A tunnel connects from 127.0.0.1 and adds no header: exactly what this request is."""
    assert Browser(site).call("GET", "/dev/mail/") == 404
    url = urlsplit(site.manage("mailbox_url").strip())
    reader = Browser(site)

    assert reader.call("GET", f"{url.path}?{url.query}") == 302
    assert reader.call("GET", "/dev/mail/") == 200
