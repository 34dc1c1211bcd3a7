"""The player at 320, 390, 768 and 1440 pixels, under a finger and a mouse: every sentence of what
it promises. What happens when the film does not come is in test_player_trouble."""

import io
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page, expect

from tests.browser.audit import violations
from tests.browser.console import Console
from tests.browser.product import Admin, make_clip
from tests.browser.seats import COVERED, HEIGHT, OUTSIDE, WIDTHS, Seat, sign_in, until_at
from tests.stack import Stack

SECONDS = 24
CHAPTERS = {0: "Intro", 6: "The bars", 18: "Credits", SECONDS: ""}
WORDS = "Good morning."
SERIES = """
from video_app.models import Series, Video
series = Series.objects.create(title="Two Parts")
Video.objects.filter(pk={first}).update(series=series, season=1, episode=1)
Video.objects.filter(pk={second}).update(series=series, season=1, episode=2, credits_at=4)
"""
OVERLAPPING = """() => {
    const boxes = [...document.querySelectorAll(".tools .tool, .clock")]
        .filter((element) => element.checkVisibility())
        .map((element) => element.getBoundingClientRect());
    const meet = (from, to, otherFrom, otherTo) => from < otherTo - 0.5 && otherFrom < to - 0.5;
    return boxes.filter((a, index) => boxes.slice(index + 1).some((b) =>
        meet(a.left, a.right, b.left, b.right) && meet(a.top, a.bottom, b.top, b.bottom))).length;
}"""
# The rows of the page's own table, with the keys of each.
TABLE = """() => [...document.querySelectorAll("#keys > div")].map((row) => ({
    keys: [...row.querySelectorAll("kbd")].map((key) => key.textContent),
    isRange: row.querySelector("dt").textContent.includes("\u2013"),
    words: row.querySelector("dd").textContent,
}))"""
PRESSED = {"Space": " ", "←": "ArrowLeft", "→": "ArrowRight", "↑": "ArrowUp", "↓": "ArrowDown"}
STATE = """() => ({
    ...{ time: video.currentTime, paused: video.paused, volume: video.volume, muted: video.muted },
    ...{ rate: video.playbackRate, full: document.fullscreenElement?.id, path: location.pathname },
    ...{ help: document.querySelector("#help").open, showing: showing().length > 0 },
})"""
# A list as in a large catalogue, which is scrolled sideways.
FULL_LIST = """() => {
    const list = document.querySelector("#more-list");
    while (list.children.length < 12) list.append(list.firstElementChild.cloneNode(true));
}"""
SHOWING = """() => {
    window.showing = () => [...video.textTracks].filter((track) => track.mode === "showing");
    window.flashes = [];
    const flash = document.querySelector("#flash");
    new MutationObserver(() => flashes.push(flash.textContent)).observe(flash, { childList: true });
}"""
# Boxes of tooltips, which are no elements.
TOOLTIPS = """(tool) => {
    const style = getComputedStyle(tool, "::after");
    const box = tool.getBoundingClientRect();
    const inside = document.querySelector("#player").getBoundingClientRect();
    const left = box.left + parseFloat(style.left) + new DOMMatrix(style.transform).m41;
    const top = box.top + parseFloat(style.top);
    const [right, bottom] = [left + parseFloat(style.width), top + parseFloat(style.height)];
    return {
        shown: style.visibility === "visible", width: parseFloat(style.width),
        inside: left >= inside.left && right <= inside.right
            && top >= inside.top && bottom <= inside.bottom,
    };
}"""


@dataclass(frozen=True)
class Episodes:
    first: int
    second: int


@pytest.fixture(scope="module")
def episodes(
    admin: Admin, product: Stack, film: int, tmp_path_factory: pytest.TempPathFactory
) -> Episodes:
    """One with two languages, subtitles and chapters; one whose credits staff have marked."""
    folder = tmp_path_factory.mktemp("episodes")
    (folder / "words.srt").write_text(f"1\n00:00:00,000 --> 00:00:{SECONDS},000\n{WORDS}\n")
    marks = list(CHAPTERS.items())
    (folder / "chapters.txt").write_text(";FFMETADATA1\n" + "".join(
        f"[CHAPTER]\nTIMEBASE=1/1\nSTART={start}\nEND={end}\ntitle={title}\n"
        for (start, title), (end, _) in pairwise(marks)
    ))  # fmt: skip
    inputs = (
        f"-f lavfi -i testsrc2=size=640x360:rate=12:duration={SECONDS} "
        f"-f lavfi -i sine=frequency=220:duration={SECONDS} "
        f"-f lavfi -i sine=frequency=880:duration={SECONDS} -i words.srt -i chapters.txt "
        "-map 0 -map 1 -map 2 -map 3 -map_chapters 4 "
    )
    languages = "-metadata:s:a:0 language=eng -metadata:s:a:1 language=deu "
    coding = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -c:s srt "
    words = f"ffmpeg -v error {inputs}{languages}-metadata:s:s:0 language=eng {coding}film.mkv"
    subprocess.run(words.split(), cwd=folder, check=True)
    first = admin.upload(folder / "film.mkv", title="Part One", category="Documentary")
    clip = make_clip(folder / "second.mp4", seconds=8, size="320x180", rate=12)
    second = admin.upload(clip, title="Part Two", category="Documentary")
    for film in (first, second):
        admin.wait_until_complete(film)
    product.manage("shell", "-v", "0", "-c", SERIES.format(first=first, second=second))
    return Episodes(first, second)


