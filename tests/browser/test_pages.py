"""Every page of the site: no complaint, no sideways scrolling, names for everything."""

import pytest
from playwright.sync_api import Page

from tests.stack import ADMIN_EMAIL, ADMIN_PASSWORD, Stack

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
FOR_STRANGERS = [
    "/",
    "/login/",
    "/signup/",
    "/activation-failed/",
    "/forgot-password/",
    "/reset-password/?uid=MQ&token=abc",
    "/dev/mail/",
    "/admin/login/",
]
UNNAMED = """() => [...document.querySelectorAll("button, a, input, select, iframe, video, img")]
    .filter((element) => element.checkVisibility())
    .filter((element) => {
        if (element.matches("img")) return !element.hasAttribute("alt");
        if (element.matches("video")) return false;
        const label = element.labels?.[0]?.textContent;
        const text = element.ariaLabel ?? label ?? element.title ?? "";
        return !(text || element.textContent || element.value).trim();
    })
    .map((element) => element.outerHTML)"""


SHIFTS = """window.shifted = 0;
new PerformanceObserver((list) => {
    for (const shift of list.getEntries()) if (!shift.hadRecentInput) window.shifted += shift.value;
}).observe({type: "layout-shift", buffered: true});"""


def check(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
    assert page.evaluate(UNNAMED) == []
    assert page.evaluate("shifted") < 0.02, "the page moves while it loads"


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_pages_for_strangers(site: Stack, page: Page, size: dict[str, int]) -> None:
    page.set_viewport_size(size)
    page.goto(site.manage("mailbox_url").strip())
    page.add_init_script(SHIFTS)
    for path in FOR_STRANGERS:
        check(page, site.url + path)
        is_ours = "/admin/" not in path
        assert page.get_by_role("heading", level=1).count() == 1 or not is_ours


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_pages_for_members(product: Stack, page: Page, film: int, size: dict[str, int]) -> None:
    page.set_viewport_size(size)
    page.add_init_script(SHIFTS)
    body = {"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD}
    assert page.context.request.post(f"{product.url}/api/login/", data=body).ok

    lists = ("/films/?search=bars", "/films/?category=documentary", "/browse/", "/series/")
    for path in ("/", *lists, f"/film/{film}/", f"/watch/{film}/"):
        check(page, product.url + path)


def test_the_keyboard_reaches_the_form_past_the_skip_link(product: Stack, page: Page) -> None:
    page.goto(f"{product.url}/forgot-password/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"

    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.id") == "email"
