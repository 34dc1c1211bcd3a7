"""What is stored of films in English, as people read it in their language."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation import override

from video_app.catalogue.sentences import language, translated
from video_app.models import Video
from video_app.pipeline import languages, note_words, refusals, sentences
from video_app.work import captions, fetching, machine, sidecars

MARKS = ("sentence", "counted")
FILLED = {"languages": " (German)", "why": "No space left on device"}


def marked() -> Iterator[str]:
    """The templates of every sentence in the product's source."""
    for file in sorted(Path(settings.BASE_DIR, "video_app").rglob("*.py")):
        if "tests" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MARKS:
                yield from (ast.literal_eval(part) for part in node.args)


MARKED = [*dict.fromkeys(marked())]


@pytest.mark.parametrize("template", MARKED)
def test_every_sentence_is_recognized_and_has_another_text_in_german(template: str) -> None:
    filled = FILLED | {"count": "1" if " was left out" in template else "3"}
    values = {name: filled.get(name, name.upper()) for name in sentences.VALUE.findall(template)}
    text = template % values

    found = sentences.recognized(text)

    assert found is not None
    assert template in (found.one, found.many)
    assert found.values == values
    with override("de"):
        assert translated(text) != text
    assert translated(text) == text  # in English


@pytest.mark.parametrize(
    ("text", "german"),
    [
        (
            note_words.LOST_SOUNDS.of(1, languages="", codecs="A_X, an unknown codec"),
            "1 Tonspur wurde weggelassen: A_X, ein unbekannter Codec lässt sich hier nicht "
            "dekodieren.",
        ),
        (
            sidecars.LEFT_OUT % {"name": "a.srt", "why": "This subtitle file is too large."},
            "„a.srt“ neben dem Film wurde weggelassen: Diese Untertiteldatei ist zu groß.",
        ),
        (
            captions.FAILED % {"why": captions.SEE_LOG},
            "Automatische Untertitel ließen sich nicht erstellen: siehe das Protokoll des Workers.",
        ),
        (
            machine.STORAGE % {"why": "[Errno 5] Input/output error"},
            "Der Speicher hat einen Fehler: [Errno 5] Input/output error",
        ),
        (
            fetching.SILENT_HOST % {"host": "films.example.org"},
            "films.example.org antwortet nicht.",
        ),
        (fetching.SILENT_BUCKET, "Der Bucket antwortet nicht."),
    ],
)
def test_translates_values(text: str, german: str) -> None:
    with override("de"):
        assert translated(text) == german


@pytest.mark.parametrize(
    "text",
    ["", "What an older release said.", refusals.TOO_SHORT[:40], "50 %(count)s sound tracks."],
)
def test_shows_other_texts_as_they_are(text: str) -> None:
    with override("de"):
        assert translated(text) == text


def test_has_german_names_of_all_languages() -> None:
    names = dict(languages.choices()).values()
    with override("de"):
        same = {name for name in names if language(name) == name}
    assert same == {"Hindi"}


def test_reasons_fit_their_columns() -> None:
    """What is cut off could not be recognized."""
    room = min(Video._meta.get_field(name).max_length or 300 for name in ("error", "setback"))
    with_most = dict.fromkeys(("codecs", "names", "name"), "x" * 60)
    for template in MARKED:
        values = {name: with_most.get(name, "123456") for name in sentences.VALUE.findall(template)}
        assert len(template % values) <= room


def test_site_knows_every_sentence_once_it_has_started() -> None:
    code = (
        "import django; django.setup(); from core import urls;"
        "from video_app.pipeline import sentences; print(*sentences._known, sep='\\0', end='')"
    )
    run = [sys.executable, "-c", code]
    env = {"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": "/usr/bin:/bin"}
    known = subprocess.run(run, env=env, cwd=settings.BASE_DIR, capture_output=True, check=True)
    assert set(marked()) - set(known.stdout.decode().split("\0")) == set()