SEATS = [(width, way) for width in WIDTHS for way in ("touch", "mouse")]


@pytest.fixture(scope="module", params=SEATS, ids=[f"{width}-{way}" for width, way in SEATS])
def taken(
    request: pytest.FixtureRequest, chromium: Browser, product: Stack, episodes: Episodes
) -> Iterator[Seat]:
    """Of which the page stays open from test to test."""
    width, way = request.param
    is_touch = way == "touch"
    context = chromium.new_context(
        viewport={"width": width, "height": HEIGHT},
        has_touch=is_touch,
        is_mobile=is_touch and width < 1000,
    )
    context.set_default_timeout(12_000)
    sign_in(context, product, episodes.first)
    page, console = context.new_page(), Console()
    console.watch(page)
    yield Seat(page, width, is_touch, console)
    context.close()


@pytest.fixture
def seat(taken: Seat, product: Stack, episodes: Episodes) -> Iterator[Seat]:
    taken.sit_down(f"{product.url}/watch/{episodes.first}/")
    taken.page.evaluate(f"() => {{ if (!window.showing) ({SHOWING})(); }}")
    yield taken
    complaints = list(taken.console.complaints)
    taken.console.complaints.clear()
    assert complaints == []


@pytest.fixture
def page(seat: Seat) -> Page:
    return seat.page


def test_keeps_everything_on_the_screen(seat: Seat, page: Page) -> None:
    page.evaluate("document.querySelector('#now').textContent = '1:02:05'")
    page.evaluate("document.querySelector('#length').textContent = '1:30:00'")

    assert page.evaluate(OUTSIDE, "#player .tool, #seek, .clock, #title") == []
    assert page.evaluate(OVERLAPPING) == 0
    for menu in ("Language", "Subtitles", "Speed", "Quality"):
        seat.press(seat.button(menu))
        expect(page.get_by_role("group", name=menu)).to_be_in_viewport(ratio=1)
        page.keyboard.press("Escape")
        expect(page.get_by_role("group", name=menu)).to_be_hidden()
    for tool in page.locator("#player .tool").all():
        assert not tool.is_visible() or not tool.evaluate(COVERED), tool.get_attribute("id")


@pytest.mark.parametrize("dialog", ["help", "elsewhere"])
def test_keeps_dialogs_on_the_screen(seat: Seat, page: Page, dialog: str) -> None:
    page.evaluate("document.querySelector('#elsewhere-found').hidden = false")
    page.evaluate(f"document.querySelector('#{dialog}').showModal()")
    box = page.locator(f"#{dialog}").bounding_box()

    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= seat.width
    assert page.evaluate("document.documentElement.scrollWidth") <= seat.width
    close = page.locator(f"#{dialog}").get_by_role("button", name="Close")
    close.scroll_into_view_if_needed()
    seat.press(close)
    expect(page.locator(f"#{dialog}")).to_be_hidden()


def test_no_press_takes_the_keys_from_the_player(seat: Seat, page: Page) -> None:
    page.evaluate("video.requestPictureInPicture = async () => {}")
    tools = "#play, #back, #forward, #mute, #pip, #help-tool, #fullscreen"
    for tool in page.locator(tools).all():
        if tool.is_visible():
            seat.press(tool)
            if tool.get_attribute("id") == "help-tool":
                expect(page.locator("#help")).to_be_visible()
                seat.press(page.locator("#help").get_by_role("button", name="Close"))
                expect(page.locator("#help")).to_be_hidden()
                # Its button has the focus until the page is next drawn.
                seat.until("document.activeElement === document.body")
            assert_player_has_the_keys(page, str(tool))
    for bar in ("#seek", "#volume"):
        if page.locator(bar).is_visible():
            seat.press_at(bar, 0.5)
            assert_player_has_the_keys(page, bar)
    for menu, choice in (("Speed", "1.25\u00d7"), ("Speed", "Normal"), ("Language", "German"),
                         ("Language", "English"), ("Quality", "Automatic")):  # fmt: skip
        seat.choose(menu, choice)
        expect(page.get_by_role("group", name=menu)).to_be_hidden()
        assert_player_has_the_keys(page, f"{menu}: {choice}")


