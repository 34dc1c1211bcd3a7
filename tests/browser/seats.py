"""Somebody in front of the player: at a width, with a finger or a mouse."""

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page

from tests.browser.console import Console
from tests.stack import ADMIN_EMAIL, ADMIN_PASSWORD, Stack

WIDTHS = (320, 390, 768, 1440)
HEIGHT = 740
# Elements that stand out of the player, with where.
OUTSIDE = """(selector) => {
    const inside = document.querySelector("#player").getBoundingClientRect();
    return [...document.querySelectorAll(selector)]
        .filter((element) => element.checkVisibility())
        .map((element) => [element.ariaLabel ?? element.id, element.getBoundingClientRect()])
        .filter(([, box]) => box.left < inside.left - 0.5 || box.right > inside.right + 0.5
            || box.top < inside.top - 0.5 || box.bottom > inside.bottom + 0.5)
        .map(([name, { left, top, right, bottom }]) =>
            `${name} from ${left}, ${top} to ${right}, ${bottom}`);
}"""
# What is at a pointer is not what is meant: something lies over it.
COVERED = """(element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const found = document.elementFromPoint(left + width / 2, top + height / 2);
    return found !== element && !element.contains(found);
}"""
RESET = """() => {
    document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
    document.querySelectorAll("[aria-expanded=true]").forEach((button) => button.click());
    document.fullscreenElement && document.exitFullscreen();
    document.activeElement?.blur();
    video.pause();
    Object.assign(video, { muted: true, currentTime: 8 });
}"""

NOTHING_CHOSEN: dict[str, Any] = {
    "audio_language": "",
    "audio_name": "",
    "shows_subtitles": None,
    "subtitle_language": "",
    "subtitle_name": "",
    "subtitle_size": "",
    "subtitle_ground": "",
    "plays_next": None,
}


@dataclass(frozen=True)
class Seat:
    page: Page
    width: int
    is_touch: bool
    console: Console

    def press(self, what: Locator) -> None:
        if self.is_touch:
            what.tap()
        else:
            what.click()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=re.compile(f"^{name}"))

    def choose(self, menu: str, choice: str) -> None:
        """By pointer: the menu opens and, when something is chosen, closes."""
        self.press(self.button(menu))
        self.press(self.page.get_by_role("group", name=menu).get_by_text(choice, exact=True))

    def press_at(self, selector: str, share: float) -> None:
        """So far along an element."""
        box = self.page.locator(selector).bounding_box()
        assert box is not None
        point = box["x"] + share * box["width"], box["y"] + box["height"] / 2
        if self.is_touch:
            self.page.touchscreen.tap(*point)
        else:
            self.page.mouse.click(*point)

    def until(self, condition: str) -> None:
        until(self.page, condition)

    def sit_down(self, address: str) -> None:
        """The film at that address, paused at 8 s, with nothing open."""
        if not self.page.url.startswith(address):
            self.page.goto(f"{address}?t=0")
            self.until("video.readyState >= 3")
        self.page.evaluate(RESET)
        self.until("!video.seeking && video.paused && document.fullscreenElement === null")


def until(page: Page, condition: str) -> None:
    page.wait_for_function(f"() => {condition}")


def until_at(page: Page, second: float) -> None:
    until(page, f"Math.abs(video.currentTime - {second}) < 0.3")


def sign_in(context: BrowserContext, product: Stack, film: int) -> None:
    """Sign in as somebody who has not begun the film, and chose nothing in the player."""
    body = {"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD}
    assert context.request.post(f"{product.url}/api/login/", data=body).ok
    assert context.request.delete(f"{product.url}/api/video/{film}/position/").ok
    assert context.request.patch(f"{product.url}/api/preferences/", data=NOTHING_CHOSEN).ok


def open_paused(page: Page, product: Stack, film: int) -> None:
    page.goto(f"{product.url}/watch/{film}/")
    until(page, "video.readyState >= 3")
    page.evaluate("video.muted = true; video.pause(); video.currentTime = 0")
    until(page, "!video.seeking && video.paused")


def click_at(page: Page, selector: str, share: float) -> None:
    box = page.locator(selector).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + share * box["width"], box["y"] + box["height"] / 2)


def is_readable_at_every_width(page: Page, selector: str) -> None:
    """What is on the screen now stays inside the player, and under nothing, when it is resized."""
    before = page.viewport_size
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        assert page.evaluate(OUTSIDE, selector) == [], width
        boxes: list[Any] = [
            element.bounding_box() for element in page.locator(selector).all()
            if element.is_visible()
        ]  # fmt: skip
        assert boxes, f"{selector} is not seen at {width}"
        assert all(box["width"] > 20 and box["height"] > 10 for box in boxes), width
    if before:
        page.set_viewport_size(before)
