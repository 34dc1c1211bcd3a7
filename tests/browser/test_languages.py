"""A film with two languages and subtitles: both can be chosen while it plays."""

import re
import subprocess

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.console import Console
from tests.browser.product import Admin, wait_for
from tests.browser.seats import sign_in
from tests.stack import ADMIN_EMAIL, ADMIN_PASSWORD, Stack

SUBTITLES = "1\n00:00:00,000 --> 00:00:11,000\nHello from below.\n"

# Playwright itself does not see what a page sends while it closes.
AWAY = """(() => {
    const send = window.fetch;
    window.fetch = (url, options) => url === "/api/preferences/" && localStorage.getItem("away")
        ? Promise.reject(new TypeError("away")) : send(url, options);
})()"""


@pytest.fixture(scope="module")
def bilingual(admin: Admin, tmp_path_factory: pytest.TempPathFactory) -> int:
    folder = tmp_path_factory.mktemp("bilingual")
    (folder / "words.srt").write_text(SUBTITLES)
    inputs = (
        "-f lavfi -i testsrc2=size=640x360:rate=12:duration=12 "
        "-f lavfi -i sine=frequency=220:duration=12 -f lavfi -i sine=frequency=880:duration=12 "
        "-i words.srt -map 0 -map 1 -map 2 -map 3 "
    )
    languages = "-metadata:s:a:0 language=eng -metadata:s:a:1 language=deu "
    coding = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -c:s srt "
    words = f"ffmpeg -v error {inputs}{languages}-metadata:s:s:0 language=eng {coding}film.mkv"
    subprocess.run(words.split(), cwd=folder, check=True)
    video_id = admin.upload(folder / "film.mkv", title="Two Languages", category="Documentary")
    admin.wait_until_complete(video_id)
    return video_id


@pytest.fixture
def playing(product: Stack, page: Page, bilingual: int) -> Page:
    sign_in(page.context, product, bilingual)
    play(page, product, bilingual)
    return page


def play(page: Page, product: Stack, film: int) -> None:
    page.goto(f"{product.url}/watch/{film}/")
    page.wait_for_function("() => video.readyState >= 3")
    page.evaluate("video.muted = true; video.currentTime = 0; video.play()")
    page.wait_for_function("() => !video.paused && video.currentTime > 0.2")


def choose(page: Page, menu: str, choice: str) -> None:
    page.get_by_role("button", name=re.compile(f"^{menu}")).click()
    page.get_by_role("radio", name=choice).check()
    page.keyboard.press("Escape")


def shown_words(page: Page) -> str:
    script = """() => [...video.textTracks].filter((track) => track.mode === "showing")
        .flatMap((track) => [...(track.activeCues ?? [])]).map((cue) => cue.text).join()"""
    return str(page.evaluate(script))


def test_another_language(playing: Page) -> None:
    with playing.expect_response(re.compile("/audio-0/00[01].ts")) as answer:
        choose(playing, "Language", "German")

    assert answer.value.status == 200
    before = playing.evaluate("video.currentTime")
    playing.wait_for_function(f"() => video.currentTime > {before} + 0.5 || video.ended")


def test_subtitles_and_their_key(playing: Page) -> None:
    assert shown_words(playing) == ""

    choose(playing, "Subtitles", "English")
    playing.wait_for_function(
        "() => [...video.textTracks].some((track) => track.activeCues?.length)"
    )
    assert shown_words(playing) == "Hello from below."

    playing.keyboard.press("c")
    expect(playing.get_by_role("button", name=re.compile("^Subtitles"))).to_be_visible()
    assert shown_words(playing) == ""


def test_language_and_subtitles_are_kept_for_the_next_film(playing: Page) -> None:
    choose(playing, "Language", "German")
    choose(playing, "Subtitles", "English")

    playing.reload()
    playing.evaluate("video.muted = true; video.play().catch(() => {})")

    playing.wait_for_function(
        "() => [...video.textTracks].some((track) => track.activeCues?.length)"
    )
    assert shown_words(playing) == "Hello from below."
    playing.get_by_role("button", name=re.compile("^Language")).click()
    expect(playing.get_by_role("radio", name="German")).to_be_checked()


