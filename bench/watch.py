"""How soon a film is seen on slow and fast lines, and how it outlives a lost one, in Chromium.

A freshly started product with the defaults of `./videoflix up`; beside it the same film as a
plain ladder (an ffmpeg per rendition, segments of 6 s) with the page of hls.js' own manual. Every
start is a cold one: nothing is cached, and nothing is known of the line. Chromium shapes the line.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from bench.clips import clip
from bench.fresh import EMAIL, Fresh, fresh_product
from bench.goal import Goal
from bench.lines import LINES, Line, shape
from bench.manual import manual_page
from bench.steps import say, step
from launcher.tools import usable_ffmpeg
from tests.needs import CHROMIUM

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--mute-audio"]
AUTOPLAY = "--autoplay-policy=no-user-gesture-required"
DROPPED_SECONDS = 20
WATCHED_SECONDS = 25  # of the film, from a cold start
DROP_GOAL = 5.0  # seconds from the line's return to moving pictures
WATCH = """document.addEventListener("DOMContentLoaded", () => {
    const video = document.querySelector("video");
    Object.assign(window, { stalls: 0, stalled: 0, heights: [] });
    let since = null;
    video.muted = true;
    video.requestVideoFrameCallback(() => (window.firstFrame ??= performance.now() / 1000));
    video.addEventListener("waiting", () => {
        if (!window.firstFrame || video.seeking) return;
        window.stalls += 1;
        since = performance.now();
    });
    video.addEventListener("playing", () => {
        if (since !== null) window.stalled += (performance.now() - since) / 1000;
        since = null;
    });
    video.addEventListener("resize", () => window.heights.push(video.videoHeight));
})"""
TRANSFERRED = """() => performance.getEntriesByType("resource")
    .filter(({ responseEnd }) => responseEnd <= firstFrame * 1000)
    .reduce((sum, { transferSize }) => sum + transferSize, 0)"""


@dataclass(frozen=True, slots=True)
class Start:
    first_frame: float
    kilobytes: float
    height: int


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./videoflix bench watch", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="of every start (5)")
    asked = parser.parse_args(arguments)
    if CHROMIUM is None:
        sys.exit("This benchmark needs Chromium.")
    film = clip(usable_ffmpeg(), 1080, 30)
    say(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before the start")
    step("starting Videoflix")
    with fresh_product() as product, sync_playwright() as playwright:
        video = _encoded(product, film)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, AUTOPLAY])
        step("a plain ladder of the same film")
        with manual_page(usable_ffmpeg(), film) as manual:
            pages = {"ours": f"{product.url}/watch/{video}/", "hls.js' manual": manual}
            goals = list(_measure(browser, product, pages, asked.rounds))
        browser.close()
    say("")
    for goal in goals:
        say(str(goal))
    return 0


def _encoded(product: Fresh, film: Path) -> int:
    """The number of a film that is whole, with its extras."""
    viewer = product.sign_in()
    video, _ = viewer.upload(film)
    step("encoding the film")
    assert video is not None
    while viewer.status(video).get("state") != "completed":
        time.sleep(1)
    time.sleep(15)  # extras
    return video


def _measure(
    browser: Browser, product: Fresh, pages: dict[str, str], rounds: int
) -> Iterator[Goal]:
    for line in LINES:
        for name, url in pages.items():
            step(f"{line.name}: {name}")
            starts = [_start(browser, product, url, line) for _ in range(rounds)]
            median = _tell(f"{line.name}, {name}", starts)
            if name == "ours":
                yield Goal(f"{line.name}: s to the first frame", median, line.goal)
            _play(browser, product, url, line)
    step(f"a line that drops for {DROPPED_SECONDS} s")
    for name, url in pages.items():
        seconds = _drop(browser, product, url)
        say(f"  line back after {DROPPED_SECONDS} s, {name}: {seconds:.2f} s to moving pictures")
        if name == "ours":
            yield Goal("line back after 20 s: s to moving pictures", seconds, DROP_GOAL)


def _start(browser: Browser, product: Fresh, url: str, line: Line) -> Start:
    page = _page(browser, product)
    shape(page, line)
    page.goto(url, wait_until="commit")
    page.wait_for_function("() => window.firstFrame", timeout=60_000)
    kilobytes = page.evaluate(TRANSFERRED) / 1000
    height = page.evaluate("document.querySelector('video').videoHeight")
    start = Start(page.evaluate("firstFrame"), kilobytes, height)
    page.context.close()
    return start


def _play(browser: Browser, product: Fresh, url: str, line: Line) -> None:
    """Tell the stalls and changes of quality of one viewing."""
    page = _page(browser, product)
    shape(page, line)
    page.goto(url, wait_until="commit")
    begun = time.monotonic()
    page.wait_for_function("() => window.firstFrame", timeout=60_000)
    reached = f"() => document.querySelector('video').currentTime >= {WATCHED_SECONDS}"
    page.wait_for_function(reached, timeout=180_000)
    seconds = time.monotonic() - begun
    stalls, stalled, heights = page.evaluate("[stalls, stalled, heights]")
    shown = " ".join(f"{height}p" for height in heights)
    told = f"{WATCHED_SECONDS} s of film in {seconds:.1f} s"
    say(f"    {told}: {stalls} stalls, {stalled:.1f} s; {shown}")
    page.context.close()
    if url.startswith(product.url):  # else the next start would go on from here
        forgetful = _page(browser, product)
        position = f"{url.replace('/watch/', '/api/video/')}position/"
        assert forgetful.context.request.delete(position).ok
        forgetful.context.close()


def _page(browser: Browser, product: Fresh) -> Page:
    """Of a signed-in viewer with an empty cache."""
    context = browser.new_context()
    credentials = {"email": EMAIL, "password": product.password}
    answer = context.request.post(f"{product.url}/api/login/", data=credentials)
    assert answer.ok, answer.text()
    context.add_init_script(WATCH)
    return context.new_page()


def _drop(browser: Browser, product: Fresh, url: str) -> float:
    """Seconds from the return of a line, lost in the middle of a film, to moving pictures."""
    page = _page(browser, product)
    shape(page, LINES[0])
    page.goto(url, wait_until="commit")
    page.wait_for_function("() => window.firstFrame", timeout=60_000)
    page.context.set_offline(True)
    page.evaluate("() => { document.querySelector('video').currentTime = 20 }")
    page.wait_for_timeout(DROPPED_SECONDS * 1000)
    page.context.set_offline(False)
    back = time.monotonic()
    page.wait_for_function("() => document.querySelector('video').currentTime > 20.2")
    seconds = time.monotonic() - back
    page.context.close()
    return seconds


def _tell(name: str, starts: Sequence[Start]) -> float:
    frames = sorted(start.first_frame for start in starts)
    median = statistics.median(frames)
    each = " ".join(f"{seconds:.2f}" for seconds in frames)
    about = f"{starts[-1].kilobytes:6.0f} kB, {starts[-1].height}p"
    say(f"  {name:36} median {median:6.2f} s   {about}   ({each})")
    return median


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
