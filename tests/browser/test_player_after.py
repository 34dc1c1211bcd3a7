"""What comes after a film's end, the system's controls, growing films, full screen of iPhones."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import FLAGS
from tests.browser.console import Console
from tests.browser.product import Admin, make_clip
from tests.browser.seats import (
    HEIGHT,
    WIDTHS,
    click_at,
    is_readable_at_every_width,
    open_paused,
    sign_in,
    until,
    until_at,
)
from tests.needs import CHROMIUM
from tests.stack import Stack

MEDIA_SESSION = """() => {
    window.positions = [];
    const session = navigator.mediaSession;
    const original = session.setPositionState.bind(session);
    session.setPositionState = (state) => { original(state); positions.push(state ?? null); };
    window.handlers = {};
    session.setActionHandler = (name, handler) => { handlers[name] = handler; };
}"""


@pytest.fixture(scope="module")
def sequel(admin: Admin, tmp_path_factory: pytest.TempPathFactory) -> int:
    clip = tmp_path_factory.mktemp("sequel") / "sequel.mp4"
    make_clip(clip, seconds=6, size="320x180", rate=12)
    video_id = admin.upload(clip, title="Colour Bars Return", category="Documentary")
    admin.wait_until_complete(video_id)
    return video_id


@pytest.fixture
def described(page: Page, film: int) -> dict[str, Any]:
    """What the film's description is made to say besides the truth."""
    more: dict[str, Any] = {"next": None}
    describe(page, film, more)
    return more


def describe(page: Page, film: int, more: dict[str, Any]) -> None:
    def answer(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, json=response.json() | more)

    page.route(re.compile(rf"/api/video/{film}/$"), answer)


@pytest.fixture
def watching(product: Stack, page: Page, film: int, described: dict[str, Any]) -> Page:
    sign_in(page.context, product, film)
    open_paused(page, product, film)
    return page


def go_to_the_end(page: Page) -> None:
    page.evaluate("video.currentTime = video.duration - 0.4; video.play()")


def test_the_next_episode_starts_by_itself_unless_one_stays(
    product: Stack, watching: Page, sequel: int, described: dict[str, Any]
) -> None:
    described["next"] = {"id": sequel, "title": "Colour Bars Return", "thumbnail_url": None}
    watching.reload()
    until(watching, "video.readyState >= 3")
    watching.evaluate("video.muted = true")
    watching.clock.install()
    go_to_the_end(watching)
    watching.get_by_role("button", name="Stay here").click()
    watching.clock.run_for(20_000)
    expect(watching.locator("#next-when")).to_be_empty()
    assert f"/watch/{sequel}/" not in watching.url

    watching.get_by_role("button", name="Watch again").click()
    until(watching, "!video.paused && video.currentTime < 5")
    go_to_the_end(watching)
    expect(watching.get_by_role("button", name="Stay here")).to_be_visible()
    watching.clock.run_for(11_000)

    watching.wait_for_url(f"{product.url}/watch/{sequel}/")


def test_the_next_episode_waits_for_who_does_not_want_it_by_itself(
    watching: Page, sequel: int, described: dict[str, Any]
) -> None:
    described["next"] = {"id": sequel, "title": "Colour Bars Return", "thumbnail_url": None}
    for is_first in (True, False):
        watching.reload()
        until(watching, "video.readyState >= 3")
        watching.evaluate("video.muted = true")
        watching.clock.install()
        go_to_the_end(watching)
        by_itself = watching.get_by_label("The next episode begins by itself")
        expect(by_itself).to_be_checked(checked=is_first)
        by_itself.uncheck()
        expect(watching.get_by_role("button", name="Stay here")).to_be_hidden()
        watching.clock.run_for(20_000)
        assert f"/watch/{sequel}/" not in watching.url

    by_itself.check()
    expect(watching.locator("#next-when")).to_have_text(re.compile("Starts in"))


