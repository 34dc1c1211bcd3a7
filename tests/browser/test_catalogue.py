"""With hundreds of films everything is reached by clicks; strangers with a link are greeted."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.audit import STILL, shifts, violations, watch_shifts, weight
from tests.browser.console import Console
from tests.browser.product import Admin, mailed_link
from tests.stack import ADMIN_EMAIL, ADMIN_PASSWORD, Stack

FILMS = 500
SEED = """
from django.contrib.auth import get_user_model
from video_app.catalogue import index, marks
from video_app.models import Category, Series, Video
film = Video.objects.get(pk={film})
series = Series.objects.create(title="Many")
Video.objects.bulk_create(
    Video(title=f"Many {{n:03d}}", category=Category.values[n % 22], duration=600,
          poster=film.poster, series=series if n < 3 else None, season=1, episode=n,
          state="completed", video_file="sources/many.mp4",
          current_build_id=film.current_build_id)
    for n in range({count}))
index.catch_up()
user = get_user_model().objects.get(is_superuser=True)
for video in Video.objects.filter(title__startswith="Many").order_by("pk")[100:160]:
    marks.set_favorite(user, video, is_favorite=True)
marks.keep_position(user, video, 200)
"""
REMOVE = """
from video_app.models import Series, Video
many = Video.objects.filter(title__startswith="Many")
many.update(poster="", video_file="")  # which are another film's
many.delete()
Series.objects.all().delete()
"""


@pytest.fixture(scope="module")
def many_films(product: Stack, film: int) -> Iterator[int]:
    """Rows that show the one film's pictures."""
    product.manage("shell", "-v", "0", "-c", SEED.format(film=film, count=FILMS))
    yield FILMS
    product.manage("shell", "-v", "0", "-c", REMOVE)


