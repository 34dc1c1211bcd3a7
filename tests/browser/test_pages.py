"""Every page of the site: no complaint, no sideways scrolling, names for everything."""

import pytest
from playwright.sync_api import Page

from tests.browser.audit import STILL, shifts, violations, watch_shifts
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
OURS = [path for path in FOR_STRANGERS if "/admin/" not in path]
FOR_MEMBERS = ["/", "/films/?search=bars", "/films/?category=documentary", "/browse/", "/series/"]
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


def check(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
    assert page.evaluate(UNNAMED) == []
    assert shifts(page) < STILL, "the page moves while it loads"


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_pages_for_strangers(site: Stack, page: Page, size: dict[str, int]) -> None:
    page.set_viewport_size(size)
    page.goto(site.manage("mailbox_url").strip())
    watch_shifts(page)
    for path in FOR_STRANGERS:
        check(page, site.url + path)
        is_ours = "/admin/" not in path
        assert page.get_by_role("heading", level=1).count() == 1 or not is_ours


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_pages_for_members(product: Stack, page: Page, film: int, size: dict[str, int]) -> None:
    page.set_viewport_size(size)
    watch_shifts(page)
    sign_in(product, page)

    for path in (*FOR_MEMBERS, f"/film/{film}/", f"/watch/{film}/"):
        check(page, product.url + path)


def test_no_page_breaks_a_rule_of_axe(site: Stack, phone: Page, film: int) -> None:
    phone.goto(site.manage("mailbox_url").strip())
    found = {path: violations_of(phone, site.url + path) for path in OURS}
    sign_in(site, phone)
    members = (*FOR_MEMBERS, f"/film/{film}/", f"/watch/{film}/", "/account/", "/profiles/")
    found |= {path: violations_of(phone, site.url + path) for path in members}

    assert {path: broken for path, broken in found.items() if broken} == {}


def violations_of(page: Page, url: str) -> list[str]:
    page.goto(url)
    page.wait_for_load_state("networkidle")
    return violations(page)


def sign_in(product: Stack, page: Page) -> None:
    body = {"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD}
    assert page.context.request.post(f"{product.url}/api/login/", data=body).ok


def test_the_keyboard_reaches_the_form_past_the_skip_link(product: Stack, page: Page) -> None:
    page.goto(f"{product.url}/forgot-password/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"

    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.id") == "email"
