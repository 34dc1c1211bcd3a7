"""An account's life from the three clients' own origins, sending what CONTRACT.md says."""

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, Page

from tests.browser.conftest import ANGULAR, VANILLA
from tests.browser.console import Console
from tests.browser.frontends import FrontEnd, serving
from tests.browser.product import mailed_link
from tests.stack import Stack, free_port

FIRST, SECOND = "first long secret", "second long secret"


def parts(link: str) -> tuple[str, str]:
    query = parse_qs(urlsplit(link).query)
    return query["uid"][0], query["token"][0]


def test_v_lives_its_life_from_127_0_0_1_5500(
    product: Stack, v: FrontEnd, console: Console
) -> None:
    client, origin, address = v, VANILLA, "vera@example.org"

    form = {"email": address, "password": FIRST, "confirmed_password": FIRST}
    registered = client.post("register/", form | {"privacy_policy": "on"})
    assert registered["status"] == 201
    assert registered["body"]["token"] == "activation_token"

    link = mailed_link(product, address, "Confirm your email")
    assert link.startswith(f"{origin}/pages/auth/activate.html?uid=")
    client.page.goto(link)
    uid, token = parts(link)
    assert client.get(f"activate/{uid}/{token}/")["status"] == 200

    assert client.post("login/", {"email": address, "password": FIRST})["status"] == 200
    assert not client.cookie("access_token")
    assert client.get("video/")["status"] == 200
    assert client.post("token/refresh/")["status"] == 200
    assert client.get("video/")["status"] == 200

    csrf = {"X-CSRFToken": client.cookie("csrftoken")}
    assert all(csrf.values())
    assert client.post("logout/", **csrf)["status"] == 200
    assert client.get("video/")["status"] == 401
    assert client.post("token/refresh/")["status"] == 400

    assert client.post("password_reset/", {"email": address})["status"] == 200
    link = mailed_link(product, address, "Reset your Password")
    assert link.startswith(f"{origin}/pages/auth/confirm_password.html?uid=")
    uid, token = parts(link)
    passwords = {"new_password": SECOND, "confirm_password": SECOND}
    assert client.post(f"password_confirm/{uid}/{token}/", passwords)["status"] == 200
    assert client.post("login/", {"email": address, "password": FIRST})["status"] == 401
    assert client.post("login/", {"email": address, "password": SECOND})["status"] == 200
    assert client.redirects == []
    console.forgive("status of 40[01]")


def test_p_lives_its_life_from_localhost_4200(
    product: Stack, p: FrontEnd, console: Console
) -> None:
    client, origin, address = p, ANGULAR, "paula@example.org"

    form = {"email": address, "password": FIRST, "confirm_password": FIRST}
    assert client.post("/auth/register", form)["status"] == 201
    link = mailed_link(product, address, "Confirm your email")
    assert link.startswith(f"{origin}/activate?uid=")
    uid, token = parts(link)
    assert client.get(f"/activate/{uid}/?token={token}")["status"] == 200

    assert client.post("/login", {"email": address, "password": FIRST})["status"] == 200
    assert client.post("/token/refresh", {})["status"] == 200
    assert client.get("/videos")["status"] == 200
    assert client.post("/logout", {})["status"] == 200
    assert client.get("/videos")["status"] == 401

    assert client.post("/passwort_reset", {"email": address})["status"] == 200
    link = mailed_link(product, address, "Reset your Password")
    assert link.startswith(f"{origin}/confirm-password?uid=")
    uid, token = parts(link)
    weak = client.post(f"/passwort_confirm/{uid}/{token}", {"new_password": "password"})
    assert weak["status"] == 400
    assert weak["body"]["password"]
    passwords = {"new_password": SECOND, "confirm_password": SECOND}
    assert client.post(f"/passwort_confirm/{uid}/{token}", passwords)["status"] == 200
    assert client.post("/login", {"email": address, "password": SECOND})["status"] == 200
    assert client.redirects == []
    console.forgive("status of 40[01]")


def test_a_lives_its_life_from_localhost_4200(
    product: Stack, a: FrontEnd, console: Console
) -> None:
    client, origin, address = a, ANGULAR, "anna@example.org"

    assert not client.get(f"/users/email-exists/?email={address}")["body"]["exists"]
    form = {"email": address, "password": FIRST, "phone": "123", "address": "Street 1"}
    assert client.post("/users/register/", form)["body"] == {"email": address}
    link = mailed_link(product, address, "Confirm your email")
    assert link.startswith(f"{a.api}/users/confirm/?uid=")
    a.page.goto(link)
    assert a.page.url == f"{origin}/login"
    assert len(a.redirects) == 1
    a.redirects.clear()

    signed_in = client.post(
        "/users/login/", {"email": address, "password": FIRST, "remember": True}
    )
    assert signed_in["body"]["phone"] == "123"
    assert signed_in["body"]["favorite_videos"] == []
    for _ in range(3):  # page loads in a row, each with two refreshes at once
        assert client.at_once(2, "/users/refresh/", {}) == [200, 200]
    assert client.get("/content/")["status"] == 200
    assert client.post("/users/logout/", {})["body"].keys() == {"message"}
    assert client.get("/content/")["status"] == 401

    assert client.post("/users/forgot-password/", {"email": address})["status"] == 200
    link = mailed_link(product, address, "Reset your Password")
    assert link.startswith(f"{origin}/reset-password?uid=")
    uid, token = parts(link)
    reset = {"uid": uid, "token": token, "new_password": SECOND}
    assert client.post("/users/reset-password/", reset)["status"] == 200
    assert client.post("/users/login/", {"email": address, "password": FIRST})["status"] == 400
    assert client.post("/users/login/", {"email": address, "password": SECOND})["status"] == 200
    assert client.redirects == []
    console.forgive("status of 40[01]")


def test_a_reset_in_a_third_browser_ends_two_sessions(
    product: Stack, p: FrontEnd, chromium: Browser, console: Console
) -> None:
    address = "rita@example.org"
    browsers = [chromium.new_context() for _ in range(2)]
    clients = [FrontEnd(browser.new_page(), p.origin, p.api) for browser in browsers]
    p.post("/register/", {"email": address, "password": FIRST})
    uid, token = parts(mailed_link(product, address, "Confirm your email"))
    p.get(f"/activate/{uid}/{token}/")
    for client in clients:
        assert client.post("/login/", {"email": address, "password": FIRST})["status"] == 200
        assert client.get("/video/")["status"] == 200

    p.post("/password_reset/", {"email": address})
    uid, token = parts(mailed_link(product, address, "Reset your Password"))
    p.post(f"/password_confirm/{uid}/{token}/", {"new_password": SECOND})

    for client in clients:
        assert client.get("/video/")["status"] == 401
        assert client.post("/token/refresh/")["status"] == 401
    for browser in browsers:
        browser.close()


def test_a_page_of_a_foreign_origin_gets_nowhere(
    product: Stack, page: Page, console: Console
) -> None:
    with serving(port := free_port()):
        page.goto(f"http://127.0.0.1:{port}/")
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
            f"{product.url}/api/login/",
        )
    assert sent == "blocked"
    assert page.context.cookies(product.url) == []
    console.forgive("CORS|Failed to load|403")
