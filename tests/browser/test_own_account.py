"""One's own account on the site, in Chromium: from the invitation of an app to leaving."""

import re
from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.browser.audit import violations
from tests.browser.conftest import configure
from tests.browser.console import Console
from tests.browser.product import mailed_link
from tests.stack import Stack

PASSWORD = "a long enough secret"


def sign_in(page: Page, email: str) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_up(page: Page, site: Stack, url: str, email: str) -> None:
    """Up to the account's page, signed in by the mail's link alone."""
    page.goto(f"{url}/signup/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Check your mail")).to_be_focused()
    page.goto(mailed_link(site, email, "Confirm your email"))
    page.get_by_role("link", name="Watch films").click()
    page.get_by_role("link", name="Account").click()
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("device", ["page", "phone"])
def test_lives_a_whole_life(
    site: Stack, request: pytest.FixtureRequest, console: Console, device: str
) -> None:
    page: Page = request.getfixturevalue(device)
    old, new = f"{device}@example.org", f"new-{device}@example.org"
    sign_up(page, site, site.url, old)
    broken = violations(page)
    page.get_by_label("Name", exact=True).fill("Mia")
    page.get_by_role("button", name="Save the name").click()
    expect(page.locator("#toast")).to_have_text("Your name has been saved.")

    page.get_by_role("button", name="Set up an app").click()
    page.wait_for_selector("#app-secret:not(:empty)")
    app = pyotp.TOTP(page.locator("#app-secret").inner_text())
    page.get_by_label("Code that the app shows").fill(app.now())
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator("#codes code")).to_have_count(10)
    recovery = page.locator("#codes code").first.inner_text()
    broken += violations(page)

    page.get_by_label("What it is for").fill("backup")
    page.get_by_role("button", name="Make a token").click()
    expect(page.locator("#new-token code")).to_have_text(re.compile("^vft_"))

    page.get_by_label("New e-mail address").fill(new)
    page.get_by_role("button", name="Send a link there").click()
    page.goto(mailed_link(site, new, "Confirm your new address"))
    expect(page.get_by_role("heading", name="Your address has been changed")).to_be_focused()
    broken += violations(page)
    assert mailed_link(site, old, "Your address has been changed")

    page.goto(f"{site.url}/account/")
    page.get_by_role("button", name="Prepare my file").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download my file").click()
    assert new in download.value.path().read_text()

    page.get_by_role("button", name="Delete my account").first.click()
    broken += violations(page)
    page.get_by_role("button", name="Delete my account").last.click()
    page.wait_for_url(f"{site.url}/")
    mailed_link(site, new, "Your account will be deleted")
    page.goto(f"{site.url}/login/")
    sign_in(page, new)
    page.get_by_label("Code of your authenticator app").fill(recovery)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{site.url}/")
    page.goto(f"{site.url}/account/")
    broken += violations(page)
    page.get_by_role("button", name="Keep my account").click()
    expect(page.locator("#leaving")).to_be_hidden()
    assert broken == []
    console.forgive("401")  # the question for the code


def test_leads_from_a_taken_address_to_sign_in(site: Stack, page: Page, console: Console) -> None:
    email = "taken@example.org"
    sign_up(page, site, site.url, email)
    page.get_by_role("button", name="Sign out", exact=True).first.click()
    page.wait_for_url(f"{site.url}/")
    page.goto(f"{site.url}/signup/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="You already have an account")).to_be_focused()
    page.get_by_role("link", name="Sign in").click()
    expect(page.get_by_label("E-mail address")).to_have_value(email)
    console.forgive("400")


def add_authenticator(page: Page) -> None:
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    options |= {"hasUserVerification": True, "isUserVerified": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_signs_in_with_a_passkey(product: Stack, page: Page) -> None:
    url = f"http://localhost:{product.port}"
    configure(product, FRONTEND_URL="", BACKEND_URL=url)
    add_authenticator(page)
    sign_up(page, product, url, "passkey@example.org")
    page.get_by_label("Name of the device").fill("My computer")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator("#codes code")).to_have_count(10)
    page.get_by_role("button", name="Sign out", exact=True).first.click()
    page.wait_for_url(f"{url}/")
    page.goto(f"{url}/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{url}/")
    page.goto(f"{url}/account/")
    expect(page.get_by_text("My computer")).to_be_visible()


@pytest.fixture
def strict(product: Stack) -> Iterator[str]:
    """The address of the product where staff need a second factor, under a name."""
    url = f"http://localhost:{product.port}"
    configure(product, FRONTEND_URL="", BACKEND_URL=url, SECOND_FACTOR_FOR_STAFF="True")
    yield url
    configure(product, FRONTEND_URL="", BACKEND_URL=url, SECOND_FACTOR_FOR_STAFF="False")


def test_staff_enter_the_admin_with_nothing_but_a_passkey(
    product: Stack, strict: str, page: Page, console: Console
) -> None:
    email = "keyholder@example.org"
    users = "from auth_app.models import User;"
    product.manage("shell", "-c", f"{users} User.objects.create_superuser({email!r}, {PASSWORD!r})")
    add_authenticator(page)
    page.goto(f"{strict}/login/?next=/account/")
    sign_in(page, email)
    page.get_by_label("Name of the device").fill("My key")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator("#codes code")).to_have_count(10)
    forget = f"user = User.objects.get(email={email!r}); user.set_unusable_password(); user.save()"
    product.manage("shell", "-c", f"{users} {forget}")

    page.goto(f"{strict}/admin/auth_app/user/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{strict}/admin/auth_app/user/")
    page.get_by_role("button", name="Log out").click()

    page.goto(f"{strict}/login/?next=/admin/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    assert page.url == f"{strict}/admin/"

    stale = f"User.objects.get(email={email!r}).sessions.update(created_at='2026-01-01 00:00Z')"
    product.manage("shell", "-c", f"{users} {stale}")
    page.goto(f"{strict}/account/")
    page.get_by_role("button", name="Make new ones").click()
    dialog = page.get_by_role("dialog", name="Is it you?")
    expect(dialog.get_by_text("Please use your passkey again.")).to_be_visible()
    assert "password" not in dialog.inner_text()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator("#codes code")).to_have_count(10)
    console.forgive("403")  # of what staff may not see before they have a second factor


def test_asks_nobody_for_a_password_who_has_none(
    site: Stack, phone: Page, console: Console
) -> None:
    page, email = phone, "nopassword@example.org"
    sign_up(page, site, site.url, email)
    found = f"from auth_app.models import User; user = User.objects.filter(email={email!r});"
    found += "user.update(password='!none');"
    found += "user.get().sessions.update(created_at='2026-01-01 00:00Z')"
    site.manage("shell", "-c", found)
    page.reload()

    expect(page.get_by_text("Your account has no password:")).to_be_visible()
    expect(page.get_by_label("Present password")).to_be_hidden()
    page.get_by_role("button", name="Prepare my file").click()
    dialog = page.get_by_role("dialog", name="Is it you?")
    expect(dialog.get_by_text("Please sign in again")).to_be_visible()
    expect(dialog.get_by_label("Your password")).to_be_hidden()
    assert "give your password" not in dialog.inner_text()
    broken = violations(page)
    dialog.get_by_role("link", name="Sign in again").click()
    page.wait_for_url(f"{site.url}/login/?next=/account/")
    page.go_back()
    page.get_by_role("link", name="Choose a password").click()
    expect(page.get_by_label("E-mail address")).to_have_value(email)
    assert broken == []
    console.forgive("403")  # the question who it is
