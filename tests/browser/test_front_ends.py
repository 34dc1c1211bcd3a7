"""The three front ends of CONTRACT.md, from their own origins: accounts and playing."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Response

from tests.browser.conftest import PORT, is_free
from tests.browser.console import Console
from tests.browser.frontends import FrontEnd, serving
from tests.browser.product import mailed_link
from tests.stack import ADMIN_EMAIL, ADMIN_PASSWORD, Stack

ACTIVATION, RESET = "Confirm your email", "Reset your Password"
FIRST, SECOND = "first long secret", "second long secret"
VANILLA, ANGULAR = "http://127.0.0.1:5500", "http://localhost:4200"
ADMIN = {"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD}


@pytest.fixture(scope="module", autouse=True)
def origins(product: Stack) -> Iterator[None]:
    """After `product`, whose lock is for these ports too."""
    taken = [port for port in (5500, 4200) if not is_free(port)]
    taken += [PORT] if product.port != PORT else []
    if taken:
        pytest.skip(f"the front ends cannot be sent to other ports, and these are taken: {taken}")
    with serving(5500), serving(4200):
        yield


def configure(product: Stack, **env: str) -> None:
    """Restart the product with other settings, as its operator would."""
    if env.items() <= product.env.items():
        return
    product.env |= env
    for name in ("web", "worker"):
        product.stop(name)
    product.start_web()
    product.start_worker()


@pytest.fixture
def v(product: Stack, page: Page) -> FrontEnd:
    """The course's vanilla app."""
    configure(product, FRONTEND_URL=VANILLA, BACKEND_URL=f"http://127.0.0.1:{PORT}")
    return FrontEnd(page, VANILLA, f"http://127.0.0.1:{PORT}/api/")


@pytest.fixture
def p(product: Stack, page: Page) -> FrontEnd:
    """The Angular app that speaks `/api`."""
    configure(
        product,
        FRONTEND_URL=ANGULAR,
        BACKEND_URL=f"http://localhost:{PORT}",
        FRONTEND_ACTIVATE_PATH="/activate",
        FRONTEND_RESET_PATH="/confirm-password",
    )
    return FrontEnd(page, ANGULAR, f"http://localhost:{PORT}/api")


@pytest.fixture
def a(product: Stack, page: Page) -> FrontEnd:
    """The Angular 18 app that speaks `/users` and `/content`."""
    configure(product, FRONTEND_URL=ANGULAR, BACKEND_URL=f"http://localhost:{PORT}")
    return FrontEnd(page, ANGULAR, f"http://localhost:{PORT}")


def test_v_signs_up_signs_in_refreshes_signs_out_and_resets(product: Stack, v: FrontEnd) -> None:
    address = "vera@example.org"
    account = {"email": address, "password": FIRST, "confirmed_password": FIRST}
    assert v.post("register/", account | {"privacy_policy": "on"})["status"] == 201

    link = v.follow(mailed_link(product, address, ACTIVATION))
    assert v.page.url.startswith(f"{VANILLA}/pages/auth/activate.html")
    assert v.get(f"activate/{link['uid']}/{link['token']}/")["status"] == 200

    signed_in = v.post("login/", {"email": address, "password": FIRST})
    assert signed_in["body"]["user"]["username"] == address
    assert v.get("video/")["status"] == 200
    refreshed = v.post("token/refresh/")
    assert refreshed["body"] == {"detail": "Token refreshed", "access": "new_access_token"}

    assert v.cookie("csrftoken")
    assert not v.cookie("access_token")
    assert v.post("logout/", None, **{"X-CSRFToken": v.cookie("csrftoken")})["status"] == 200

    assert v.post("password_reset/", {"email": address})["status"] == 200
    link = v.follow(mailed_link(product, address, RESET))
    assert v.page.url.startswith(f"{VANILLA}/pages/auth/confirm_password.html")
    passwords = {"new_password": SECOND, "confirm_password": SECOND}
    confirm = f"password_confirm/{link['uid']}/{link['token']}/"
    assert v.post(confirm, passwords)["status"] == 200
    assert v.post("login/", {"email": address, "password": SECOND})["status"] == 200
    assert v.redirects == []


def test_v_plays_480_720_1080_and_back_and_seeks_to_the_end(v: FrontEnd, film: int) -> None:
    v.post("login/", ADMIN)

    for height in (480, 720, 1080, 480):
        v.watch(f"video/{film}/{height}p/index.m3u8", height)
    v.page.evaluate("video.currentTime = video.duration - 1")

    v.until("video.ended")
    assert v.page.evaluate("failures") == []
    assert v.redirects == []


def test_v_plays_the_master_and_changes_levels(v: FrontEnd, film: int) -> None:
    v.post("login/", ADMIN)
    v.page.evaluate("url => playHls(url)", f"{v.api}video/{film}/master.m3u8")
    v.until("video.currentTime > 0.3")

    for height in (480, 1080):
        v.page.evaluate(
            """height => {
                hls.currentLevel = hls.levels.findIndex((level) => level.height === height);
                video.currentTime = 1;
            }""",
            height,
        )
        v.until(f"video.videoHeight === {height}")
    assert v.page.evaluate("failures") == []


