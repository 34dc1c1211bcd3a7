"""Titles that a front end inserts by `innerHTML`, in attributes and in inline handlers."""

import html
from html.parser import HTMLParser

import pytest

from video_app.catalogue.text import harmless

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "' onmouseover='alert(1)",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;img src=x onerror=alert(1)&amp;gt;",
    "&#60;script&#62;",
    "&#x3c;svg onload=alert(1)&#x3e;",
    "&quot onfocus=alert(1) autofocus &quot",
    "&#39;);alert(1);//",
    "&apos;);alert(1);//",
    "`${alert(1)}`",
    "\\x27);alert(1)//",
    "<<b>script>",
    "&am&amp;p;lt;b&gt;",
    "<scr\x00ipt>",
]


class Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))


def tags_of(page: str) -> list[tuple[str, list[tuple[str, str | None]]]]:
    seen = Seen()
    seen.feed(page)
    seen.close()
    return seen.tags


@pytest.mark.parametrize("payload", PAYLOADS)
class TestPayloads:
    def test_leaves_no_markup(self, payload: str):
        assert [tag for tag, _ in tags_of(f"<p>{harmless(payload)}</p>")] == ["p"]

    @pytest.mark.parametrize("quote", ['"', "'"])
    def test_never_ends_an_attribute(self, payload: str, quote: str):
        text = harmless(payload)

        ((tag, attributes),) = tags_of(f"<img alt={quote}{text}{quote}>")

        assert (tag, attributes) == ("img", [("alt", text)])

    def test_never_ends_a_script_string(self, payload: str):
        in_handler = html.unescape(harmless(payload))

        assert not set(in_handler) & set("'\"`\\")

    def test_is_idempotent(self, payload: str):
        assert harmless(harmless(payload)) == harmless(payload)


@pytest.mark.parametrize(
    "title", ["Tom & Jerry", "R&B", "AT&T", "Amélie", "七人の侍", "2 + 2 = 5", "Wall·E", "100 %"]
)
def test_keeps_ordinary_titles(title: str):
    assert harmless(title) == title


def test_replaces_quotes():
    assert harmless('It\'s a "Wonderful" Life') == "It’s a ”Wonderful” Life"  # noqa: RUF001
