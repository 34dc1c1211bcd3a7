"""Damage mends itself: what was lost or changed on the disk is encoded again."""

import re
import urllib.error
from pathlib import Path

import pytest

from tests.faults.site import PLACE, Site, until

pytestmark = [pytest.mark.ffmpeg, pytest.mark.slow]


@pytest.fixture
def film_there(site: Site, film: Path) -> int:
    video = site.upload(film)
    site.wait_for(video)
    return video


def answer(site: Site, path: str) -> bytes:
    """What a player gets: the bytes, or none of them."""
    try:
        return site.get(path)
    except urllib.error.HTTPError as error:
        if error.code != 503:
            raise
        return b""


def segments(site: Site, video: int, rung: str = "360p") -> list[str]:
    base = f"/api/video/{video}/{rung}/"
    playlist = site.get(f"{base}index.m3u8").decode()
    return [base + line for line in re.findall(r"^[^#\s]+$", playlist, re.MULTILINE)]


def test_missing_segment_is_encoded_again(site: Site, film_there: int) -> None:
    before = segments(site, film_there)
    whole = site.get(before[2])
    site.files.remove(site.segment_keys(film_there, "360p")["002.ts"])
    assert answer(site, before[2]) == b""
    until(lambda: answer(site, before[2]) == whole, "the segment is back", 60)
    until(lambda: segments(site, film_there)[2] != before[2], "a new address", 15)
    assert [old == new for old, new in zip(before, segments(site, film_there), strict=True)] == [
        *(True, True, False),
        *([True] * (len(before) - 3)),
    ]
    site.assert_whole(film_there)


@pytest.mark.parametrize("change", ["flip", "cut"])
def test_changed_segment_is_found_by_verifying(site: Site, film_there: int, change: str) -> None:
    plan, _ = site.plan(film_there)
    rung = plan.rungs[-1].name
    key = site.segment_keys(film_there, rung)["001.ts"]
    whole = site.files.read(key)
    spoilt = bytearray(whole)
    spoilt[len(whole) // 2] ^= 1
    site.files.write(key, bytes(spoilt) if change == "flip" else whole[: len(whole) // 2])
    assert "1 damaged" in site.stack.manage("reconcile", "--verify")

    def is_mended() -> bool:
        now = site.segment_keys(film_there, rung).get("001.ts")
        return now is not None and site.files.read(now) == whole

    until(is_mended, "the segment is mended", 60)
    site.assert_whole(film_there)


def test_lost_folder_of_a_film_comes_back(site: Site, film_there: int) -> None:
    _, prefix = site.plan(film_there)
    before = names(site, prefix)
    first = segments(site, film_there)[0]
    site.files.remove(prefix)
    answer(site, first)
    until(lambda: answer(site, first), "it plays again", 60)
    until(lambda: before <= names(site, prefix), "everything is back", 120)
    site.assert_whole(film_there)


def names(site: Site, prefix: str) -> set[str]:
    """Of the files of a build, whichever attempt made them."""
    parts = [key.removeprefix(f"{prefix}/").split("/") for key in site.files.listing(f"{prefix}/")]
    return {"/".join(part for part in path if not PLACE.fullmatch(part)) for path in parts}
