"""The player's controls under mouse and keyboard; see test_player_seats for every width."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.seats import OUTSIDE, click_at, open_paused, sign_in, until, until_at
from tests.stack import Stack


@pytest.fixture
def watching(product: Stack, page: Page, film: int) -> Page:
    """The film of twelve seconds, paused at 0, on a desktop."""
    sign_in(page.context, product, film)
    open_paused(page, product, film)
    return page


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


def test_arrows_change_the_volume_that_the_keyboard_focused(watching: Page) -> None:
    watching.evaluate("video.muted = false; video.volume = 0.5")
    watching.locator("#volume").focus()
    watching.keyboard.press("ArrowRight")

    until(watching, "Math.abs(video.volume - 0.55) < 0.01 && video.currentTime === 0")


def test_arrows_move_in_a_menu_that_the_keyboard_opened(watching: Page) -> None:
    watching.get_by_role("button", name=re.compile("^Speed")).focus()
    watching.keyboard.press("Enter")
    watching.keyboard.press("ArrowDown")

    until(watching, "video.playbackRate === 1.25 && video.currentTime === 0")
    expect(watching.get_by_role("group", name="Speed")).to_be_visible()


@pytest.mark.parametrize("size", [(568, 320), (844, 390)])
def test_fits_a_phone_on_its_side(watching: Page, size: tuple[int, int]) -> None:
    watching.set_viewport_size({"width": size[0], "height": size[1]})

    assert watching.evaluate(OUTSIDE, "#player .tool, #seek, .clock, #title") == []
    for menu in ("Speed", "Quality"):
        watching.get_by_role("button", name=re.compile(f"^{menu}")).click()
        expect(watching.get_by_role("group", name=menu)).to_be_in_viewport(ratio=1)
        watching.keyboard.press("Escape")


def test_no_two_controls_share_an_icon(watching: Page) -> None:
    icons = watching.evaluate(
        """[...document.querySelectorAll(".tools .tool")]
            .map((tool) => tool.querySelector("use").href.baseVal.split("#")[1])"""
    )

    assert len(icons) >= 9
    assert len(set(icons)) == len(icons)
