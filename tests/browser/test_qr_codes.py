"""QR codes as a camera sees them: out of pictures of the page, by a reader that is not ours."""

import json
from html import escape
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.stack import ADMIN_EMAIL, ADMIN_PASSWORD, Stack
from video_app.api.play_links import _qr_code

# A short address, and one with the longest host name that there may be.
SHORT = "http://tv.lan/play/a/api/video/1/master.m3u8"
LONG = f"https://{'.'.join(['a' * 62] * 4)}/play/{'Ab1_-' * 20}/api/video/123456789/master.m3u8"
PHONE, DESKTOP = {"width": 320, "height": 640}, {"width": 1280, "height": 800}


@pytest.fixture
def signed_in(product: Stack, page: Page) -> Page:
    body = {"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD}
    assert page.context.request.post(f"{product.url}/api/login/", data=body).ok
    return page


def codes_on(page: Page) -> list[str]:
    with Image.open(BytesIO(page.screenshot())) as picture:
        return [found.text for found in zxingcpp.read_barcodes(picture.convert("L"))]


def show(page: Page, image: str) -> None:
    """An image alone on a black page."""
    page.set_content(f'<body style="margin:0;background:#000"><img src="{escape(image)}">')


def open_dialog(page: Page, product: Stack, film: int) -> str:
    """The link that the dialog shows."""
    page.goto(f"{product.url}/film/{film}/")
    page.get_by_role("button", name="Watch on another device").click()
    expect(page.locator("#elsewhere-found")).to_be_visible()
    page.wait_for_function("() => document.querySelector('#elsewhere-qr').naturalWidth > 50")
    return page.locator("#elsewhere-link").input_value()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_shows_code_of_play_link(
    product: Stack, signed_in: Page, film: int, size: dict[str, int], scheme: str
) -> None:
    signed_in.set_viewport_size(size)
    signed_in.emulate_media(color_scheme=scheme)

    link = open_dialog(signed_in, product, film)

    assert codes_on(signed_in) == [link]


@pytest.mark.parametrize("url", [SHORT, LONG], ids=["short", "long"])
def test_shows_code_of_any_length(product: Stack, signed_in: Page, film: int, url: str) -> None:
    def answer(route: Route) -> None:
        made = {"id": 1, "url": url, "expires": "2030-01-01T00:00:00Z", "qr": _qr_code(url)}
        route.fulfill(status=201, content_type="application/json", body=json.dumps(made))

    signed_in.set_viewport_size(PHONE)
    signed_in.route("**/play-link/", answer)

    assert open_dialog(signed_in, product, film) == url
    assert codes_on(signed_in) == [url]


def test_has_margin_of_four_modules_all_around(signed_in: Page) -> None:
    """ISO/IEC 18004 wants it: on a dark page the code's edge is lost without."""
    show(signed_in, _qr_code(SHORT))
    with Image.open(BytesIO(signed_in.screenshot())) as picture:
        white = picture.convert("L").point(lambda level: 255 * (level > 128))
        left, top, right, bottom = white.getbbox()
        code = white.crop((left, top, right, bottom)).point(lambda level: 255 - level).getbbox()

    module = 4  # pixels, as `_qr_code` draws them
    assert (code[0], code[1]) == (4 * module, 4 * module)
    assert (right - left - code[2], bottom - top - code[3]) == (4 * module, 4 * module)


def test_shows_key_of_authenticator_app(product: Stack, signed_in: Page) -> None:
    made = signed_in.context.request.post(f"{product.url}/api/me/second-factor/app/").json()

    show(signed_in, made["image"])

    assert codes_on(signed_in) == [made["uri"]]
    assert made["secret"] in made["uri"]
