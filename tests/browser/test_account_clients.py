"""An account's life from the three clients' own origins, sending what CONTRACT.md says."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import require_port
from tests.browser.console import Console
from tests.browser.front_end import FrontEnd, serving_empty_pages
from tests.browser.product import mailed_link
from tests.stack import Stack, free_port, running_stack

FIRST, SECOND = "first long secret", "second long secret"
ANGULAR_PAGES = {
    "FRONTEND_ACTIVATE_PATH": "/activate",
    "FRONTEND_RESET_PATH": "/confirm-password",
    "FRONTEND_LOGIN_PATH": "/login",
}


def serve(directory: Path, host: str, port: int, **env: str) -> Iterator[Stack]:
    """A front end's origin, and the product that knows of it, on the same host name."""
    require_port(port)
    own = free_port()
    env |= {"FRONTEND_URL": f"http://{host}:{port}", "BACKEND_URL": f"http://{host}:{own}"}
    with serving_empty_pages("127.0.0.1", port), running_stack(directory, port=own, **env) as stack:
        stack.url = env["BACKEND_URL"]
        yield stack


@pytest.fixture(scope="module")
def for_vanilla(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    yield from serve(tmp_path_factory.mktemp("vanilla"), "127.0.0.1", 5500)


@pytest.fixture(scope="module")
def for_angular(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    yield from serve(tmp_path_factory.mktemp("angular"), "localhost", 4200, **ANGULAR_PAGES)


def parts(link: str) -> tuple[str, str]:
    query = parse_qs(urlsplit(link).query)
    return query["uid"][0], query["token"][0]


def test_v_lives_its_life_from_127_0_0_1_5500(
    for_vanilla: Stack, page: Page, console: Console
) -> None:
    origin, address = "http://127.0.0.1:5500", "vera@example.org"
    client = FrontEnd(page, origin, f"{for_vanilla.url}/api/")

    form = {"email": address, "password": FIRST, "confirmed_password": FIRST}
    registered = client.post("register/", form | {"privacy_policy": "on"})
    assert registered["status"] == 201
    assert registered["body"]["token"] == "activation_token"

    link = mailed_link(for_vanilla, address, "Confirm your email")
    assert link.startswith(f"{origin}/pages/auth/activate.html?uid=")
    page.goto(link)
    uid, token = parts(link)
    assert client.get(f"activate/{uid}/{token}/")["status"] == 200

    assert client.post("login/", {"email": address, "password": FIRST})["status"] == 200
    assert "access_token" not in client.readable_cookies()
    assert client.get("video/")["status"] == 200
    assert client.post("token/refresh/")["status"] == 200
    assert client.get("video/")["status"] == 200

    csrf = client.readable_cookies().split("csrftoken=")[1].split(";")[0]
    assert client.post("logout/", **{"X-CSRFToken": csrf})["status"] == 200
    assert client.get("video/")["status"] == 401
    assert client.post("token/refresh/")["status"] == 400

    assert client.post("password_reset/", {"email": address})["status"] == 200
    link = mailed_link(for_vanilla, address, "Reset your Password")
    assert link.startswith(f"{origin}/pages/auth/confirm_password.html?uid=")
    uid, token = parts(link)
    passwords = {"new_password": SECOND, "confirm_password": SECOND}
    assert client.post(f"password_confirm/{uid}/{token}/", passwords)["status"] == 200
    assert client.post("login/", {"email": address, "password": FIRST})["status"] == 401
    assert client.post("login/", {"email": address, "password": SECOND})["status"] == 200
    console.forgive("status of 40[01]")


def test_p_lives_its_life_from_localhost_4200(
    for_angular: Stack, page: Page, console: Console
) -> None:
    origin, address = "http://localhost:4200", "paula@example.org"
    client = FrontEnd(page, origin, f"{for_angular.url}/api")

    form = {"email": address, "password": FIRST, "confirm_password": FIRST}
    assert client.post("/auth/register", form)["status"] == 201
    link = mailed_link(for_angular, address, "Confirm your email")
    assert link.startswith(f"{origin}/activate?uid=")
    uid, token = parts(link)
    assert client.get(f"/activate/{uid}/?token={token}")["status"] == 200

    assert client.post("/login", {"email": address, "password": FIRST})["status"] == 200
    assert client.post("/token/refresh", {})["status"] == 200
    assert client.get("/videos")["status"] == 200
    assert client.post("/logout", {})["status"] == 200
    assert client.get("/videos")["status"] == 401

    assert client.post("/passwort_reset", {"email": address})["status"] == 200
    link = mailed_link(for_angular, address, "Reset your Password")
    assert link.startswith(f"{origin}/confirm-password?uid=")
    uid, token = parts(link)
    weak = client.post(f"/passwort_confirm/{uid}/{token}", {"new_password": "password"})
    assert weak["status"] == 400
    assert weak["body"]["password"]
    passwords = {"new_password": SECOND, "confirm_password": SECOND}
    assert client.post(f"/passwort_confirm/{uid}/{token}", passwords)["status"] == 200
    assert client.post("/login", {"email": address, "password": SECOND})["status"] == 200
    console.forgive("status of 40[01]")


def test_a_lives_its_life_from_localhost_4200(
    for_angular: Stack, page: Page, console: Console
) -> None:
    origin, address = "http://localhost:4200", "anna@example.org"
    client = FrontEnd(page, origin, for_angular.url)

    assert not client.get(f"/users/email-exists/?email={address}")["body"]["exists"]
    form = {"email": address, "password": FIRST, "phone": "123", "address": "Street 1"}
    assert client.post("/users/register/", form)["body"] == {"email": address}
    link = mailed_link(for_angular, address, "Confirm your email")
    assert link.startswith(f"{for_angular.url}/users/confirm/?uid=")
    page.goto(link)
    assert page.url == f"{origin}/login"

    signed_in = client.post(
        "/users/login/", {"email": address, "password": FIRST, "remember": True}
    )
    assert signed_in["body"]["phone"] == "123"
    assert signed_in["body"]["favorite_videos"] == []
    for _ in range(3):  # page loads in a row, each with two refreshes at once
        assert client.post_twice_at_once("/users/refresh/") == [200, 200]
    assert client.get("/content/")["status"] == 200
    assert client.post("/users/logout/", {})["body"].keys() == {"message"}
    assert client.get("/content/")["status"] == 401

    assert client.post("/users/forgot-password/", {"email": address})["status"] == 200
    link = mailed_link(for_angular, address, "Reset your Password")
    assert link.startswith(f"{origin}/reset-password?uid=")
    uid, token = parts(link)
    reset = {"uid": uid, "token": token, "new_password": SECOND}
    assert client.post("/users/reset-password/", reset)["status"] == 200
    assert client.post("/users/login/", {"email": address, "password": FIRST})["status"] == 400
    assert client.post("/users/login/", {"email": address, "password": SECOND})["status"] == 200
    console.forgive("status of 40[01]")


def test_a_reset_in_a_third_browser_ends_two_sessions(
    for_angular: Stack, page: Page, console: Console
) -> None:
    base, address = f"{for_angular.url}/api", "rita@example.org"
    browsers = [page.context.browser.new_context() for _ in range(2)]
    clients = [FrontEnd(b.new_page(), "http://localhost:4200", base) for b in browsers]
    third = FrontEnd(page, "http://localhost:4200", base)
    third.post("/register/", {"email": address, "password": FIRST})
    uid, token = parts(mailed_link(for_angular, address, "Confirm your email"))
    third.get(f"/activate/{uid}/{token}/")
    for client in clients:
        assert client.post("/login/", {"email": address, "password": FIRST})["status"] == 200
        assert client.get("/video/")["status"] == 200

    third.post("/password_reset/", {"email": address})
    uid, token = parts(mailed_link(for_angular, address, "Reset your Password"))
    third.post(f"/password_confirm/{uid}/{token}/", {"new_password": SECOND})

    for client in clients:
        assert client.get("/video/")["status"] == 401
        assert client.post("/token/refresh/")["status"] == 401
    for browser in browsers:
        browser.close()


def test_a_page_of_a_foreign_origin_gets_nowhere(
    for_vanilla: Stack, page: Page, console: Console
) -> None:
    with serving_empty_pages("127.0.0.1", port := free_port()):
        client = FrontEnd(page, f"http://127.0.0.1:{port}", f"{for_vanilla.url}/api")
        sent = page.evaluate(
            """async url => {
              const body = JSON.stringify({email: "vera@example.org", password: "x"});
              try { await fetch(url, {method: "POST", mode: "no-cors", body}); } catch {}
              try {
                await fetch(url, {method: "POST", body, credentials: "include",
                                  headers: {"Content-Type": "application/json"}});
                return "readable";
              } catch { return "blocked"; }
            }""",
            f"{client.base}/login/",
        )
    assert sent == "blocked"
    assert page.context.cookies(for_vanilla.url) == []
    console.forgive("CORS|Failed to load|403")