def test_subtitles_that_were_turned_off_stay_off(playing: Page) -> None:
    choose(playing, "Subtitles", "English")
    playing.keyboard.press("c")
    playing.keyboard.press("c")
    expect(playing.locator("#flash")).to_have_text("Subtitles: English")
    playing.keyboard.press("c")
    expect(playing.locator("#flash")).to_have_text("Subtitles off")

    playing.reload()
    playing.wait_for_function("() => video.readyState >= 3 && video.currentTime > 0.3")

    assert shown_words(playing) == ""


def test_each_profile_keeps_its_own(product: Stack, playing: Page, bilingual: int) -> None:
    profiles = f"{product.url}/api/me/profiles/"
    made = playing.context.request.post(profiles, data={"name": "Ida", "picture": "owl"})
    assert made.ok, made.text()
    choose(playing, "Language", "German")
    choose(playing, "Subtitles", "English")

    become(playing, product, bilingual, "Ida")
    assert checked_language(playing) == "English"
    assert shown_words(playing) == ""

    become(playing, product, bilingual, "Main")
    assert checked_language(playing) == "German"
    playing.wait_for_function("() => [...video.textTracks].some((one) => one.mode === 'showing')")
    playing.context.request.delete(f"{profiles}{made.json()['id']}/")


def test_profile_finds_its_own_on_another_device(
    product: Stack, playing: Page, bilingual: int, chromium: Browser, console: Console
) -> None:
    choose(playing, "Language", "German")
    choose(playing, "Subtitles", "English")
    playing.get_by_role("button", name=re.compile("^Subtitles")).click()
    with playing.expect_response(re.compile("/api/preferences/")) as answer:
        playing.get_by_label("Size").select_option("Very large")
    assert answer.value.status == 200

    television = chromium.new_context()
    page = television.new_page()
    console.watch(page)
    body = {"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD}
    assert television.request.post(f"{product.url}/api/login/", data=body).ok
    play(page, product, bilingual)

    expect(page.locator("#player")).to_have_attribute("data-cue-size", "huge")
    page.wait_for_function("() => [...video.textTracks].some((one) => one.activeCues?.length)")
    assert checked_language(page) == "German"
    television.close()


def test_choice_outlives_page_that_closes_at_once(product: Stack, playing: Page) -> None:
    playing.evaluate("""() => {
        document.querySelector("#audio-menu input[value='1']").click();
        location.assign("/health/live/");
    }""")

    assert wait_for(lambda: chosen_language(playing, product) == "de", "German", 10)


def test_choice_waits_in_browser_while_server_is_away(product: Stack, playing: Page) -> None:
    playing.add_init_script(AWAY)
    playing.reload()
    playing.wait_for_function("() => video.readyState >= 3")
    playing.evaluate("localStorage.setItem('away', '1')")
    choose(playing, "Language", "German")
    playing.reload()
    playing.wait_for_function("() => video.readyState >= 3")

    assert checked_language(playing) == "German"
    assert chosen_language(playing, product) == ""

    playing.evaluate("localStorage.removeItem('away')")
    playing.reload()
    assert wait_for(lambda: chosen_language(playing, product) == "de", "German", 10)


def chosen_language(page: Page, product: Stack) -> str:
    answer = page.context.request.get(f"{product.url}/api/preferences/")
    return str(answer.json()["audio_language"])


def become(page: Page, product: Stack, film: int, name: str) -> None:
    """Somebody else of the account, who goes on with the same film."""
    page.goto(f"{product.url}/profiles/?next=/watch/{film}/")
    page.get_by_role("button", name=name).click()
    page.wait_for_url(f"{product.url}/watch/{film}/")
    page.wait_for_function("() => video.readyState >= 3 && video.currentTime > 0.2")


def checked_language(page: Page) -> str:
    page.get_by_role("button", name=re.compile("^Language")).click()
    name = page.get_by_role("group", name="Language").locator("label:has(input:checked) span")
    words = name.inner_text()
    page.keyboard.press("Escape")
    return words
