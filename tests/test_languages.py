"""The catalogues: whole, compiled, and with the same placeholders as the English sentences."""

import re
from typing import Any

import pytest
from babel.messages.catalog import Catalog

from scripts import languages

CODES = languages.known()
PLACEHOLDER = re.compile(r"%\(\w+\)s|%%|</?\w+[^>]*>")
REMEDY = "run `./videoflix language`, and translate what is new"


@pytest.fixture(scope="module")
def template() -> Catalog:
    return languages.extracted()


def committed(code: str) -> Catalog:
    return languages.read(languages.folder_of(code) / "django.po", code)


def texts_of(message: Any) -> tuple[list[str], list[str]]:
    given, made = message.id, message.string
    return [given] if isinstance(given, str) else [*given], [made] if isinstance(made, str) else [
        *made
    ]


@pytest.mark.parametrize("code", CODES)
def test_translates_every_marked_sentence(code: str, template: Catalog) -> None:
    messages = languages.messages(languages.updated(code, template))
    missing = [message.id for message in messages if not languages.is_translated(message)]

    assert missing == [], REMEDY


@pytest.mark.parametrize("code", CODES)
def test_catalogue_names_every_marked_sentence_and_no_other(code: str, template: Catalog) -> None:
    keys = lambda catalogue: {(m.id, m.context) for m in languages.messages(catalogue)}  # noqa: E731

    assert keys(committed(code)) == keys(template), REMEDY


@pytest.mark.parametrize("code", CODES)
def test_compiled_files_match_their_catalogue(code: str) -> None:
    folder, catalogue = languages.folder_of(code), committed(code)

    assert (folder / "django.mo").read_bytes() == languages.as_mo(catalogue), REMEDY
    script = languages.WORDS / f"{code}.js"
    assert script.read_text() == languages.as_script(catalogue), REMEDY


@pytest.mark.parametrize("code", CODES)
def test_translations_keep_placeholders_and_tags(code: str) -> None:
    different = []
    for message in languages.messages(committed(code)):
        given, made = texts_of(message)
        allowed = [sorted(PLACEHOLDER.findall(text)) for text in given]
        different += [text for text in made if sorted(PLACEHOLDER.findall(text)) not in allowed]

    assert different == []


def test_offers_every_language_that_has_a_catalogue(settings: Any) -> None:
    assert [code for code, _ in settings.LANGUAGES] == ["en", *CODES]


def test_begins_a_new_language_with_all_that_is_to_translate(
    template: Catalog, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(languages, "LOCALE", tmp_path / "locale")
    monkeypatch.setattr(languages, "WORDS", tmp_path / "words")
    languages.LOCALE.mkdir()

    languages.main(["pt-br"])

    begun = languages.read(tmp_path / "locale/pt_BR/LC_MESSAGES/django.po", "pt-br")
    assert len(begun) == len(template)
    assert (tmp_path / "words/pt-br.js").exists()


def test_refuses_a_word_that_is_no_language(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="does not know the language xx"):
        languages.main(["xx"])
