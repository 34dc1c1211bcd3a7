"""Staff in the studio: many films dropped at once, uploaded, described and followed."""

import time
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.console import Console
from tests.browser.product import make_clip, wait_for
from tests.browser.test_admin import staff  # noqa: F401 - a fixture
from tests.stack import Stack

STUDIO = "/admin/video_app/video/upload/"
READY_MS = 60_000


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dropped")
    for name in ("Night.Train.2019.1080p.mkv", "Harbour.Lights.S01E02.The.Storm.mp4"):
        make_clip(folder / name, seconds=2, size="320x180", rate=12)
    (folder / "notes.txt").write_text("no film")
    return folder


@pytest.fixture
def studio(site: Stack, staff: Page) -> Page:  # noqa: F811 - the fixture
    staff.goto(f"{site.url}{STUDIO}")
    return staff


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=name))


def drop(page: Page, *files: Path) -> None:
    page.get_by_label("Choose films").set_input_files(files)


def test_dropped_films_become_ready_while_they_are_described(studio: Page, clips: Path) -> None:
    drop(studio, *sorted(clips.iterdir()))

    storm = row(studio, "Harbour.Lights")
    expect(storm.get_by_label("Series")).to_have_value("Harbour Lights")
    expect(storm.get_by_label("Episode")).to_have_value("2")
    expect(row(studio, "notes.txt")).to_contain_text("It is no film")
    train = row(studio, "Night.Train")
    expect(train.get_by_label("Year")).to_have_value("2019")
    train.get_by_label("Category").select_option("Western")
    expect(train.get_by_text("Saved.")).to_be_visible()
    for film in (storm, train):
        expect(film.get_by_text("ready", exact=True)).to_be_visible(timeout=READY_MS)
    expect(studio.get_by_role("button", name="Pause all")).to_be_hidden()

    # Who is signed in here is signed in on the site, where the change has come.
    train.get_by_role("link", name="Watch").click()
    expect(studio.get_by_role("heading", name="Night Train")).to_be_attached()
    expect(studio.locator("#facts")).to_contain_text("Western")


def test_upload_goes_on_after_the_page_was_closed(
    studio: Page, tmp_path: Path, console: Console
) -> None:
    film = make_clip(tmp_path / "Broken Off.mp4", seconds=2, size="320x180", rate=12)
    content = film.read_bytes()
    half = len(content) // 2

    def cut(route: object) -> None:  # half of the film, then nothing more
        request = route.request  # type: ignore[attr-defined]
        if request.method != "PATCH" or request.headers.get("upload-offset") != "0":
            route.abort() if request.method == "PATCH" else route.continue_()  # type: ignore[attr-defined]
            return
        route.continue_(post_data=content[:half], headers=request.headers)  # type: ignore[attr-defined]

    studio.route("**/api/uploads/**", cut)
    drop(studio, film)
    expect(row(studio, "Broken Off")).to_contain_text("Trying again")
    studio.unroute("**/api/uploads/**")
    listed = "**/api/uploads/?finished=true"
    studio.route(listed, lambda route: (time.sleep(1), route.continue_()))  # a slow server
    studio.reload()

    drop(studio, film)
    expect(row(studio, "Broken Off")).to_have_count(1)

    expect(row(studio, "Broken Off").get_by_text("ready", exact=True)).to_be_visible(
        timeout=READY_MS
    )
    console.overlook("ERR_FAILED|409")


def test_warns_only_before_something_is_lost(studio: Page, tmp_path: Path) -> None:
    film = make_clip(tmp_path / "Kept.mp4", seconds=2, size="320x180", rate=12)
    studio.route("**/api/uploads/*/", lambda route: None)  # not one byte is let through
    asked: list[str] = []
    studio.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    drop(studio, film)
    title = row(studio, "Kept").get_by_label("Title")
    expect(title).to_have_value("Kept")
    title.click()  # browsers ask only people who have done something

    studio.reload()
    assert asked == []
    drop(studio, film)
    row(studio, "Kept").get_by_label("Title").press_sequentially("!")
    studio.reload()
    assert asked == ["beforeunload"]
    studio.unroute("**/api/uploads/*/")
    row(studio, "Kept").get_by_role("button", name="Cancel").click()
    expect(row(studio, "Kept")).not_to_be_attached()


