"""`./videoflix language [CODE ...]`: catalogues of what people read.

Finds every marked sentence of Python, templates and scripts, brings the `.po` of each language in
`locale/` up to date and compiles it: to the `.mo` beside it and, for the site's scripts, to
`static/web/words/<code>.js`. A code without a catalogue gets one. Babel does what GNU gettext
would; the results are committed.
"""

import io
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.extract import extract_javascript as extract_calls
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf.locale import LANG_INFO
from django.utils.translation import to_language, to_locale
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE, WORDS = ROOT / "locale", ROOT / "static/web/words"
SOURCES = {
    "python": ("auth_app/**/*.py", "core/**/*.py", "video_app/**/*.py"),
    "template": ("templates/**/*.html", "templates/**/*.txt"),
    "javascript": ("static/web/js/**/*.js", "video_app/static/**/*.js"),
}
LEFT_OUT = {"tests", "migrations", "settings"}
GETTEXT = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy", "pgettext_noop"), ((1, "c"), 2)),
}
KEYWORDS = {
    # Of the pipeline, which knows no Django: `video_app/pipeline/sentences.py`.
    "python": GETTEXT | {"sentence": None, "counted": (1, 2)},
    "template": GETTEXT,
    "javascript": {"t": None, "mark": None, "n": (1, 2), "inContext": ((1, "c"), 2)},
}
Found = tuple[object, list[str], str | None]  # text or texts, comments, context
# Dates of the last run would make every run a change.
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def main(codes: list[str]) -> None:
    if unknown := set(codes) - set(LANG_INFO):
        sys.exit(f"videoflix: Django does not know the language {', '.join(sorted(unknown))}.")
    template = extracted()
    for code in codes or known():
        catalogue = updated(code, template)
        folder = folder_of(code)
        folder.mkdir(parents=True, exist_ok=True)
        WORDS.mkdir(exist_ok=True)
        (folder / "django.po").write_bytes(as_po(catalogue))
        (folder / "django.mo").write_bytes(as_mo(catalogue))
        (WORDS / f"{code}.js").write_text(as_script(catalogue))
        missing = sum(not is_translated(message) for message in messages(catalogue))
        print(f"{code}: {len(catalogue)} sentences, {missing} to translate")  # noqa: T201


def folder_of(code: str) -> Path:
    return LOCALE / to_locale(code) / "LC_MESSAGES"


def known() -> list[str]:
    return sorted(to_language(folder.name) for folder in LOCALE.iterdir() if folder.is_dir())


def extracted() -> Catalog:
    """Every marked sentence of the product, with the files that it stands in."""
    catalogue = Catalog(project="videoflix", charset="utf-8")
    for kind, patterns in SOURCES.items():
        for file in sorted(file for pattern in patterns for file in ROOT.glob(pattern)):
            name = file.relative_to(ROOT)
            if LEFT_OUT & set(name.parts):
                continue
            for text, comments, context in _marked(kind, file):
                at = [(name.as_posix(), 0)]
                catalogue.add(text, locations=at, auto_comments=comments, context=context)
    return catalogue


def _marked(kind: str, file: Path) -> Iterator[Found]:
    options = {"keywords": KEYWORDS[kind], "comment_tags": ("Translators:",)}
    if kind == "template":
        lines = io.BytesIO(templatize(file.read_text()).encode())
        found = _arranged(extract_calls(lines, GETTEXT, (), {}))
    else:
        found = ((each[1], each[2], each[3]) for each in extract_from_file(kind, file, **options))
    yield from found


def _arranged(
    calls: Iterable[tuple[int, str, object, list[str]]],
) -> Iterator[Found]:
    """What Django makes of a template's tags: calls of gettext, ngettext and pgettext."""
    for _, function, arguments, comments in calls:
        words = [arguments] if isinstance(arguments, str) else [*arguments]
        context = words.pop(0) if function.startswith("p") else None
        plural = function == "ngettext"
        yield (tuple(words[:2]) if plural else words[0]), list(comments), context


def read(file: Path, code: str) -> Catalog:
    """The catalogue of that file; an empty one without it."""
    return read_po(io.BytesIO(file.read_bytes() if file.exists() else b""), to_locale(code))


def updated(code: str, template: Catalog) -> Catalog:
    """The language's catalogue with every sentence of `template`, and no other."""
    catalogue = read(folder_of(code) / "django.po", code)
    catalogue.project, catalogue.fuzzy = "videoflix", False
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.creation_date = catalogue.revision_date = LONG_AGO
    return catalogue


def messages(catalogue: Catalog) -> list:
    return [message for message in catalogue if message.id]


def is_translated(message) -> bool:
    forms = message.string if isinstance(message.string, (list, tuple)) else [message.string]
    return bool(forms) and all(forms) and not message.fuzzy


def as_po(catalogue: Catalog) -> bytes:
    out = io.BytesIO()
    write_po(out, catalogue, width=98, sort_by_file=True, include_lineno=False)
    return out.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def as_script(catalogue: Catalog) -> str:
    """What the scripts of the site say; a file of its own, so that its name tells its content."""
    said = [message for message in messages(catalogue) if is_said_by_script(message)]
    texts = {_key(message): message.string for message in said if is_translated(message)}
    words = json.dumps(texts, ensure_ascii=False, indent=0, sort_keys=True)
    plural = f"(n) => Number({catalogue.plural_expr})"
    return f"globalThis.videoflixWords = {{ plural: {plural}, texts: {words} }};\n"


def is_said_by_script(message) -> bool:
    """The names of categories come from the API, whose contract has them in English."""
    is_there = any(name.endswith(".js") for name, _ in message.locations)
    return is_there or message.context == "category"


def _key(message) -> str:
    text = message.id[0] if message.pluralizable else message.id
    return f"{message.context}\u0004{text}" if message.context else text


if __name__ == "__main__":
    main(sys.argv[1:])