def test_a_refused_start_shows_a_button_and_the_next_episode_starts_by_itself(
    product: Stack, film: int, sequel: int, chromium: Browser, console: Console
) -> None:
    flags = [flag for flag in FLAGS if "autoplay" not in flag]
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=flags)
    page = browser.new_context().new_page()
    console.watch(page)
    describe(page, film, {"next": {"id": sequel, "title": "Return", "thumbnail_url": None}})
    sign_in(page.context, product, film)
    page.goto(f"{product.url}/watch/{film}/")

    until(page, "video.readyState >= 3")

    expect(page.locator("#big-play")).to_be_visible()
    page.locator("#big-play").click()
    until(page, "!video.paused && video.currentTime > 0.1")
    page.keyboard.press(">")
    page.clock.install()
    go_to_the_end(page)
    expect(page.get_by_role("button", name="Play now")).to_be_visible()
    page.clock.run_for(11_000)
    page.wait_for_url(f"{product.url}/watch/{sequel}/")
    until(page, "!video.paused && video.currentTime > 0.1 && video.playbackRate === 1.25")
    browser.close()


def test_tells_the_system_what_plays_and_obeys_its_keys(
    product: Stack, page: Page, film: int, described: dict[str, Any]
) -> None:
    page.add_init_script(f"({MEDIA_SESSION})()")
    sign_in(page.context, product, film)
    open_paused(page, product, film)

    assert page.evaluate("navigator.mediaSession.metadata.title") == "Colour Bars"
    page.evaluate("handlers.seekto({ seekTime: 6 })")
    until_at(page, 6)
    page.evaluate("handlers.seekbackward({ seekOffset: 5 })")
    until_at(page, 1)
    page.evaluate("handlers.play()")
    until(page, "!video.paused")
    page.evaluate("handlers.pause()")
    until(page, "video.paused && positions.some((state) => state?.duration > 11.9)")


def test_a_growing_film_has_its_full_length_with_the_rest_hatched(
    product: Stack, page: Page, admin: Admin, tmp_path: Path, console: Console
) -> None:
    clip = make_clip(tmp_path / "long.mp4", seconds=240, size="640x360", rate=24)
    growing = admin.upload(clip, title="Growing Still", category="Drama")
    admin.wait_until_playable(growing)
    page.add_init_script(f"({MEDIA_SESSION})()")
    sign_in(page.context, product, growing)
    open_paused(page, product, growing)

    expect(page.locator("#length")).to_have_text("4:00")
    is_readable_at_every_width(page, "#length")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        rest, seek = page.locator("#rest").bounding_box(), page.locator("#seek").bounding_box()
        assert rest
        assert seek
        assert abs(rest["x"] + rest["width"] - seek["x"] - seek["width"]) < 2
        assert rest["width"] > 0.1 * seek["width"]
    click_at(page, "#seek", 0.98)
    expect(page.locator("#flash")).to_have_text(re.compile(r"^Ready up to \d:\d\d"))
    assert page.evaluate("video.currentTime") < 230
    until(page, "positions.every((state) => state === null || state.duration > 239)")
    console.overlook("404.*thumbnail")  # the poster comes when it comes


@pytest.mark.parametrize("name", ["Mute", "Forward 10 seconds", "Back 10 seconds"])
def test_every_key_is_the_players_after_a_click_on_a_button(watching: Page, name: str) -> None:
    watching.get_by_role("button", name=name).click()
    muted = watching.evaluate("video.muted")

    watching.keyboard.press(" ")
    until(watching, "!video.paused")
    watching.keyboard.press("Enter")
    until(watching, "video.paused")

    assert watching.evaluate("video.muted") is muted
    assert watching.evaluate("document.activeElement === document.body")


def test_a_button_that_the_keyboard_focused_takes_space_and_enter(watching: Page) -> None:
    muted = watching.evaluate("video.muted")
    watching.locator("#mute").focus()
    watching.keyboard.press(" ")
    until(watching, f"video.muted === {str(not muted).lower()}")
    watching.keyboard.press("Enter")
    until(watching, f"video.muted === {str(muted).lower()} && video.paused")


def test_without_full_screen_for_elements_the_video_itself_fills_it(
    product: Stack, page: Page, film: int, described: dict[str, Any]
) -> None:
    """As on iPhones, where it shows the browser's own subtitles: see test_languages."""
    page.add_init_script("delete Element.prototype.requestFullscreen")
    sign_in(page.context, product, film)
    open_paused(page, product, film)
    page.evaluate("video.webkitEnterFullscreen = () => { window.asked = true; }")

    page.get_by_role("button", name="Full screen").click()

    until(page, "window.asked")
