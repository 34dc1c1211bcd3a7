"""An account's life on the built-in site, in Chromium."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.console import Console
from tests.browser.product import mailed_link
from tests.stack import ADMIN_EMAIL, ADMIN_PASSWORD, Stack

FIRST, SECOND = "first long secret", "second long secret"


def sign_in(page: Page, email: str, password: str) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_sign_up_confirm_sign_in_sign_out_and_reset(site: Stack, page: Page) -> None:
    address = "mia@example.org"
    page.goto(f"{site.url}/")
    page.get_by_role("link", name="Create an account").first.click()
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password", exact=True).fill(FIRST)
    page.get_by_label("Password again").fill(FIRST)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Check your mail")).to_be_focused()

    page.goto(mailed_link(site, address, "Confirm your email"))
    expect(page.get_by_role("heading", name="Welcome to Videoflix")).to_be_focused()
    assert page.url == f"{site.url}/activate/", "the token stays in the address bar"

    page.get_by_role("link", name="Watch films").click()
    page.wait_for_load_state("networkidle")  # or what is still asked for is refused, aloud
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()

    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("E-mail address").fill(address)
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("heading", name="Check your mail")).to_be_focused()

    page.goto(mailed_link(site, address, "Reset your Password"))
    assert page.url == f"{site.url}/reset-password/", "the token stays in the address bar"
    page.get_by_label("New password", exact=True).fill(SECOND)
    page.get_by_label("New password again").fill(SECOND)
    page.get_by_role("button", name="Save the password").click()
    expect(page.get_by_role("heading", name="Your password has been changed")).to_be_focused()

    page.get_by_role("link", name="Sign in").click()
    sign_in(page, address, SECOND)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_a_password_that_is_too_common_leaves_the_link_alive(
    site: Stack, page: Page, console: Console
) -> None:
    page.goto(f"{site.url}/forgot-password/")
    page.get_by_label("E-mail address").fill(ADMIN_EMAIL)
    page.get_by_role("button", name="Send the link").click()
    page.goto(mailed_link(site, ADMIN_EMAIL, "Reset your Password"))

    for password in ("password1", ADMIN_PASSWORD):
        page.get_by_label("New password", exact=True).fill(password)
        page.get_by_label("New password again").fill(password)
        page.get_by_role("button", name="Save the password").click()
        if password == "password1":
            expect(page.get_by_label("New password", exact=True)).to_be_focused()
            expect(page.locator("#new_password-error")).to_contain_text("too common")

    expect(page.get_by_role("heading", name="Your password has been changed")).to_be_focused()
    console.forgive("400")


def test_a_used_link_leads_to_a_page_that_says_so(
    site: Stack, page: Page, console: Console
) -> None:
    page.goto(f"{site.url}/activate/?uid=MQ&token=used")

    expect(page.get_by_role("heading", name="This link does not work")).to_be_visible()
    console.forgive("400")


def test_a_wrong_password_is_said_and_nothing_typed_is_lost(
    site: Stack, page: Page, console: Console
) -> None:
    page.goto(f"{site.url}/login/")
    sign_in(page, ADMIN_EMAIL, "not the password")

    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("E-mail address")).to_have_value(ADMIN_EMAIL)
    expect(page.get_by_label("Password", exact=True)).to_have_value("not the password")
    console.forgive("401")


def test_errors_stand_at_their_fields_and_take_the_focus(site: Stack, page: Page) -> None:
    page.goto(f"{site.url}/signup/")
    page.get_by_label("E-mail address").fill("nobody")
    page.get_by_label("Password", exact=True).fill("short")
    page.get_by_role("button", name="Create account").click()

    field = page.get_by_label("E-mail address")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("like name@example.com"))
    expect(page.get_by_label("Password", exact=True)).to_have_accessible_description(
        re.compile("at least 8 characters")
    )


def test_the_servers_objections_stand_at_their_fields(
    site: Stack, page: Page, console: Console
) -> None:
    page.goto(f"{site.url}/signup/")
    page.get_by_label("E-mail address").fill("somebody@example.com")
    page.get_by_label("Password", exact=True).fill("password123")
    page.get_by_label("Password again").fill("password123")
    page.get_by_role("button", name="Create account").click()

    expect(page.get_by_label("Password", exact=True)).to_be_focused()
    expect(page.locator("#password-error")).to_contain_text("common")
    expect(page.get_by_label("E-mail address")).to_have_value("somebody@example.com")
    console.forgive("400")


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [("/?q=bars", "/?q=bars"), ("https://evil.example/", "/"), ("//evil.example/", "/")],
)
def test_after_sign_in_the_way_leads_back_but_never_off_the_site(
    site: Stack, page: Page, wanted: str, expected: str
) -> None:
    page.goto(f"{site.url}/login/?next={wanted}")
    sign_in(page, ADMIN_EMAIL, ADMIN_PASSWORD)

    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    assert page.url == site.url + expected


def test_an_expired_access_cookie_is_renewed_without_a_word(site: Stack, page: Page) -> None:
    page.goto(f"{site.url}/")
    sign_in(page, ADMIN_EMAIL, ADMIN_PASSWORD)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    # What the page asked for is there, or the cookie would go in the middle of it.
    expect(page.locator("#home")).not_to_have_attribute("aria-busy", "true")
    page.context.clear_cookies(name="access_token")

    page.reload()

    expect(page.locator("#home")).not_to_have_attribute("aria-busy", "true")
    assert "access_token" in {cookie["name"] for cookie in page.context.cookies()}


def test_a_session_that_ended_elsewhere_leads_to_sign_in_and_back(
    site: Stack, page: Page, console: Console
) -> None:
    page.goto(f"{site.url}/")
    sign_in(page, ADMIN_EMAIL, ADMIN_PASSWORD)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.evaluate("() => fetch('/api/logout/', {method: 'POST'})")
    page.context.add_cookies(
        [{"name": "refresh_token", "value": "dead", "url": site.url, "httpOnly": True}]
    )

    page.goto(f"{site.url}/?q=bars")

    expect(page.get_by_text("Your session has ended")).to_be_visible()
    sign_in(page, ADMIN_EMAIL, ADMIN_PASSWORD)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    assert page.url == f"{site.url}/?q=bars"
    console.forgive("40[01]")


def test_the_mailbox_shows_a_mail_and_its_link_works(site: Stack, page: Page) -> None:
    page.goto(site.manage("mailbox_url").strip())
    assert page.url == f"{site.url}/dev/mail/", "the token stays in the address bar"
    page.goto(f"{site.url}/signup/")
    page.get_by_label("E-mail address").fill("ben@example.org")
    page.get_by_label("Password", exact=True).fill(FIRST)
    page.get_by_label("Password again").fill(FIRST)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Check your mail")).to_be_focused()
    mailed_link(site, "ben@example.org", "Confirm your email")

    page.get_by_role("link", name="development mailbox").click()
    page.get_by_role("link", name="ben@example.org").click()
    page.frame_locator("iframe").get_by_role("link", name="Confirm email").click()

    expect(page.get_by_role("heading", name="Welcome to Videoflix")).to_be_visible()


def test_says_in_words_how_long_to_wait_after_too_many_attempts(
    site: Stack, page: Page, console: Console
) -> None:
    detail = {"detail": "Request was throttled. Expected available in 51 seconds."}
    headers = {"Retry-After": "51"}
    page.route(
        "**/api/login/", lambda route: route.fulfill(status=429, json=detail, headers=headers)
    )
    page.goto(f"{site.url}/login/")

    sign_in(page, ADMIN_EMAIL, ADMIN_PASSWORD)

    words = "Too many attempts. Please try again in 51 seconds."
    expect(page.get_by_role("alert")).to_have_text(words)
    console.forgive("429")
