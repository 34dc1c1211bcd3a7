"""The example of docs/frontends.md, from another origin: signs in, lists, plays, resumes."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import VANILLA, configure
from tests.browser.console import Console
from tests.browser.product import Admin
from tests.stack import ADMIN_EMAIL, ADMIN_PASSWORD, Stack


@pytest.mark.usefixtures("origins")
def test_signs_in_plays_and_resumes(
    product: Stack, admin: Admin, film: int, page: Page, console: Console
) -> None:
    configure(product, FRONTEND_URL=VANILLA, BACKEND_URL=product.url)
    page.goto(f"{VANILLA}/example/?api={product.url}")
    page.get_by_label("E-mail address").fill(ADMIN_EMAIL)
    page.get_by_label("Password").fill(ADMIN_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Colour Bars").click()
    page.wait_for_function("document.querySelector('video').currentTime > 2")
    page.evaluate("document.querySelector('video').pause()")

    page.wait_for_timeout(500)
    page.reload()
    page.get_by_role("button", name="Colour Bars (from").click()
    page.wait_for_function("document.querySelector('video').currentTime > 1.5")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    console.overlook("40[01]")  # nobody is signed in at first