def test_picture_and_another_file_take_their_places(
    site: Stack, studio: Page, tmp_path: Path, console: Console
) -> None:
    first = make_clip(tmp_path / "First Cut.mp4", seconds=2, size="320x180", rate=12)
    second = make_clip(tmp_path / "Final Cut.mp4", seconds=3, size="320x180", rate=12)
    letter, picture = tmp_path / "letter.png", tmp_path / "picture.png"
    letter.write_text("no picture")
    Image.new("RGB", (320, 180), "teal").save(picture)
    drop(studio, first)
    film = row(studio, "First Cut")
    expect(film.get_by_label("Title")).to_have_value("First Cut")
    field = film.get_by_label("Picture")
    field.set_input_files(letter)
    expect(film).to_contain_text("This is not a picture we can read")
    field.set_input_files(picture)
    expect(film).to_contain_text("This is the poster now.")
    expect(film.get_by_text("ready", exact=True)).to_be_visible(timeout=READY_MS)
    expect(film.locator("img.vf-poster")).to_be_visible()

    film.get_by_role("link", name="Edit").click()
    studio.get_by_role("link", name="Upload another file in its place").click()
    studio.get_by_label("Choose the file").set_input_files(second)
    newer = row(studio, "Final Cut.mp4, in place of “First Cut”")
    expect(newer.get_by_text("ready", exact=True)).to_be_visible(timeout=READY_MS)
    expect(newer.get_by_label("Title")).to_be_hidden()
    newer.get_by_role("link", name="Edit").click()
    expect(studio.get_by_text("Before it was “First Cut.mp4”")).to_be_visible()
    expect(studio.get_by_role("link", name="Final Cut.mp4")).to_be_visible()
    studio.get_by_role("button", name="Go back to the former file").click()

    expect(studio.get_by_text("The film has its former file again.")).to_be_visible()
    expect(studio.get_by_role("link", name="First Cut.mp4")).to_be_visible()
    console.forgive("400")


def test_studio_is_usable_on_a_phone_and_by_keyboard(studio: Page, tmp_path: Path) -> None:
    studio.set_viewport_size({"width": 320, "height": 640})
    letter = tmp_path / "A very long name of a film that nobody can pronounce.mp4"
    letter.write_text("Dear viewers, this is no film. " * 100)
    drop(studio, letter)
    film = row(studio, "A very long name")
    expect(film).to_contain_text("failed: This is not a video file", timeout=READY_MS)

    assert studio.evaluate("document.documentElement.scrollWidth") <= 320
    remove = film.get_by_role("button", name="Take off the list")
    remove.focus()
    studio.keyboard.press("Enter")
    expect(film).not_to_be_attached()
    expect(studio.get_by_role("heading", name="Films", exact=True)).to_be_focused()


def test_added_subtitles_are_in_the_menu_and_in_time(
    site: Stack,
    staff: Page,  # noqa: F811 - the fixture
    film: int,
) -> None:
    text = "1\n00:00:03,000 --> 00:00:05,000\nÜber Straße\n".encode()
    file = {"name": "a.srt", "mimeType": "text/plain", "buffer": text}
    fields = {"file": file, "language": "de", "label": "Deutsch", "offset": "-0.5"}
    subtitles = f"{site.url}/api/video/{film}/subtitles/"
    staff.goto(f"{site.url}/watch/{film}/")
    staff.wait_for_function("() => document.querySelector('video').currentTime > 0")
    expect(staff.locator("#subtitle-menu")).to_be_hidden()
    answer = staff.request.post(subtitles, multipart=fields, headers={"Origin": site.url})
    assert answer.status == 201, answer.text()

    staff.reload()
    expect(staff.locator("#subtitle-menu")).to_be_visible()
    staff.keyboard.press("c")

    start = "[...document.querySelector('video').textTracks].flatMap(t => [...t.cues ?? []])[0]"
    wait_for(lambda: staff.evaluate(f"{start} !== undefined"), "the first cue")
    assert staff.evaluate(f"{start}.text") == "Über Straße"
    # hls.js lets the first picture begin two pictures late (at its decoding time, which lies
    # before), and all of the film with it: what counts is where the pictures are.
    first_picture = staff.evaluate("document.querySelector('video').buffered.start(0)")
    assert abs(staff.evaluate(f"{start}.startTime") - first_picture - 2.5) < 0.01
    staff.request.delete(f"{subtitles}{answer.json()['id']}/", headers={"Origin": site.url})