def test_v_gets_json_it_can_read_when_the_password_is_wrong(v: FrontEnd, console: Console) -> None:
    answer = v.post("login/", ADMIN | {"password": "wrong"})

    assert answer["status"] == 401
    assert list(answer["body"]) == ["detail"]
    console.forgive("401")


def test_p_signs_up_signs_in_refreshes_signs_out_and_resets(product: Stack, p: FrontEnd) -> None:
    address = "paul@example.org"
    account = {"email": address, "password": FIRST, "confirmed_password": FIRST}
    assert p.post("/register/", account)["status"] == 201

    link = p.follow(mailed_link(product, address, ACTIVATION))
    assert p.page.url.startswith(f"{ANGULAR}/activate?")
    assert p.get(f"/activate/{link['uid']}/{link['token']}/")["status"] == 200

    assert p.post("/login/", {"email": address, "password": FIRST})["status"] == 200
    assert p.post("/token/refresh/", {})["status"] == 200
    assert p.get("/video/")["status"] == 200
    assert p.post("/logout/", {})["status"] == 200

    assert p.post("/password_reset/", {"email": address})["status"] == 200
    link = p.follow(mailed_link(product, address, RESET))
    assert p.page.url.startswith(f"{ANGULAR}/confirm-password?")
    passwords = {"new_password": SECOND, "confirm_password": SECOND}
    confirm = f"/password_confirm/{link['uid']}/{link['token']}/"
    assert p.post(confirm, passwords)["status"] == 200
    assert p.post("/login/", {"email": address, "password": SECOND})["status"] == 200
    assert p.redirects == []


def test_p_plays_the_qualities_and_seeks_to_the_end(p: FrontEnd, film: int) -> None:
    p.post("/login/", ADMIN)

    for height in (480, 720, 1080, 480):
        p.watch(f"/video/{film}/{height}p/index.m3u8", height)
    p.page.evaluate("video.currentTime = video.duration - 1")

    p.until("video.ended")
    assert p.page.evaluate("failures") == []
    assert p.redirects == []


def test_a_signs_up_signs_in_refreshes_twice_at_once_signs_out_and_resets(
    product: Stack, a: FrontEnd
) -> None:
    address = "anna@example.org"
    assert a.get(f"/users/email-exists/?email={address}")["body"] == {"exists": False}
    account = {"email": address, "password": FIRST, "confirm_password": FIRST}
    answer = a.post("/users/register/", account | {"phone": "0123", "address": "Here 1"})
    assert answer["status"] == 201
    assert a.get(f"/users/email-exists/?email={address}")["body"] == {"exists": True}

    a.follow(mailed_link(product, address, ACTIVATION))
    assert a.page.url == f"{ANGULAR}/login"
    assert len(a.redirects) == 1
    a.redirects.clear()

    credentials = {"email": address, "password": FIRST, "remember": True}
    signed_in = a.post("/users/login/", credentials)
    assert signed_in["body"]["email"] == address
    assert signed_in["body"]["favorite_videos"] == []
    assert a.at_once(2, "/users/refresh/", {}) == [200, 200]
    assert a.get("/content/")["status"] == 200
    assert a.post("/users/logout/", {})["status"] == 200

    assert a.post("/users/forgot-password/", {"email": address})["status"] == 200
    link = a.follow(mailed_link(product, address, RESET))
    assert a.page.url.startswith(f"{ANGULAR}/reset-password?")
    assert a.post("/users/reset-password/", link | {"new_password": SECOND})["status"] == 200
    assert a.post("/users/login/", credentials | {"password": SECOND})["status"] == 200
    assert a.redirects == []


def test_a_plays_and_seeks_the_progressive_file_without_cookies(a: FrontEnd, film: int) -> None:
    a.post("/users/login/", ADMIN | {"remember": False})
    url = a.get(f"/content/video-url/{film}/?quality=360p")["body"]["url"]
    answers: list[Response] = []
    a.page.on("response", lambda answer: answers.append(answer))
    a.page.context.clear_cookies()

    a.page.evaluate("url => { video.src = url; return video.play(); }", url)
    a.until("video.videoHeight === 360 && video.currentTime > 0.3")
    a.page.evaluate("video.currentTime = video.duration - 1")

    a.until("video.ended")
    assert {answer.status for answer in answers if answer.url == url} == {206}


def test_a_toggles_a_favourite(a: FrontEnd, film: int) -> None:
    a.post("/users/login/", ADMIN | {"remember": False})

    assert a.post("/content/add-favorite/", {"video_id": film})["body"] == [film]
    assert a.post("/content/add-favorite/", {"video_id": film})["body"] == []
