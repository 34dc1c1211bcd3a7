"""Staff in the admin: they upload a film and watch it become ready."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.console import Console
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


def test_a_file_of_another_kind_is_refused_and_the_form_keeps_what_was_typed(
    site: Stack, staff: Page, tmp_path: Path, console: Console
) -> None:
    script = tmp_path / "script.sh"
    script.write_text("echo")

    upload(site, staff, "A Script", script)

    expect(staff.get_by_text("Please correct the error below.")).to_be_visible()
    expect(staff.get_by_label("Title")).to_have_value("A Script")
