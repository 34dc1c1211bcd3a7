"""Staff on the import page: a folder's films come in before their eyes."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.console import Console
from tests.browser.product import make_clip
from tests.browser.test_admin import staff  # noqa: F401 - a fixture
from tests.stack import Stack

IMPORT = "/admin/video_app/video/import/"
READY_MS = 60_000


@pytest.fixture
def importing(site: Stack, staff: Page) -> Page:  # noqa: F811 - the fixture
    staff.goto(f"{site.url}{IMPORT}")
    return staff


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=name))


def test_folder_becomes_films_with_subtitles(site: Stack, importing: Page) -> None:
    folder = site.directory / "incoming" / "Harbour"
    folder.mkdir()
    make_clip(folder / "Harbour.Lights.S01E02.The.Storm.mp4", seconds=2, size="320x180", rate=12)
    (folder / "Harbour.Lights.S01E02.The.Storm.de.srt").write_text(
        "1\n00:00:00,500 --> 00:00:01,500\nHallo\n"
    )
    (folder / "Broken.mp4").write_text("no film")
    importing.evaluate("window.isSamePage = true")

    importing.get_by_label("Import films from").fill(str(folder))
    importing.keyboard.press("Enter")

    expect(importing.get_by_text("2 films will be fetched.")).to_be_visible()
    storm = row(importing, "Harbour.Lights")
    expect(storm).to_contain_text("Fetched; ready", timeout=READY_MS)
    expect(row(importing, "Broken.mp4")).to_contain_text("failed: This is not a video file")
    assert importing.evaluate("window.isSamePage")
    storm.get_by_role("link", name="Watch").click()
    expect(importing.locator("#subtitle-menu")).to_be_visible()


def test_page_says_what_is_wrong_on_a_phone(importing: Page, console: Console) -> None:
    importing.set_viewport_size({"width": 320, "height": 640})

    importing.get_by_label("Import films from").fill("/etc")
    importing.keyboard.press("Enter")

    expect(importing.get_by_role("status")).to_contain_text("may not be imported from there")
    expect(importing.get_by_label("Import films from")).to_be_focused()
    assert importing.evaluate("document.documentElement.scrollWidth") <= 320
    console.overlook("400")
