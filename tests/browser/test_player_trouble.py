"""Trouble in words, at every width: why the film does not come, what happens next, and that it goes
on by itself."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.console import Console
from tests.browser.seats import is_readable_at_every_width, open_paused, sign_in, until
from tests.stack import Stack

SEGMENTS = re.compile(r"/\d+p/\d+\.ts")
# When the page was ready to play, and when it first said why it does not, in milliseconds.
TIMED = """
addEventListener("DOMContentLoaded", () => {
    window.began = performance.now();
    const words = document.querySelector("#delay");
    const note = () => (window.said ??= performance.now());
    new MutationObserver(note).observe(words, { childList: true });
});
"""


@pytest.fixture(params=["page", "phone"], ids=["desktop", "phone"])
def anywhere(request: pytest.FixtureRequest, product: Stack, film: int) -> Page:
    """A signed-in page: once on a desktop, once on a phone."""
    page: Page = request.getfixturevalue(request.param)
    sign_in(page.context, product, film)
    return page


def test_says_at_once_that_one_is_offline(
    product: Stack, anywhere: Page, film: int, console: Console
) -> None:
    open_paused(anywhere, product, film)
    delay = anywhere.locator("#delay")

    anywhere.context.set_offline(True)
    words = re.compile("^You are offline.*goes on by itself when you are back online")
    expect(delay).to_have_text(words, timeout=2000)
    is_readable_at_every_width(anywhere, "#delay")
    anywhere.context.set_offline(False)

    expect(delay).to_be_empty()
    console.overlook("ERR_INTERNET_DISCONNECTED")


def answer(status: int) -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=status, body="")


@pytest.mark.parametrize(
    ("handler", "words"),
    [
        (answer(404), "^A part of this film is missing.*We keep trying; you can also skip ahead"),
        (answer(503), "^The server has a problem.*We keep trying, and the film goes on by itself"),
        (
            lambda route: route.abort(),
            "^The server cannot be reached.*We keep trying, and the film goes on by itself",
        ),
        (
            lambda route: None,
            "^Your connection is slow.*The film goes on as soon as enough of it has arrived",
        ),
    ],
    ids=["missing", "server", "network", "slow"],
)
def test_says_after_five_seconds_why_the_film_waits_and_goes_on(
    product: Stack,
    anywhere: Page,
    film: int,
    console: Console,
    handler: Callable[[Route], None],
    words: str,
) -> None:
    anywhere.add_init_script(TIMED)
    anywhere.route(SEGMENTS, handler)
    anywhere.goto(f"{product.url}/watch/{film}/")
    expect(anywhere.locator("#delay")).to_have_text(re.compile(words), timeout=20_000)
    expect(anywhere.get_by_role("alertdialog")).to_be_hidden()
    assert 4500 < anywhere.evaluate("said - began") < 9000
    is_readable_at_every_width(anywhere, "#delay")

    anywhere.unroute_all(behavior="ignoreErrors")

    until(anywhere, "video.readyState >= 3")
    expect(anywhere.locator("#delay")).to_be_empty()
    console.overlook("404|503|ERR_FAILED")


def test_a_server_with_a_problem_is_waited_for(
    product: Stack, anywhere: Page, film: int, console: Console
) -> None:
    anywhere.route(re.compile(rf"/api/video/{film}/(\?|$)"), answer(500))
    anywhere.goto(f"{product.url}/watch/{film}/")
    box = anywhere.get_by_role("alertdialog", name="The server has a problem")
    expect(box).to_be_visible(timeout=60_000)
    expect(box).to_contain_text("goes on where you were as soon as the server is well again")
    is_readable_at_every_width(anywhere, "#trouble, #trouble .button")
    anywhere.wait_for_timeout(3500)
    expect(box).to_be_visible()

    anywhere.unroute_all(behavior="ignoreErrors")

    until(anywhere, "video.readyState >= 3")
    expect(box).to_be_hidden()
    console.forgive("500")


def test_says_that_the_session_is_over(
    product: Stack, anywhere: Page, film: int, console: Console
) -> None:
    open_paused(anywhere, product, film)
    anywhere.context.clear_cookies()
    anywhere.evaluate("document.querySelector('#quality-menu input[value=\"0\"]').click()")

    expect(anywhere.get_by_text("Your session has ended")).to_be_visible()
    assert f"next=%2Fwatch%2F{film}%2F" in anywhere.url
    console.forgive("401|400")
    console.overlook("401|400")
