"""The site in German, on a phone of 320 pixels: from sign-up to the film."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from core.mailbox import mails
from tests.browser.console import Console
from tests.browser.product import mailed_link
from tests.stack import Stack

WIDTH = 320
PASSWORD = "ein langes Geheimnis"
ADDRESS = "lena@example.org"


@pytest.fixture
def german(chromium: Browser, console: Console) -> Iterator[Page]:
    size = {"width": WIDTH, "height": 640}
    context = chromium.new_context(locale="de-DE", viewport=size, has_touch=True, is_mobile=True)
    context.set_default_timeout(45_000)
    page = context.new_page()
    console.watch(page)
    yield page
    context.close()


def assert_fits(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= WIDTH, f"{page.url} is {wide} pixels wide"
    brand = "document.querySelector('.brand')"
    fits = page.evaluate(f"{brand}.scrollWidth <= {brand}.clientWidth")
    assert fits, f"our name reaches into what is beside it on {page.url}"


def sign_up(site: Stack, page: Page) -> None:
    page.goto(f"{site.url}/signup/")
    page.get_by_label("E-Mail-Adresse").fill(ADDRESS)
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_label("Passwort noch einmal").fill("anders als das andere")
    page.get_by_role("button", name="Konto anlegen").click()
    expect(page.get_by_text("Die beiden Passwörter stimmen nicht überein.")).to_be_visible()
    assert_fits(page)
    page.get_by_label("Passwort noch einmal").fill(PASSWORD)
    page.get_by_role("button", name="Konto anlegen").click()
    expect(page.get_by_role("heading", name="Sieh in dein Postfach")).to_be_focused()
    assert_fits(page)


def test_from_sign_up_to_the_film(site: Stack, german: Page, film: int) -> None:
    sign_up(site, german)

    link = mailed_link(site, ADDRESS, "Confirm your email")
    mail = next(mail for mail in mails(site.directory / "mail") if mail.message["To"] == ADDRESS)
    assert "Willkommen bei Videoflix" in mail.text
    german.goto(link)
    expect(german.get_by_role("heading", name="Willkommen bei Videoflix")).to_be_focused()
    german.get_by_role("link", name="Filme ansehen").click()
    expect(german.get_by_text("Neu in der Sammlung")).to_be_visible()

    for path in ("/", "/films/?ordering=title", "/browse/", f"/film/{film}/", "/account/"):
        german.goto(f"{site.url}{path}")
        german.wait_for_load_state("networkidle")
        expect(german.locator("html")).to_have_attribute("lang", "de")
        assert_fits(german)

    german.goto(f"{site.url}/watch/{film}/")
    video = german.locator("video")
    expect(video).to_have_js_property("paused", False)
    german.keyboard.press("k")
    expect(german.locator("#flash")).to_have_text("Angehalten")
    assert_fits(german)


def test_choice_of_the_account_counts_at_once(site: Stack, german: Page) -> None:
    german.goto(f"{site.url}/login/")
    expect(german.get_by_role("heading", name="Anmelden")).to_be_visible()
    german.get_by_label("E-Mail-Adresse").fill(ADDRESS)
    german.get_by_label("Passwort", exact=True).fill(PASSWORD)
    german.get_by_role("button", name="Anmelden", exact=True).click()
    expect(german.get_by_role("button", name="Abmelden")).to_be_visible()
    german.goto(f"{site.url}/account/")

    german.get_by_label("Sprache der Seite und der Mails").select_option("en")

    expect(german.get_by_role("heading", name="Your account")).to_be_visible()
