"""Staff in the admin: they upload a film and watch it become ready."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.product import make_clip
from tests.stack import ADMIN_EMAIL, ADMIN_PASSWORD, Stack

LIST = "/admin/video_app/video/"


@pytest.fixture
def staff(site: Stack, page: Page) -> Page:
    page.goto(f"{site.url}/admin/")
    page.get_by_label("E-mail address").fill(ADMIN_EMAIL)
    page.get_by_label("Password").fill(ADMIN_PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    return page


def upload(site: Stack, page: Page, title: str, file: Path) -> Locator:
    """The film's row in the list, where the form leads to."""
    page.goto(f"{site.url}{LIST}add/?plain=1")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Category").select_option(label="Western")
    page.get_by_label("Film").set_input_files(file)
    page.get_by_role("button", name="Save", exact=True).click()
    return page.get_by_role("row").filter(has_text=title)


def test_a_film_becomes_ready_before_the_eyes_of_staff(
    site: Stack, staff: Page, tmp_path: Path
) -> None:
    clip = make_clip(tmp_path / "clip.mp4", seconds=4, size="640x360", rate=12)

    row = upload(site, staff, "Before My Eyes", clip)
    expect(row).to_be_visible()
    expect(staff.get_by_text("was added successfully")).to_be_visible()
    staff.evaluate("window.isSamePage = true")

    expect(row.get_by_text("ready")).to_be_visible()
    expect(row.locator("img.vf-poster")).to_have_js_property("complete", True)
    assert row.locator("img.vf-poster").evaluate("image => image.naturalWidth") > 0
    expect(row).to_contain_text("0:00:04")
    assert staff.evaluate("window.isSamePage")


def test_the_list_fits_beside_its_filters(site: Stack, staff: Page, film: int) -> None:
    staff.goto(f"{site.url}{LIST}")
    label = staff.locator(f'.vf-progress[data-id="{film}"] span')
    label.evaluate("label => label.textContent = '3 %, 1:31:10 left at 0.9x, watchable'")
    label.evaluate("label => label.parentElement.dataset.state = 'processing'")

    table = staff.locator("#result_list").evaluate("table => table.scrollWidth")
    assert table <= staff.locator(".results").evaluate("frame => frame.clientWidth")


def test_what_is_no_film_fails_with_a_reason(site: Stack, staff: Page, tmp_path: Path) -> None:
    letter = tmp_path / "letter.mp4"
    letter.write_text("Dear viewers, this is no film. " * 100)

    row = upload(site, staff, "A Letter", letter)

    expect(row).to_contain_text(re.compile(r"failed: .*\w+"))


def test_files_are_refused_before_their_first_byte_and_what_was_typed_stays(
    site: Stack, staff: Page, tmp_path: Path
) -> None:
    script, letter = tmp_path / "script.sh", tmp_path / "letter.jpg"
    script.write_text("echo")
    letter.write_text("no picture")
    sent: list[str] = []
    staff.on("request", lambda request: sent.append(request.method))

    upload(site, staff, "A Script", script)
    wait_for_words(staff.get_by_label("Film"), "It is no film")
    clip = make_clip(tmp_path / "a.mp4", seconds=1, size="160x90", rate=12)
    staff.get_by_label("Film").set_input_files(clip)
    staff.get_by_label("Thumbnail").set_input_files(letter)
    staff.get_by_role("button", name="Save", exact=True).click()
    wait_for_words(staff.get_by_label("Thumbnail"), "not a picture")

    assert "POST" not in sent
    expect(staff.get_by_label("Title")).to_have_value("A Script")


def wait_for_words(field: Locator, words: str) -> None:
    """What the browser says of a field, in a bubble beside it."""
    expect(field).to_have_js_property("validity.customError", True)
    assert words in field.evaluate("field => field.validationMessage")