def assert_player_has_the_keys(page: Page, pressed: str) -> None:
    page.evaluate("video.pause(); video.currentTime = 8")
    page.keyboard.press("ArrowRight")
    assert abs(page.evaluate("video.currentTime") - 13) < 0.1, pressed
    for is_paused in (False, True):
        page.keyboard.press(" ")
        focused = page.evaluate("document.activeElement.outerHTML.slice(0, 80)")
        assert page.evaluate("video.paused") is is_paused, f"{pressed}, with the focus on {focused}"


Effect = Callable[[str, dict[str, Any], dict[str, Any]], bool]


def skips(seconds: float, back: str) -> Effect:
    def holds(key: str, before: dict[str, Any], after: dict[str, Any]) -> bool:
        wanted = -seconds if key == back else seconds
        return abs(after["time"] - before["time"] - wanted) < 0.2

    return holds


def turns(name: str) -> Effect:
    return lambda key, before, after: after[name] is not before[name]


# What each row of the table means; a row that is not here fails.
EFFECTS: dict[str, Effect] = {
    "Play or pause": turns("paused"),
    "Back or forward 5 seconds": skips(5, "←"),
    "Back or forward 10 seconds": skips(10, "J"),
    "Jump to 0 to 90 percent of the film": lambda key, before, after: (
        abs(after["time"] - int(key) / 10 * SECONDS) < 0.2
    ),
    "Volume": lambda key, before, after: (
        abs(after["volume"] - before["volume"] - (0.1 if key == "↑" else -0.1)) < 0.01
    ),
    "Sound on or off": turns("muted"),
    "Subtitles on or off": turns("showing"),
    "Slower or faster": lambda key, before, after: (
        (after["rate"] > before["rate"]) is (key == ">") and after["rate"] != before["rate"]
    ),
    "Next episode": lambda key, before, after: after["path"] != before["path"],
    "Full screen": lambda key, before, after: after["full"] == "player",
    "This list": lambda key, before, after: bool(after["help"]),
}


def test_every_listed_key_does_and_shows_what_the_table_says(seat: Seat, page: Page) -> None:
    rows = page.evaluate(TABLE)
    assert {row["words"] for row in rows} == set(EFFECTS)
    # The next episode comes last, because it leaves this film.
    for row in sorted(rows, key=lambda row: row["words"] == "Next episode"):
        keys = list("0123456789") if row["isRange"] else row["keys"]
        for key in keys:
            page.evaluate("video.pause(); video.currentTime = 11; video.volume = 0.5")
            page.evaluate("video.muted = false; video.playbackRate = video.defaultPlaybackRate")
            page.evaluate("flashes.length = 0")
            before = page.evaluate(STATE)
            page.keyboard.press(PRESSED.get(key, key.lower()))
            seat.until("flashes.some(Boolean) || document.fullscreenElement || help.open"
                       " || location.pathname !== " + repr(before["path"]))  # fmt: skip
            assert EFFECTS[row["words"]](key, before, page.evaluate(STATE)), row
            page.evaluate("document.querySelector('#help').close()")
            page.evaluate("document.fullscreenElement && document.exitFullscreen()")
            seat.until("document.fullscreenElement === null")


def test_help_opens_by_key_and_by_pointer(seat: Seat, page: Page) -> None:
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    for opens in (lambda: page.keyboard.press("?"), lambda: seat.press(page.locator("#help-tool"))):
        opens()
        expect(dialog).to_be_visible()
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()


def test_skips_ten_seconds_with_what_the_seat_has(seat: Seat, page: Page) -> None:
    """A double tap at a side; for a mouse the buttons, and a double click fills the screen."""
    page.evaluate("video.currentTime = 11")
    if not seat.is_touch:
        for name, second in (("Forward 10 seconds", 21), ("Back 10 seconds", 11)):
            if page.get_by_role("button", name=name).is_visible():
                page.get_by_role("button", name=name).click()
                until_at(page, second)
        page.mouse.dblclick(seat.width * 0.85, 130)
        seat.until("document.fullscreenElement?.id === 'player'")
        return
    for share, second in ((0.85, 21), (0.15, 11)):
        for _ in range(5):  # a busy machine may take too long between two taps
            for _ in range(2):
                page.touchscreen.tap(seat.width * share, 130)
            page.wait_for_timeout(400)
            if page.evaluate("video.currentTime") != 32 - second:
                break
        until_at(page, second)
        expect(page.locator("#flash")).to_have_text(re.compile("10 s"))
    assert page.evaluate("document.fullscreenElement") is None