@pytest.fixture(params=["phone", "page"], ids=["phone", "desktop"])
def member(product: Stack, request: pytest.FixtureRequest) -> Page:
    page: Page = request.getfixturevalue(request.param)
    watch_shifts(page)
    body = {"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD}
    assert page.context.request.post(f"{product.url}/api/login/", data=body).ok
    page.goto(product.url)
    return page


def scroll_through(page: Page) -> None:
    """Down to the end, so that every poster is loaded."""
    while not page.evaluate("scrollY + innerHeight >= document.body.scrollHeight - 1"):
        page.evaluate("scrollBy({top: innerHeight / 2, behavior: 'instant'})")
        page.wait_for_timeout(100)
    page.wait_for_load_state("networkidle")


def show_all(page: Page) -> set[str]:
    """The titles of a list, to its last page."""
    more = page.get_by_role("button", name="Show more")
    expect(page.locator("#list .film").first).to_be_visible()
    while more.is_visible():
        count = page.locator("#list .film").count()
        more.click()
        expect(page.locator("#list .film").nth(count)).to_be_attached()
    return set(page.locator("#list .name").all_text_contents())


def test_every_film_is_reached_by_clicks(many_films: int, member: Page) -> None:
    member.get_by_role("link", name="All films").click()

    titles = show_all(member)

    assert len([title for title in titles if title.startswith("Many")]) == many_films


def test_every_favourite_is_reached_by_clicks(many_films: int, member: Page) -> None:
    member.get_by_role("link", name="My list", exact=True).first.click()

    assert show_all(member) == {f"Many {number:03d}" for number in range(100, 160)}


def test_every_category_is_reached_by_clicks(many_films: int, member: Page) -> None:
    categories = member.locator("#categories a")
    for number in range(22):
        member.get_by_role("link", name="Categories").click()
        expect(categories).to_have_count(22)
        name = categories.nth(number).evaluate("link => link.firstChild.data")
        categories.nth(number).click()
        expect(member.get_by_role("heading", level=1)).to_have_text(name)
        expect(member.locator("#list .film").first).to_be_visible()


def test_home_is_light_and_still(many_films: int, member: Page) -> None:
    member.wait_for_load_state("networkidle")
    bytes_before_posters = weight(member)
    scroll_through(member)

    assert 40_000 < bytes_before_posters <= 300_000
    assert shifts(member) < STILL


@pytest.mark.parametrize("path", ["films/?ordering=title", "browse/", "film/{film}/"])
def test_other_pages_are_still(many_films: int, member: Page, film: int, path: str) -> None:
    member.goto(member.url + path.format(film=film))
    member.wait_for_load_state("networkidle")
    scroll_through(member)

    assert shifts(member) < STILL


def test_films_like_it_follow_at_once(many_films: int, member: Page, film: int) -> None:
    """Not a blank screen below."""
    member.goto(f"{member.url}film/{film}/")
    expect(member.get_by_role("heading", name="More like this")).to_be_visible()

    between = "document.querySelector('#like').getBoundingClientRect().top - " + (
        "document.querySelector('.film-about').getBoundingClientRect().bottom"
    )
    assert 0 <= member.evaluate(between) < 120


def test_home_and_lists_break_no_rule_of_axe(many_films: int, member: Page) -> None:
    expect(member.locator("#rows progress").first).to_be_visible()
    found = violations(member)
    member.get_by_role("link", name="All films").click()
    expect(member.locator("#list .film").first).to_be_visible()

    assert found + violations(member) == []


def test_home_takes_one_request(many_films: int, member: Page) -> None:
    lists = re.compile(r"/api/(home|video/\?|categories|series|tags)")
    asked: list[str] = []
    member.on(
        "request", lambda request: asked.append(request.url) if lists.search(request.url) else None
    )

    member.reload()
    expect(member.locator("#rows .row").first).to_be_visible()

    assert [url.partition("/api/")[2] for url in asked] == ["home/"]


def test_a_series_and_its_films_lead_to_each_other(many_films: int, member: Page) -> None:
    member.get_by_role("link", name="Series", exact=True).click()
    member.get_by_role("link", name="Many 3 films").click()
    expect(member.get_by_role("link", name="Play Season 1")).to_be_visible()
    member.locator("#seasons .film a").nth(1).click()
    expect(member.get_by_role("link", name="Next: Many 002")).to_be_visible()

    member.get_by_role("link", name=re.compile("Many · Season 1")).click()

    expect(member.get_by_role("heading", name="Many", exact=True)).to_be_visible()


def test_a_stranger_with_a_link_is_greeted_and_comes_back(
    product: Stack, admin: Admin, page: Page, film: int
) -> None:
    page.goto(admin.get(f"/api/video/{film}/")["share_url"])
    expect(page.get_by_role("heading", name="Watch “Colour Bars”")).to_be_visible()
    page.get_by_label("E-mail address").fill(ADMIN_EMAIL)
    page.get_by_label("Password", exact=True).fill(ADMIN_PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("link", name="Play")).to_be_visible()
    assert page.url == f"{product.url}/film/{film}/"


def test_a_stranger_with_a_link_comes_back_after_sign_up(
    site: Stack, admin: Admin, page: Page, film: int
) -> None:
    address = "stranger@example.org"
    page.goto(admin.get(f"/api/video/{film}/")["share_url"])
    page.get_by_role("link", name="Create an account").first.click()
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password", exact=True).fill("a long password")
    page.get_by_label("Password again").fill("a long password")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()

    page.goto(mailed_link(site, address, "Confirm your email"))
    page.get_by_role("link", name="Watch films").click()

    expect(page.get_by_role("heading", name="Colour Bars")).to_be_visible()
    assert page.url == f"{site.url}/film/{film}/"


def test_what_was_begun_is_taken_away_from_its_list(
    product: Stack, member: Page, film: int
) -> None:
    path = f"{product.url}/api/video/{film}/position/"
    assert member.context.request.put(path, data={"seconds": 5}).ok
    member.goto(f"{product.url}/films/?started=true")
    cross = member.get_by_role("button", name="Remove Colour Bars from Continue watching")

    cross.click()

    expect(cross).to_have_count(0)
    assert member.context.request.get(path).json()["seconds"] == 0
    focused = "document.activeElement.matches('#list a, #list-title')"
    assert member.evaluate(focused), "the focus is lost"


def test_an_unknown_film_is_explained(product: Stack, member: Page, console: Console) -> None:
    member.goto(f"{product.url}/film/999999/")

    expect(member.get_by_role("heading", name="This film is not here")).to_be_visible()
    console.forgive("404")
