"""The player under fingers, mouse and keys, and its words when the film does not come."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.console import Console
from tests.stack import ADMIN_EMAIL, ADMIN_PASSWORD, Stack

SEGMENTS = re.compile(r"/\d+p/\d+\.ts")
KEYS = {"Space": " ", "←": "ArrowLeft", "→": "ArrowRight", "↑": "ArrowUp", "↓": "ArrowDown"}
# What was shown, also when a busy machine looks too late to see it.
REMEMBER_FLASHES = """() => {
    window.flashes = [];
    const flash = document.querySelector("#flash");
    new MutationObserver(() => flashes.push(flash.textContent)).observe(flash, { childList: true });
}"""
OUTSIDE = """() => {
    const inside = document.querySelector("#player").getBoundingClientRect();
    return [...document.querySelectorAll("#player .tool, #seek, .clock, #title")]
        .filter((element) => element.checkVisibility())
        .map((element) => [element.ariaLabel ?? element.id, element.getBoundingClientRect()])
        .filter(([, box]) => box.left < inside.left || box.right > inside.right
            || box.top < inside.top || box.bottom > inside.bottom)
        .map(([name, box]) => `${name} from ${box.left} to ${box.right}`);
}"""
OVERLAPPING = """() => {
    const boxes = [...document.querySelectorAll(".tools .tool, .clock")]
        .filter((element) => element.checkVisibility())
        .map((element) => element.getBoundingClientRect());
    const meet = (from, to, otherFrom, otherTo) => from < otherTo - 0.5 && otherFrom < to - 0.5;
    return boxes.filter((a, index) => boxes.slice(index + 1).some((b) =>
        meet(a.left, a.right, b.left, b.right) && meet(a.top, a.bottom, b.top, b.bottom))).length;
}"""


def sign_in(context: BrowserContext, product: Stack, film: int) -> None:
    """Sign in as somebody who has not begun the film."""
    body = {"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD}
    assert context.request.post(f"{product.url}/api/login/", data=body).ok
    assert context.request.delete(f"{product.url}/api/video/{film}/position/").ok


@pytest.fixture(params=["page", "phone"], ids=["desktop", "phone"])
def anywhere(request: pytest.FixtureRequest, product: Stack, film: int) -> Page:
    """A signed-in page: once on a desktop, once on a phone."""
    page: Page = request.getfixturevalue(request.param)
    sign_in(page.context, product, film)
    return page


@pytest.fixture
def watching(product: Stack, page: Page, film: int) -> Page:
    """The film of twelve seconds, paused at 0, on a desktop."""
    sign_in(page.context, product, film)
    open_paused(page, product, film)
    return page


def open_paused(page: Page, product: Stack, film: int) -> None:
    page.goto(f"{product.url}/watch/{film}/")
    page.wait_for_function("() => video.readyState >= 3")
    page.evaluate("video.muted = true; video.pause(); video.currentTime = 0")
    until(page, "!video.seeking && video.paused")


def until(page: Page, condition: str) -> None:
    page.wait_for_function(f"() => {condition}")


def until_at(page: Page, second: float) -> None:
    until(page, f"Math.abs(video.currentTime - {second}) < 0.3")


def click_at(page: Page, selector: str, share: float) -> None:
    box = page.locator(selector).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + share * box["width"], box["y"] + box["height"] / 2)


@pytest.mark.parametrize("width", [320, 390, 768, 1440])
def test_keeps_every_control_on_the_screen(watching: Page, width: int) -> None:
    watching.set_viewport_size({"width": width, "height": 700})
    for menu in ("audio", "subtitle"):
        watching.evaluate(f"document.querySelector('#{menu}-menu').hidden = false")
    watching.evaluate("document.querySelector('#now').textContent = '1:02:05'")
    watching.evaluate("document.querySelector('#length').textContent = '1:30:00'")

    assert watching.evaluate(OUTSIDE) == []
    assert watching.evaluate(OVERLAPPING) == 0
    expect(watching.get_by_role("button", name="Full screen")).to_be_in_viewport(ratio=1)
    for menu in ("Speed", "Quality"):
        watching.get_by_role("button", name=re.compile(f"^{menu}")).click()
        expect(watching.get_by_role("group", name=menu)).to_be_in_viewport(ratio=1)
        watching.keyboard.press("Escape")


def test_arrows_skip_five_seconds_after_a_click_on_the_seek_bar(watching: Page) -> None:
    click_at(watching, "#seek", 0.25)
    until_at(watching, 3)

    watching.keyboard.press("ArrowRight")
    until_at(watching, 8)
    watching.keyboard.press("ArrowLeft")
    until_at(watching, 3)


def test_arrows_skip_five_seconds_on_the_focused_seek_bar(watching: Page) -> None:
    watching.locator("#seek").focus()
    watching.keyboard.press("ArrowRight")

    until_at(watching, 5)
    expect(watching.locator("#seek")).to_be_focused()


def test_arrows_skip_after_a_click_on_the_volume(watching: Page) -> None:
    click_at(watching, "#volume", 0.5)
    watching.keyboard.press("ArrowRight")

    until_at(watching, 5)
    assert abs(watching.evaluate("video.volume") - 0.5) < 0.1


def test_arrows_change_the_volume_that_the_keyboard_focused(watching: Page) -> None:
    watching.evaluate("video.muted = false; video.volume = 0.5")
    watching.locator("#volume").focus()
    watching.keyboard.press("ArrowRight")

    until(watching, "Math.abs(video.volume - 0.55) < 0.01 && video.currentTime === 0")


def test_the_space_bar_plays_after_a_click_on_another_button(watching: Page) -> None:
    watching.get_by_role("button", name="Mute").click()
    watching.keyboard.press(" ")

    until(watching, "!video.paused && !video.muted")


def test_arrows_skip_after_a_choice_by_mouse(watching: Page) -> None:
    watching.get_by_role("button", name=re.compile("^Speed")).click()
    watching.get_by_text("1.5").click()
    expect(watching.get_by_role("group", name="Speed")).to_be_hidden()
    watching.keyboard.press("ArrowRight")

    until_at(watching, 5)
    assert watching.evaluate("video.playbackRate") == 1.5


def test_arrows_move_in_a_menu_that_the_keyboard_opened(watching: Page) -> None:
    watching.get_by_role("button", name=re.compile("^Speed")).focus()
    watching.keyboard.press("Enter")
    watching.keyboard.press("ArrowDown")

    until(watching, "video.playbackRate === 1.25 && video.currentTime === 0")
    expect(watching.get_by_role("group", name="Speed")).to_be_visible()


def test_every_listed_key_is_answered_on_the_screen(watching: Page) -> None:
    watching.keyboard.press("?")
    expect(watching.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    listed = watching.locator("#keys kbd").all_inner_texts()
    watching.keyboard.press("Escape")
    assert len(listed) >= 15

    watching.evaluate(REMEMBER_FLASHES)
    for key in listed:
        watching.evaluate("flashes.length = 0")
        watching.keyboard.press(KEYS.get(key, key.lower()))
        until(
            watching,
            "flashes.some(Boolean) || document.fullscreenElement"
            " || document.querySelector('dialog[open]')",
        )
        watching.evaluate("document.fullscreenElement && document.exitFullscreen()")
        watching.keyboard.press("Escape")


def test_the_speed_is_kept_for_the_next_film(watching: Page) -> None:
    for _ in range(2):
        watching.keyboard.press(">")
    until(watching, "video.playbackRate === 1.5")

    watching.reload()

    until(watching, "video.readyState >= 3 && video.playbackRate === 1.5")
    expect(watching.get_by_role("button", name="Speed, now 1.5")).to_be_visible()


def test_no_two_controls_share_an_icon(watching: Page) -> None:
    icons = watching.evaluate(
        """[...document.querySelectorAll(".tools .tool")]
            .map((tool) => tool.querySelector("use").href.baseVal.split("#")[1])"""
    )

    assert len(icons) >= 9
    assert len(set(icons)) == len(icons)


def test_a_double_tap_at_a_side_skips_ten_seconds(product: Stack, phone: Page, film: int) -> None:
    sign_in(phone.context, product, film)
    open_paused(phone, product, film)

    for x, second in ((330, 10), (60, 0)):
        phone.touchscreen.tap(x, 90)
        phone.touchscreen.tap(x, 90)
        until_at(phone, second)
        expect(phone.locator("#flash")).to_have_text(re.compile("10 s"))
    assert phone.evaluate("document.fullscreenElement") is None


def test_one_tap_shows_the_controls_and_does_not_pause(
    product: Stack, phone: Page, film: int
) -> None:
    sign_in(phone.context, product, film)
    open_paused(phone, product, film)
    phone.evaluate("video.play()")
    until(phone, "document.querySelector('#player').classList.contains('idle')")

    phone.touchscreen.tap(195, 90)

    until(phone, "!document.querySelector('#player').classList.contains('idle') && !video.paused")


def test_says_at_once_that_one_is_offline(
    product: Stack, anywhere: Page, film: int, console: Console
) -> None:
    open_paused(anywhere, product, film)
    delay = anywhere.locator("#delay")

    anywhere.context.set_offline(True)
    expect(delay).to_have_text(re.compile("^You are offline"), timeout=2000)
    anywhere.context.set_offline(False)

    expect(delay).to_be_empty()
    console.overlook("ERR_INTERNET_DISCONNECTED")


def answer(status: int) -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=status, body="")


@pytest.mark.parametrize(
    ("handler", "words"),
    [
        (answer(404), "^A part of this film is missing"),
        (answer(503), "^The server has a problem"),
        (lambda route: route.abort(), "^The server cannot be reached"),
        (lambda route: None, "^Your connection is slow"),
    ],
    ids=["missing", "server", "network", "slow"],
)
def test_says_after_five_seconds_why_the_film_waits_and_goes_on(
    product: Stack,
    anywhere: Page,
    film: int,
    console: Console,
    handler: Callable[[Route], None],
    words: str,
) -> None:
    anywhere.route(SEGMENTS, handler)
    anywhere.goto(f"{product.url}/watch/{film}/")
    expect(anywhere.locator("#delay")).to_have_text(re.compile(words), timeout=20_000)
    expect(anywhere.get_by_role("alertdialog")).to_be_hidden()

    anywhere.unroute_all(behavior="ignoreErrors")

    until(anywhere, "video.readyState >= 3")
    expect(anywhere.locator("#delay")).to_be_empty()
    console.overlook("404|503|ERR_FAILED")


def test_says_that_the_session_is_over(
    product: Stack, anywhere: Page, film: int, console: Console
) -> None:
    open_paused(anywhere, product, film)
    anywhere.context.clear_cookies()
    anywhere.evaluate("document.querySelector('#quality-menu input[value=\"0\"]').click()")

    expect(anywhere.get_by_text("Your session has ended")).to_be_visible()
    assert f"next=%2Fwatch%2F{film}%2F" in anywhere.url
    console.forgive("401|400")
    console.overlook("401|400")