def test_one_press_on_the_picture(seat: Seat, page: Page) -> None:
    """A tap brings the controls and does not pause; a click pauses."""
    page.evaluate("video.currentTime = 0; video.play()")
    seat.until("document.querySelector('#player').classList.contains('idle')")
    point = seat.width * 0.5, 130

    if seat.is_touch:
        page.touchscreen.tap(*point)
    else:
        page.mouse.click(*point)

    seat.until("!document.querySelector('#player').classList.contains('idle')")
    assert page.evaluate("video.paused") is not seat.is_touch


@pytest.mark.parametrize("size", ["normal", "huge"])
def test_subtitles_never_lie_under_the_controls(seat: Seat, page: Page, size: str) -> None:
    page.evaluate(f"document.querySelector('#player').dataset.cueSize = '{size}'")
    if not page.evaluate("showing().length"):
        page.keyboard.press("c")
    seat.until("showing().some((track) => track.activeCues?.length)")
    expect(page.locator("#flash")).to_be_empty()
    page.wait_for_timeout(100)  # drawn

    with_words = page.screenshot()
    page.evaluate("showing().forEach((track) => { track.mode = 'hidden'; track.was = true; })")
    page.wait_for_timeout(100)
    without = page.screenshot()
    page.evaluate("[...video.textTracks].filter((t) => t.was).forEach((t) => (t.mode = 'showing'))")
    page.keyboard.press("c")

    found = difference(with_words, without)
    assert found, "no words are seen"
    left, top, right, bottom = found
    boxes = [box_of(page, selector) for selector in ("#seek", ".clock", "#title", "#player")]
    seek, clock, title, player = boxes
    assert bottom <= min(seek["y"], clock["y"])
    assert top >= title["y"] + title["height"]
    assert player["x"] <= left < right <= player["x"] + player["width"]


def difference(one: bytes, other: bytes) -> tuple[int, int, int, int] | None:
    """The box of what differs between two screenshots."""
    first, second = (Image.open(io.BytesIO(shot)).convert("RGB") for shot in (one, other))
    changed = ImageChops.difference(first, second).convert("L").point(lambda v: 255 * (v > 24))
    return changed.getbbox()


def box_of(page: Page, selector: str) -> dict[str, float]:
    box = page.locator(selector).bounding_box()
    assert box is not None
    return {**box}


def test_shows_chapters_on_the_bar_with_their_names(seat: Seat, page: Page) -> None:
    expect(page.locator("#chapter-marks i")).to_have_count(2)
    assert page.evaluate(OUTSIDE, "#chapter-marks i") == []
    seek = box_of(page, "#seek")
    y, places = seek["y"] + seek["height"] / 2, {0.05: "Intro", 0.5: "The bars", 0.95: "Credits"}

    drag = page.context.new_cdp_session(page) if seat.is_touch else None
    for index, (share, title) in enumerate(places.items()):
        x = seek["x"] + share * seek["width"]
        if drag:
            kind = "touchMove" if index else "touchStart"
            for step in range(3):  # the first moves only make up the browser's mind
                at = {"x": x + 9 * step - 9, "y": y}
                drag.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [at]})
                kind = "touchMove"
        else:
            page.mouse.move(x, y)
        expect(page.locator("#preview-time")).to_have_text(re.compile(rf"^{title} · 0:\d\d$"))
        assert page.evaluate(OUTSIDE, "#preview") == []
    if drag:
        drag.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        expect(page.locator("#preview")).to_be_hidden()
        seat.until("video.currentTime > 20")


@pytest.mark.parametrize(
    ("second", "words", "end"), [(1, "Skip intro", 6), (19, "Skip credits", SECONDS)]
)
def test_skips_by_the_names_of_chapters(
    seat: Seat, page: Page, second: int, words: str, end: int
) -> None:
    page.evaluate("second => { video.currentTime = second }", second)
    skip = seat.button(words)
    expect(skip).to_be_in_viewport(ratio=1)
    assert page.evaluate(OUTSIDE, "#skip") == []
    assert not skip.evaluate(COVERED)

    seat.press(skip)

    until_at(page, end)
    expect(page.locator("#skip")).to_be_hidden()


