"""The pages of those who bring films in: on a phone, in light and dark, without a broken rule."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.audit import violations
from tests.browser.console import Console
from tests.browser.test_admin import staff
from tests.stack import Stack

__all__ = ["staff"]
WIDTHS = [320, 1280]
LIST = "/admin/video_app/video/"


@pytest.fixture(params=["light", "dark"])
def page(chromium: Browser, console: Console, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = chromium.new_context(color_scheme=request.param)
    context.set_default_timeout(45_000)
    page = context.new_page()
    console.watch(page)
    yield page
    context.close()


def test_no_page_breaks_a_rule_or_scrolls_sideways(
    site: Stack, staff: Page, film: int, console: Console
) -> None:
    pages = ("/admin/", f"{LIST}upload/", f"{LIST}{film}/replace/", f"{LIST}import/")
    pages += (LIST, f"{LIST}{film}/change/", f"{LIST}add/?plain=1")
    found = {path: problems(staff, site.url + path) for path in pages}

    assert {path: broken for path, broken in found.items() if broken} == {}
    console.overlook("inline style|preload assets")  # of axe itself


def problems(page: Page, url: str) -> list[str]:
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(url)
        page.wait_for_load_state("networkidle")
        found += [f"{width}: {rule}" for rule in violations(page)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{width}: scrolls sideways")
    return found


def test_keyboard_reaches_what_a_film_needs(site: Stack, staff: Page, film: int) -> None:
    """From the first page to a film's, without a pointer."""
    staff.goto(f"{site.url}/admin/")
    staff.get_by_role("link", name="All films").focus()
    staff.keyboard.press("Enter")
    row = staff.get_by_role("row").filter(has_text="Colour Bars")
    row.get_by_role("link", name="Colour Bars").focus()
    staff.keyboard.press("Enter")
    staff.get_by_role("button", name="Preview").focus()
    staff.keyboard.press("Enter")

    expect(staff.locator(".vf-preview video")).to_be_focused()
    frame = staff.get_by_role("group", name="Suggested frames").get_by_role("button").first
    frame.focus()
    staff.keyboard.press("Enter")
    expect(staff.get_by_text("Move on with the player, or use this frame.")).to_be_visible()
