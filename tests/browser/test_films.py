"""Catalogue and player of the built-in site, with films that the real worker encoded."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.console import Console
from tests.browser.product import Admin, make_clip
from tests.stack import ADMIN_EMAIL, ADMIN_PASSWORD, Stack


@pytest.fixture
def signed_in(product: Stack, page: Page) -> Page:
    body = {"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD}
    assert page.context.request.post(f"{product.url}/api/login/", data=body).ok
    return page


@pytest.fixture
def clean_marks(product: Stack, signed_in: Page, film: int) -> Iterator[None]:
    yield
    for mark in ("position", "favorite"):
        signed_in.context.request.delete(f"{product.url}/api/video/{film}/{mark}/")


def video(page: Page, expression: str) -> Any:
    return page.evaluate(f"document.querySelector('video').{expression}")


def wait_for_video(page: Page, condition: str) -> None:
    # A function, because the page's policy forbids to evaluate text.
    page.wait_for_function(f"() => {condition}")


def play(page: Page) -> None:
    wait_for_video(page, "video.readyState >= 3")
    page.evaluate("video.muted = true")
    if video(page, "paused"):
        page.get_by_role("button", name="Play").first.click()
    wait_for_video(page, "!video.paused && video.currentTime > 0.2")


def choose_quality(page: Page, label: str) -> None:
    page.get_by_role("button", name=re.compile("^Quality")).click()
    page.get_by_role("radio", name=re.compile(f"^{label}")).check()
    page.keyboard.press("Escape")


def test_sign_in_choose_a_film_watch_it_and_change_its_quality(
    product: Stack, page: Page, film: int, clean_marks: None
) -> None:
    page.context.clear_cookies()
    page.goto(product.url)
    page.get_by_label("E-mail address").fill(ADMIN_EMAIL)
    page.get_by_label("Password", exact=True).fill(ADMIN_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.locator(f'.film[data-film="{film}"] a').first.click()
    expect(page.get_by_role("heading", name="Colour Bars")).to_be_visible()
    page.locator("#play").click()
    play(page)

    for height in (360, 1080):
        page.keyboard.press("0")
        choose_quality(page, f"{height}p")
        wait_for_video(page, f"video.videoHeight === {height}")
        expect(page.get_by_role("button", name=f"Quality, now {height}p")).to_be_visible()

    before = video(page, "currentTime")
    wait_for_video(page, f"video.currentTime > {before} || video.ended")


def test_a_film_begins_with_a_good_picture(
    product: Stack, signed_in: Page, film: int, clean_marks: None
) -> None:
    segment = re.compile(rf"/video/{film}/\d+p/\d+\.ts")
    with signed_in.expect_request(segment) as first:
        signed_in.goto(f"{product.url}/watch/{film}/")

    assert "/720p/000.ts" in first.value.url


def test_the_keyboard_drives_the_player(
    product: Stack, signed_in: Page, film: int, clean_marks: None
) -> None:
    page = signed_in
    page.goto(f"{product.url}/watch/{film}/")
    play(page)

    page.keyboard.press("k")
    wait_for_video(page, "video.paused")
    page.keyboard.press("9")
    wait_for_video(page, "Math.abs(video.currentTime - 0.9 * video.duration) < 0.1")
    page.keyboard.press("ArrowLeft")
    wait_for_video(page, "Math.abs(video.currentTime + 5 - 0.9 * video.duration) < 0.1")
    page.keyboard.press("m")
    assert video(page, "muted") is False
    page.keyboard.press("f")
    wait_for_video(page, "document.fullscreenElement?.id === 'player'")


def test_a_film_goes_on_where_it_was_left(
    product: Stack, signed_in: Page, film: int, clean_marks: None
) -> None:
    page = signed_in
    page.goto(f"{product.url}/watch/{film}/")
    play(page)
    with page.expect_response(re.compile("/position/")):
        page.evaluate("video.currentTime = 7; video.pause()")

    page.goto(product.url)
    row = page.get_by_role("region", name="Continue watching").or_(
        page.get_by_role("list", name="Continue watching")
    )
    row.locator(f'.film[data-film="{film}"] a').click()

    wait_for_video(page, "video.currentTime >= 6.9")
    expect(page.get_by_text("Resuming at 0:07")).to_be_visible()


def test_the_list_remembers_what_is_liked(
    product: Stack, signed_in: Page, film: int, clean_marks: None
) -> None:
    page = signed_in
    page.goto(product.url)
    heart = page.locator("#hero-favourite")
    heart.click()
    expect(heart).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("status").filter(has_text="Added to your list")).to_be_visible()

    expect(page.get_by_role("list", name="My list")).to_be_visible()
    page.reload()
    expect(page.get_by_role("list", name="My list")).to_be_visible()

    page.get_by_role("list", name="My list").locator(".heart").click()
    expect(page.get_by_role("list", name="My list")).to_have_count(0)
    assert page.evaluate("document.activeElement.matches('#rows a')"), "the focus is lost"


def test_a_card_is_called_by_its_title_and_its_length_in_words(
    product: Stack, signed_in: Page, film: int, clean_marks: None
) -> None:
    url = f"{product.url}/api/video/{film}/position/"
    assert signed_in.context.request.put(url, data={"seconds": 8}).ok
    signed_in.goto(product.url)

    name = re.compile(r"^Colour Bars, 12 seconds, \d\d percent watched$")
    expect(signed_in.get_by_role("link", name=name).first).to_be_visible()


def test_a_poster_that_fails_comes_as_jpeg(
    product: Stack, signed_in: Page, film: int, console: Console
) -> None:
    signed_in.route(re.compile(r"/poster-\d+\.avif"), lambda route: route.fulfill(status=404))
    signed_in.goto(f"{product.url}/film/{film}/")

    poster = "document.querySelector('#film-picture')"
    wait_for_video(signed_in, f"/jpg/.test({poster}.currentSrc) && {poster}.naturalWidth > 0")
    console.forgive("404")


def test_a_portrait_is_shown_whole(product: Stack, signed_in: Page, film: int) -> None:
    portrait = BytesIO()
    Image.new("RGB", (180, 320)).save(portrait, "JPEG")
    signed_in.route(
        re.compile(r"/poster-\d+\."),
        lambda route: route.fulfill(body=portrait.getvalue(), content_type="image/jpeg"),
    )
    signed_in.goto(product.url)

    image = signed_in.locator("#rows .poster img.portrait").first
    expect(image).to_have_css("object-fit", "contain")
    box = image.bounding_box()
    assert box
    assert abs(box["width"] / box["height"] - 16 / 9) < 0.02, "the card changed its shape"


def test_a_browser_without_map_group_by_shows_the_films(
    product: Stack, signed_in: Page, film: int
) -> None:
    signed_in.add_init_script("delete Map.groupBy; delete Object.groupBy; delete URL.canParse")
    signed_in.goto(product.url)

    expect(signed_in.get_by_role("list", name="Documentary")).to_be_visible()


def test_search_suggests_finds_and_says_how_many(
    product: Stack, signed_in: Page, film: int
) -> None:
    page = signed_in
    page.goto(product.url)
    field = page.get_by_role("combobox", name="Search films")
    field.fill("color brs")
    expect(page.get_by_role("option", name="Colour Bars")).to_be_visible()
    field.press("Enter")
    expect(page.get_by_text("1 film", exact=True)).to_be_visible()

    field.fill("nothing is called like this")
    field.press("Enter")
    expect(page.get_by_text("0 films")).to_be_visible()
    assert "search=nothing" in page.url

    page.go_back()
    expect(page.get_by_text("1 film", exact=True)).to_be_visible()


def test_a_category_has_a_page(product: Stack, signed_in: Page, film: int) -> None:
    page = signed_in
    page.goto(product.url)
    page.locator("#rows").get_by_role("link", name="Documentary", exact=True).click()

    expect(page.get_by_role("heading", name="Documentary")).to_be_visible()
    expect(page.locator("#list .film")).to_have_count(1)


def test_a_title_is_never_markup(product: Stack, signed_in: Page, film: int) -> None:
    page = signed_in
    film_of_evil = {"id": film, "title": "<img src=x onerror=alert(1)>", "category": "<b>"}
    row = {"id": "new", "title": "<b>New</b>", "url": "/api/video/", "videos": [film_of_evil]}
    page.route("**/api/home/", lambda route: route.fulfill(json={"rows": [row]}))
    page.goto(product.url)

    expect(page.get_by_role("heading", name="<img src=x")).to_be_visible()
    assert page.locator('img[src="x"]').count() == 0


def test_a_film_that_is_being_encoded_starts_at_0_and_grows(
    product: Stack, signed_in: Page, admin: Admin, tmp_path: Path, console: Console
) -> None:
    page = signed_in
    clip = make_clip(tmp_path / "long.mp4", seconds=240, size="640x360", rate=24)
    growing = admin.upload(clip, title="Growing Up", category="Drama")
    admin.wait_until_playable(growing)

    page.goto(f"{product.url}/watch/{growing}/")
    play(page)

    assert video(page, "currentTime") < 4
    expect(page.get_by_text(re.compile(r"Ready up to \d:\d\d"))).to_be_visible()
    length = video(page, "duration")
    assert length < 239
    wait_for_video(page, f"video.duration > {length} + 5")
    console.overlook("404.*thumbnail")  # the poster comes when it comes
    page.context.request.delete(f"{product.url}/api/video/{growing}/position/")


def test_an_unknown_film_is_explained(product: Stack, signed_in: Page, console: Console) -> None:
    signed_in.goto(f"{product.url}/watch/999999/")

    expect(signed_in.get_by_role("alertdialog", name="This film is not here")).to_be_visible()
    console.forgive("404")


def test_a_lost_connection_is_survived(
    product: Stack, signed_in: Page, film: int, console: Console, clean_marks: None
) -> None:
    page = signed_in
    page.goto(f"{product.url}/watch/{film}/")
    play(page)
    page.evaluate("video.playbackRate = 0.25")  # a busy machine must not reach the end meanwhile
    page.context.set_offline(True)
    page.keyboard.press("0")
    choose_quality(page, "360p")
    page.wait_for_timeout(3000)
    page.context.set_offline(False)

    wait_for_video(page, "video.videoHeight === 360 && (!video.paused || video.ended)")
    console.forgive("ERR_INTERNET_DISCONNECTED")


def test_a_session_that_expires_during_a_film_is_renewed(
    product: Stack, signed_in: Page, film: int, console: Console, clean_marks: None
) -> None:
    page = signed_in
    page.goto(f"{product.url}/")
    page.context.clear_cookies(name="access_token")
    page.goto(f"{product.url}/watch/{film}/")
    play(page)
    page.context.clear_cookies(name="access_token")
    page.keyboard.press("0")

    choose_quality(page, "360p")

    wait_for_video(page, "video.videoHeight === 360")
    console.forgive("401")


def test_without_a_session_the_player_leads_to_sign_in_and_back(
    product: Stack, page: Page, film: int, console: Console
) -> None:
    page.goto(f"{product.url}/watch/{film}/")

    expect(page.get_by_text("Your session has ended")).to_be_visible()
    assert page.url.endswith(f"next=%2Fwatch%2F{film}%2F")
    console.forgive("400")


def test_a_player_without_a_server_says_so_and_goes_on_when_it_is_back(
    product: Stack, signed_in: Page, film: int, console: Console
) -> None:
    page = signed_in
    page.goto(f"{product.url}/watch/{film}/")
    page.route("**/api/**", lambda route: route.abort())
    page.route("**/healthz/", lambda route: route.abort())
    page.reload()
    expect(page.get_by_role("alertdialog", name="The connection was lost")).to_be_visible()

    page.unroute_all()

    play(page)
    console.forgive("ERR_FAILED")


def test_makes_link_for_another_device_on_film_page(
    product: Stack, signed_in: Page, film: int, tmp_path: Path
) -> None:
    page = signed_in
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{product.url}/film/{film}/")
    page.get_by_role("button", name="Watch on another device").click()
    expect(page.locator("#elsewhere-link")).to_have_value(re.compile("/play/.+/master.m3u8$"))
    wait_for_video(page, "document.querySelector('#elsewhere-qr').naturalWidth > 50")
    page.screenshot(path=tmp_path / "elsewhere.png")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320

    page.get_by_role("button", name="End all my links").click()
    expect(page.locator("#toast")).to_have_text("All your links have ended")
    expect(page.get_by_role("dialog")).to_be_hidden()