def test_opens_picture_in_picture(seat: Seat, page: Page) -> None:
    page.evaluate("video.requestPictureInPicture = async () => { window.asked = true; }")
    seat.press(seat.button("Picture in picture"))

    seat.until("window.asked")


def test_obeys_the_keys_of_remote_controls(seat: Seat, page: Page) -> None:
    press = (
        "(key) => document.body.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}))"
    )
    for key, condition in (
        ("MediaPlayPause", "!video.paused"), ("MediaPause", "video.paused"),
        ("Enter", "!video.paused"), ("MediaStop", "video.paused"), ("Select", "!video.paused"),
        ("MediaPlayPause", "video.paused"),
        ("MediaFastForward", "video.currentTime > 15"), ("MediaRewind", "video.currentTime < 15"),
    ):  # fmt: skip
        page.evaluate(press, key)
        seat.until(condition)


def test_names_its_buttons_in_tooltips_on_the_screen(seat: Seat, page: Page) -> None:
    """Of a mouse; a finger has none, and the keyboard's focus has the same."""
    for tool in page.locator("#player .tool").all():
        if not tool.is_visible():
            continue
        if seat.is_touch:
            page.keyboard.press("Shift")  # what follows is the keyboard's focus
            tool.focus()
        else:
            tool.hover()
        found = tool.evaluate(TOOLTIPS)
        assert found["shown"], tool.get_attribute("aria-label")
        assert found["inside"], tool.get_attribute("aria-label")
        assert found["width"] > 20


def test_breaks_no_rule_for_screen_readers(seat: Seat, page: Page) -> None:
    if seat.is_touch:  # pointers make no difference
        expect(page.locator("#seek")).to_have_attribute("aria-valuetext", "8 seconds of 24 seconds")
        return
    seat.press(seat.button("Speed"))

    assert violations(page) == []


def test_keeps_speed_languages_and_their_look(seat: Seat, page: Page) -> None:
    seat.choose("Speed", "1.5\u00d7")
    seat.choose("Language", "German")
    seat.choose("Subtitles", "English")
    seat.press(seat.button("Subtitles"))
    page.get_by_label("Size").select_option("Very large")
    page.get_by_label("Style").select_option("Yellow")

    page.reload()

    seat.until("video.readyState >= 3 && video.playbackRate === 1.5")
    page.evaluate(f"({SHOWING})()")
    seat.until(f"showing().some(({{ activeCues }}) => activeCues?.[0]?.text === {WORDS!r})")
    expect(page.locator("#player")).to_have_attribute("data-cue-size", "huge")
    expect(page.locator("#player")).to_have_attribute("data-cue-ground", "yellow")
    seat.press(seat.button("Language"))
    expect(page.get_by_role("radio", name="German")).to_be_checked()
    page.keyboard.press("Escape")


def test_goes_on_with_the_next_episode_and_then_with_others(
    seat: Seat, page: Page, product: Stack, episodes: Episodes
) -> None:
    """With the speed: it is kept for the next film."""
    seat.choose("Speed", "1.5\u00d7")
    page.evaluate("window.element = video")
    go_to_the_end(page)
    expect(page.get_by_role("heading", name="S1 E2 · Part Two")).to_be_visible()
    expect(page.locator("#next-when")).to_have_text(re.compile(r"Starts in \d+ s"))
    assert page.evaluate(OUTSIDE, "#afterwards .button, .next-alone, #next-title, #next-when") == []
    seat.press(seat.button("Stay here"))
    expect(page.locator("#next-when")).to_be_empty()
    seat.press(seat.button("Watch again"))
    seat.until("!video.paused && video.currentTime < 5")
    go_to_the_end(page)

    seat.press(seat.button("Play now"))

    page.wait_for_url(f"{product.url}/watch/{episodes.second}/")
    seat.until("video === element && !video.paused && video.playbackRate === 1.5")
    seat.until("video.currentTime > 4")
    seat.press(seat.button("Skip credits"))  # which staff have marked
    expect(page.get_by_role("heading", name="More like this")).to_be_visible()
    expect(page.get_by_text("✓ Watched")).to_be_visible()
    assert page.locator("#more-list a").count() > 0
    page.evaluate(FULL_LIST)
    assert page.evaluate(OUTSIDE, "#afterwards .button, #more h2, #more-list") == []
    seat.press(seat.button("Watch again"))
    seat.until("!video.paused && video.currentTime < 4")
    page.evaluate("localStorage.clear()")


def go_to_the_end(page: Page) -> None:
    page.evaluate("video.currentTime = video.duration - 0.4; video.play()")
