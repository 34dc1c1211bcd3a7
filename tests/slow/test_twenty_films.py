"""Twenty files dropped into the studio at once: one has a refused name, one is no film. Nineteen
drafts, and each film can be watched soon after its last byte. For an idle machine."""

import sys
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.product import make_clip
from tests.browser.test_admin import staff
from tests.stack import Stack

__all__ = ["staff"]

pytestmark = [pytest.mark.browser, pytest.mark.ffmpeg, pytest.mark.timeout(600)]
STUDIO = "/admin/video_app/video/upload/"
FILMS = 18
WATCHABLE_SECONDS = 20


@pytest.fixture
def site(product: Stack) -> Stack:
    return product


@pytest.fixture
def dropped(tmp_path: Path) -> list[Path]:
    clip = make_clip(tmp_path / "clip.mp4", seconds=4, size="1280x720", rate=25).read_bytes()
    paths = [tmp_path / f"Harbour.Lights.S01E{n:02d}.mp4" for n in range(1, FILMS + 1)]
    for number, path in enumerate(paths):
        # A box that nobody reads makes each another file.
        path.write_bytes(clip + b"\x00\x00\x00\x0cfree" + number.to_bytes(4, "big"))
    letter, notes = tmp_path / "Letter.mp4", tmp_path / "notes.txt"
    letter.write_text("Dear viewers, this is no film. " * 100)
    notes.write_text("no film")
    return [*paths, letter, notes]


def test_twenty_dropped_files_become_films(site: Stack, staff: Page, dropped: list[Path]) -> None:
    staff.goto(f"{site.url}{STUDIO}")
    staff.get_by_label("Choose films").set_input_files(dropped)

    expect(staff.get_by_text("It is no film")).to_be_visible()
    waits = _follow(staff, site.url)

    assert len(waits) == FILMS
    sys.stdout.write(f"watchable after {sorted(round(wait, 1) for wait in waits.values())} s\n")
    letter = staff.get_by_role("listitem").filter(has_text="Letter.mp4")
    expect(letter).to_contain_text("failed: This is not a video file")
    assert max(waits.values()) < WATCHABLE_SECONDS


def _follow(page: Page, url: str) -> dict[int, float]:
    """Film → seconds from its last byte until it could be watched."""
    came: dict[int, float] = {}
    watchable: dict[int, float] = {}
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline and len(watchable) < FILMS:
        uploads: Any = page.request.get(f"{url}/api/uploads/?finished=true").json()
        for upload in uploads:
            if upload["is_finished"]:
                came.setdefault(upload["video"], time.monotonic())
        ids = ",".join(str(pk) for pk in came)
        films: Any = page.request.get(f"{url}/admin/video_app/video/progress/?ids={ids}").json()
        for pk, film in films.items():
            if film["is_watchable"]:
                watchable.setdefault(int(pk), time.monotonic())
        page.wait_for_timeout(300)
    return {pk: moment - came[pk] for pk, moment in watchable.items()}
