"""Chapters, the film's end and what comes after it, the system's controls, subtitles' look."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import FLAGS
from tests.browser.console import Console
from tests.browser.product import Admin, make_clip
from tests.browser.test_player_handling import click_at, open_paused, sign_in, until, until_at
from tests.needs import CHROMIUM
from tests.stack import Stack

CHAPTERS = [
    {"seconds": 0, "title": "Opening credits"},
    {"seconds": 5, "title": "The bars"},
    {"seconds": 9, "title": "Credits"},
]
OVERLAYS = """() => {
    const inside = document.querySelector("#player").getBoundingClientRect();
    return [...document.querySelectorAll("#skip, #afterwards .button, #next-title, #more-list li")]
        .filter((element) => element.checkVisibility())
        .map((element) => element.getBoundingClientRect())
        .filter((box) => box.left < inside.left - 0.5 || box.right > inside.right + 0.5).length;
}"""
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
    more: dict[str, Any] = {"chapters": CHAPTERS, "next": None}
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


def test_shows_chapters_on_the_bar_and_their_names_at_the_pointer(watching: Page) -> None:
    expect(watching.locator("#chapter-marks i")).to_have_count(2)

    watching.locator("#seek").hover()

    expect(watching.locator("#preview-time")).to_have_text(re.compile(r"^The bars · 0:0[56]$"))


@pytest.mark.parametrize("width", [320, 390, 768, 1440])
def test_skips_intro_and_credits(watching: Page, width: int) -> None:
    watching.set_viewport_size({"width": width, "height": 700})
    watching.evaluate("video.currentTime = 1")
    skip = watching.get_by_role("button", name="Skip intro")
    expect(skip).to_be_in_viewport(ratio=1)
    assert watching.evaluate(OVERLAYS) == 0

    skip.click()

    until_at(watching, 5)
    expect(watching.locator("#skip")).to_be_hidden()


def test_offers_the_next_episode_in_the_same_element_with_speed_kept(
    product: Stack, watching: Page, film: int, sequel: int, described: dict[str, Any]
) -> None:
    described["next"] = {"id": sequel, "title": "Colour Bars Return", "thumbnail_url": None}
    watching.reload()
    until(watching, "video.readyState >= 3")
    watching.evaluate("window.element = video; video.muted = true")
    watching.keyboard.press(">")
    go_to_the_end(watching)
    expect(watching.get_by_role("heading", name="Colour Bars Return")).to_be_visible()
    expect(watching.locator("#next-when")).to_have_text(re.compile(r"Starts in \d+ s"))
    for width in (320, 390, 768, 1440):
        watching.set_viewport_size({"width": width, "height": 700})
        assert watching.evaluate(OVERLAYS) == 0

    watching.get_by_role("button", name="Play now").click()

    watching.wait_for_url(f"{product.url}/watch/{sequel}/")
    until(watching, "video === element && !video.paused && video.currentTime > 0.2")
    assert watching.evaluate("video.playbackRate") == 1.25
    expect(watching.locator("#title")).to_have_text("Colour Bars Return")
    watching.context.request.delete(f"{product.url}/api/video/{sequel}/position/")


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


def test_shows_more_like_this_and_that_the_film_was_watched(
    watching: Page, film: int, sequel: int
) -> None:
    go_to_the_end(watching)

    expect(watching.get_by_role("heading", name="More like this")).to_be_visible()
    expect(watching.locator(f'#more-list a[href="/watch/{sequel}/"]')).to_be_visible()
    expect(watching.locator(f'#more-list a[href="/watch/{film}/"]')).to_have_count(0)
    expect(watching.get_by_text("✓ Watched")).to_be_visible()


def test_a_refused_start_of_the_next_episode_shows_a_button(
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
    expect(page.locator("#rest")).to_be_visible()
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


def test_obeys_the_keys_of_remote_controls(watching: Page) -> None:
    def press(key: str) -> None:
        watching.evaluate(
            "(key) => document.body.dispatchEvent("
            "new KeyboardEvent('keydown', { key, bubbles: true }))",
            key,
        )

    press("MediaPlayPause")
    until(watching, "!video.paused")
    press("MediaPause")
    until(watching, "video.paused")
    watching.evaluate("video.currentTime = 0")
    press("MediaFastForward")
    until_at(watching, 10)


def test_names_its_buttons_in_tooltips_that_stay_on_the_screen(watching: Page) -> None:
    watching.set_viewport_size({"width": 768, "height": 700})
    for tool in ("#play", "#mute", "#fullscreen", "#pip", "#quality-menu button"):
        watching.locator(tool).hover()
        shown = watching.locator(tool).evaluate(
            "(tool) => [getComputedStyle(tool, '::after').visibility, tool.ariaLabel]"
        )
        assert shown[0] == "visible", tool
        assert shown[1]
        assert watching.evaluate("document.documentElement.scrollWidth <= innerWidth"), tool


def test_subtitles_keep_their_look_for_the_next_film(watching: Page) -> None:
    watching.evaluate("document.querySelector('#subtitle-menu').hidden = false")
    watching.get_by_role("button", name="Subtitles").click()
    watching.get_by_label("Size").select_option("Very large")
    watching.get_by_label("Style").select_option("Yellow")

    watching.reload()

    expect(watching.locator("#player")).to_have_attribute("data-cue-size", "huge")
    expect(watching.locator("#player")).to_have_attribute("data-cue-ground", "yellow")


def test_opens_picture_in_picture(watching: Page) -> None:
    watching.evaluate("video.requestPictureInPicture = async () => { window.asked = true; }")
    watching.get_by_role("button", name="Picture in picture").click()

    until(watching, "window.asked")


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
