"""Films that are watched while they are encoded: better pictures follow."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Request

from tests.browser.console import Console
from tests.browser.frontends import FrontEnd
from tests.browser.product import Admin, make_clip, wait_for
from tests.stack import ADMIN_EMAIL, ADMIN_PASSWORD, Stack

SECONDS = 60


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips") / "film.mp4"
    return make_clip(path, seconds=SECONDS, size="1920x1080", rate=5)


def upload(admin: Admin, clip: Path) -> int:
    video_id = admin.upload(clip, title="Growing", category="Drama")
    admin.wait_until_playable(video_id)
    return video_id


def test_goes_on_with_named_quality_that_had_not_begun(
    v: FrontEnd, admin: Admin, clip: Path
) -> None:
    """It is another quality's until it has pictures of its own; who sees that sees it go on."""
    v.post("login/", {"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD})
    video_id = upload(admin, clip)
    before = admin.get_text(f"/api/video/{video_id}/1080p/index.m3u8")

    v.page.evaluate("url => playHls(url)", f"{v.api}video/{video_id}/1080p/index.m3u8")

    assert "000.ts" in before
    v.until("video.currentTime > 3")
    admin.wait_until_complete(video_id)
    v.page.evaluate("video.currentTime = video.duration - 1")
    v.until("video.ended")
    assert v.page.evaluate("failures") == []
    v.watch(f"video/{video_id}/1080p/index.m3u8", 1080)


def test_names_in_the_master_only_what_grows_on(admin: Admin, clip: Path) -> None:
    """Polled all the time: rungs join and never leave, and their playlists only grow."""
    video_id = upload(admin, clip)
    masters: list[list[str]] = []
    seen: dict[str, list[str]] = {}

    def is_whole() -> Any:
        names = _lines(admin, video_id, "master.m3u8")
        masters.append(sorted(name.partition("/")[0] for name in names))
        for name in names:
            rung = name.partition("/")[0]
            listed = _lines(admin, video_id, name)
            assert listed[: len(seen.get(rung, []))] == seen.get(rung, [])
            assert listed
            seen[rung] = listed
        return admin.get(f"/api/video/{video_id}/status/")["processed"]

    wait_for(is_whole, "the whole film", 120)

    assert masters[0] == ["120p", "360p", "480p"]
    assert masters[-1] == sorted(["120p", "360p", "480p", "720p", "1080p"])
    assert all(set(before) <= set(after) for before, after in pairwise(masters))


def test_our_player_asks_for_no_quality_that_has_just_begun(
    product: Stack, admin: Admin, page: Page, console: Console, tmp_path: Path
) -> None:
    answer = page.context.request.post(
        f"{product.url}/api/login/", data={"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD}
    )
    assert answer.ok
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.extend(name for name in ("720p", "1080p") if f"/{name}/" in request.url)

    page.on("request", note)
    # Slow to encode: the better qualities stay behind what is played.
    clip = make_clip(tmp_path / "film.mp4", seconds=24, size="1920x1080", rate=30)
    video_id = upload(admin, clip)
    page.goto(f"{product.url}/watch/{video_id}/")

    def is_whole() -> Any:
        page.wait_for_timeout(200)  # for the events of its requests
        before = set(asked)
        status = admin.get(f"/api/video/{video_id}/status/")
        ready = status["ready"]
        furthest = max(ready.values(), default=0)
        for name in before & ready.keys():
            assert ready[name] >= min(12, furthest)
        return status["processed"]

    wait_for(is_whole, "the whole film", 120)
    page.wait_for_function("() => document.querySelector('video').ended", timeout=60_000)
    console.overlook("404.*thumbnail")  # the poster comes when it comes


def _lines(admin: Admin, video_id: int, name: str) -> list[str]:
    text = admin.get_text(f"/api/video/{video_id}/{name}")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
