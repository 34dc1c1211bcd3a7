"""A film that is watched from its first second: on an idle machine nobody waits."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.console import Console
from tests.browser.product import Admin, make_clip
from tests.stack import ADMIN_EMAIL, ADMIN_PASSWORD, Stack

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
SECONDS = 60
WANT_BEST = 'localStorage.setItem("videoflix.quality", "1080p");'
COUNT = """
window.waits = [];
window.heights = [];
document.addEventListener("DOMContentLoaded", () => {
  const video = document.querySelector("video");
  video.muted = true;
  let hasBegun = false;
  video.addEventListener("playing", () => (hasBegun = true));
  video.addEventListener("waiting", () => hasBegun && window.waits.push(video.currentTime));
  video.addEventListener("resize", () => window.heights.push(video.videoHeight));
});
"""


def _watch_growing(product: Stack, admin: Admin, page: Page, clip: Path, init: str) -> int:
    answer = page.context.request.post(
        f"{product.url}/api/login/", data={"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD}
    )
    assert answer.ok
    page.add_init_script(init)
    video_id = admin.upload(clip, title="Growing", category="Drama")
    admin.wait_until_playable(video_id)
    page.goto(f"{product.url}/watch/{video_id}/")
    return video_id


def test_plays_growing_film_without_waiting_and_gets_better(
    product: Stack, admin: Admin, page: Page, console: Console, tmp_path: Path
) -> None:
    clip = make_clip(tmp_path / "film.mp4", seconds=SECONDS, size="1920x1080", rate=5)
    video_id = _watch_growing(product, admin, page, clip, f"{WANT_BEST}{COUNT}")

    page.wait_for_function("() => window.heights.length")
    admin.wait_until_complete(video_id)
    page.wait_for_function("() => window.heights.at(-1) === 1080")
    assert page.evaluate("window.heights[0]") <= 480
    assert page.evaluate("window.waits") == []
    console.overlook("thumbnail")  # there is no poster yet


def test_plays_on_where_better_pictures_come_slower_than_they_are_played(
    product: Stack, admin: Admin, page: Page, console: Console, tmp_path: Path
) -> None:
    clip = make_clip(tmp_path / "film.mp4", seconds=2 * SECONDS, size="1920x1080", rate=24)
    _watch_growing(product, admin, page, clip, COUNT)

    page.wait_for_function(
        "() => document.querySelector('video').ended", timeout=3 * SECONDS * 1000
    )
    assert page.evaluate("window.waits") == []
    console.overlook("thumbnail")
