"""Names of tracks in playlists."""

import pytest

from video_app.pipeline import languages


@pytest.mark.parametrize(
    ("code", "tag"),
    [("eng", "en"), ("ger", "de"), ("deu", "de"), ("tlh", "tlh"), ("", "und"), ('x"y', "und")],
)
def test_codes_become_tags(code, tag):
    assert languages.tag(code) == tag


def test_names_are_distinct():
    tracks = [("eng", ""), ("eng", ""), ("und", ""), ("und", "")]
    assert languages.names(tracks) == ["English", "English 2", "Track", "Track 2"]


def test_a_title_cannot_leave_its_quotes():
    assert languages.names([("eng", 'Director"\n,URI="x')]) == ["Director,URI=x"]


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("de", "deu"),
        ("ger", "deu"),
        ("German", "deu"),
        (" DE-at ", "deu"),
        ("zh", "zho"),
        ("fr", "fra"),
        ("tlh", "tlh"),
        ("gibberish", None),
        ("", None),
        ("d3", None),
    ],
)
def test_finds_code_of_what_people_say(word, code):
    assert languages.code(word) == code


def test_offers_each_language_once_by_its_name():
    choices = languages.choices()
    assert ("deu", "German") in choices
    assert len({code for code, _ in choices}) == len({name for _, name in choices}) == len(choices)
