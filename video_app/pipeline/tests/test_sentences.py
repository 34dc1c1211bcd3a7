"""Sentences for people, and finding them again."""

import pytest

from video_app.pipeline.sentences import Recognized, counted, recognized, sentence

COUNTED = counted("%(count)s test was lost%(why)s.", "%(count)s tests were lost%(why)s.")
PLAIN = sentence("This is a sentence of a test.")
WIDE = sentence("%(name)s is tested.")
NARROW = sentence("The file %(name)s is tested.")


@pytest.mark.parametrize(
    ("count", "why", "text"),
    [(1, "", "1 test was lost."), (2, " (late)", "2 tests were lost (late).")],
)
def test_counts_and_recognizes(count: int, why: str, text: str) -> None:
    assert COUNTED.of(count, why=why) == text
    values = {"count": str(count), "why": why}
    assert recognized(text) == Recognized(COUNTED.one, COUNTED.many, values)


def test_recognizes_sentence_without_gaps() -> None:
    assert recognized(PLAIN) == Recognized(PLAIN, "", {})


def test_prefers_sentence_with_more_words_of_its_own() -> None:
    assert recognized(NARROW % {"name": "a"}) == Recognized(NARROW, "", {"name": "a"})
    assert recognized(WIDE % {"name": "a\nb"}) == Recognized(WIDE, "", {"name": "a\nb"})


@pytest.mark.parametrize("text", ["", "Something else.", PLAIN[:-1], "many tests were lost."])
def test_recognizes_no_other_text(text: str) -> None:
    assert recognized(text) is None
