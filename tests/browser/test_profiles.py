"""Profiles on the site, in Chromium: made, entered, left by a PIN, and what a child finds."""

import os
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.console import Console
from tests.browser.product import Admin
from tests.stack import ADMIN_EMAIL, ADMIN_PASSWORD, Stack

PIN = "4711"


def sign_in(page: Page, site: Stack) -> None:
    page.goto(f"{site.url}/login/?next=/account/")
    page.get_by_label("E-mail address").fill(ADMIN_EMAIL)
    page.get_by_label("Password", exact=True).fill(ADMIN_PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def make_profile(page: Page, name: str, picture: str, limit: str) -> None:
    page.get_by_role("button", name="Add a profile").click()
    dialog = page.get_by_role("dialog", name="New profile")
    dialog.get_by_label("Name of the profile").fill(name)
    dialog.get_by_role("radio", name=picture).check(force=True)
    dialog.get_by_label("Age limit").select_option(limit)
    dialog.get_by_label("PIN of four").fill(PIN)
    look(page, "new-profile")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator("#toast")).to_have_text(f"“{name}” has been saved.")


def enter(page: Page, name: str, pin: str = "") -> None:
    page.get_by_role("button", name=name).click()
    if pin:
        page.get_by_label("PIN", exact=True).fill(pin)
        page.get_by_role("button", name="Continue").click()


def look(page: Page, name: str) -> None:
    """Keeps a picture for whoever wants to see the pages."""
    if folder := os.environ.get("SCREENSHOTS"):
        width = page.evaluate("innerWidth")
        page.screenshot(path=Path(folder) / f"{name}-{width}.png")


def assert_child_is_kept(page: Page, site: Stack, console: Console) -> None:
    """From the header's link of a limited profile until a PIN opens more."""
    expect(page.get_by_text("Colour Bars")).to_have_count(0)
    page.goto(f"{site.url}/account/")
    expect(page.get_by_text("may not change the account")).to_be_visible()
    look(page, "limited-account")
    page.get_by_role("link", name="Change profile").click()
    enter(page, "Main", "0000")
    expect(page.get_by_role("alert").get_by_text("This is not the PIN.")).to_be_visible()
    look(page, "wrong-pin")
    console.forgive("403")
    page.get_by_label("PIN", exact=True).fill(PIN)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"{site.url}/account/")
    expect(page.get_by_role("heading", name="Profiles")).to_be_visible()


def test_keeps_child_within_its_limit(
    site: Stack, admin: Admin, film: int, phone: Page, console: Console
) -> None:
    page = phone
    sign_in(page, site)
    page.wait_for_url(f"{site.url}/account/")
    make_profile(page, "Kim", "Robot", "12")
    look(page, "account")
    page.get_by_role("link", name="Change profile").click()
    expect(page.get_by_role("heading", name="Who is watching?")).to_be_visible()
    look(page, "choice")

    enter(page, "Kim", PIN)
    page.wait_for_url(f"{site.url}/")
    expect(page.get_by_role("link", name="Kim: change profile")).to_be_visible()
    look(page, "header")
    assert page.request.get(f"{site.url}/api/video/{film}/").status == 404
    assert_child_is_kept(page, site, console)

    page.get_by_role("button", name="Edit Kim").click()
    page.get_by_role("button", name="Remove this profile").click()
    expect(page.locator("#toast")).to_have_text("“Kim” has been removed.")


def test_asks_who_is_watching_after_sign_in(site: Stack, page: Page, console: Console) -> None:
    sign_in(page, site)
    page.wait_for_url(f"{site.url}/account/")
    make_profile(page, "Bo", "Owl", "")
    look(page, "account")
    page.get_by_role("button", name="Sign out", exact=True).first.click()
    page.wait_for_url(f"{site.url}/")

    sign_in(page, site)
    expect(page.get_by_role("heading", name="Who is watching?")).to_be_visible()
    look(page, "choice")
    enter(page, "Bo", PIN)
    page.wait_for_url(f"{site.url}/account/")
    page.goto(f"{site.url}/")
    expect(page.get_by_role("link", name="Bo: change profile")).to_be_visible()
    look(page, "header")
    page.goto(f"{site.url}/account/")
    page.get_by_role("button", name="Edit Bo").click()
    page.get_by_role("button", name="Remove this profile").click()
    page.wait_for_load_state("networkidle")
    console.forgive("401")
