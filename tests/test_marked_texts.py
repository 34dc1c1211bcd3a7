"""What people read is marked for translation: in templates, scripts, and the admin's names."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.utils.functional import Promise
from django.utils.translation import gettext, override

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
SCRIPTS = sorted(
    file
    for folder in ("static/web/js", "video_app/static/video_app")
    for file in (ROOT / folder).rglob("*.js")
    if not file.is_symlink()
)
MODULES = sorted(
    file
    for app in ("auth_app", "core", "video_app")
    for file in (ROOT / app).rglob("*.py")
    if not {"tests", "migrations", "settings", "commands"} & set(file.parts)
)

# Not words, or the same everywhere; a subject that the contract has in English.
NAMES = re.compile(
    r"\W*Videoflix|AirPlay|[A-Z?]|og:|width=|video/|x[A-Z]|\W*|none|dark|light dark|UTF-8"
    r"|Confirm your email|Reset your Password"
)
MARKED = re.compile(
    r"{%\s*blocktranslate.*?{%\s*endblocktranslate\s*%}|{%\s*comment.*?endcomment\s*%}|{#.*?#}"
    r"|<(style|kbd|code)\b.*?</\1>|<!--.*?-->",
    re.DOTALL,
)
SPOKEN = r'\b(?:aria-label|placeholder|alt|title|data-busy)="([^"{]*)"'
LABELS = r"\{%\s*include[^%]*\blabel=\"([^\"]*)\""


def texts_of_template(source: str) -> Iterator[str]:
    """What stands between tags and in spoken attributes, without what template tags say."""
    bare = MARKED.sub(" ", source)
    yield from re.findall(SPOKEN, bare)
    yield from re.findall(LABELS, bare)
    outside = re.sub(r"\{%\s*block (?:page|extrastyle)\s*%\}.*?\{%\s*endblock\s*%\}", " ", bare)
    outside = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "\n", outside, flags=re.DOTALL)
    for text in re.sub(r"<[^>]*>", "\n", outside).splitlines():
        yield re.sub(r"&\w+;", " ", text).strip()


def is_sentence(text: str) -> bool:
    return bool(re.search(r"[A-Za-z]{2}", text)) and not NAMES.fullmatch(text.strip())


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_template_marks_what_people_read(file: Path) -> None:
    assert [text for text in texts_of_template(file.read_text()) if is_sentence(text)] == []


def test_rule_finds_texts_of_templates() -> None:
    source = '<p class="x">Hello <b aria-label="there">{% translate "you" %}</b></p>'

    assert [text for text in texts_of_template(source) if is_sentence(text)] == ["there", "Hello"]


# A capital and then a space and a small letter, or a mark at the end: a sentence for people.
SENTENCE = re.compile(r"""(["'`])([A-Z“][^"'`\n]*?(?: [a-z][^"'`\n]*|[.!?…]))\1""")
TECHNICAL = re.compile(
    r"AbortError|Content-Type|[A-Z][\w-]+: |[A-Z]+ /|Tus-|use strict|[A-Z][a-z]+Error"
)


def texts_of_script(source: str) -> list[str]:
    code = re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", source, flags=re.DOTALL)
    code = re.sub(r"\b(?:t|mark|inContext)\(\s*\"[^\"]*\"", "", code)
    code = re.sub(r"\bn\(\s*\"[^\"]*\",\s*\"[^\"]*\"", "", code)
    code = re.sub(r"\bimport\b[^;]*;|querySelector\w*\([^)]*\)", "", code)
    return [text for _, text in SENTENCE.findall(code) if not TECHNICAL.match(text)]


def shown_words(source: str) -> list[str]:
    """Single words that are put on the page."""
    code = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    put = (
        r'(?:textContent = |"aria-label", |toast\(|flash\(|say\()[^;\n]*?(?<![\w(\[.])"([A-Z]\w+)"'
    )
    return re.findall(put, re.sub(r"\bt\(\"[^\"]*\"", "", code))


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_script_marks_what_it_shows(file: Path) -> None:
    source = file.read_text()

    assert texts_of_script(source) + shown_words(source) == []


def test_rule_finds_texts_of_scripts() -> None:
    source = 'toast("It is gone."); t("It is here."); x.textContent = "Gone"; // "Not this one."'

    assert texts_of_script(source) == ["It is gone."]
    assert shown_words(source) == ["Gone"]


SHOWN_BY = {"message_user", "ErrorDetail", "ValidationError", "PermissionDenied", "NotFound"}
# What is stored of films and files in English, and recognized when it is shown.
SHOWN_BY |= {"Note", "remember", "postpone", "PipelineError", "DamagedSourceError", "CutError"}
SHOWN_BY |= {"UnknownCodecError", "BadTextError", "BadImageError", "DeniedError", "NoBucketError"}
SHOWN_BY |= {"BucketError"}
MESSAGES = {"success", "info", "warning", "error"}
KEPT = {"detail", "message", "label", "help_text", "description", "verbose_name"}
CONTRACT = {
    *("Account successfully activated.", "Login successful", "Token refreshed"),
    *("Log-Out successfully! All Tokens will be deleted. Refresh token is now invalid.",),
    *("An email has been sent to reset your password.",),
    *("Your Password has been successfully reset.",),
}


def texts_of_module(source: str) -> Iterator[str]:
    """Texts that go to people: what is raised, messaged, or stands under `detail` in an answer."""
    tree = ast.parse(source)
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _shows(node.func):
            parts = [each for part in node.args for each in getattr(part, "elts", [part])]
            given = [constants.get(_name(part), part) for part in parts]
            yield from (text for part in given for text in _plain(part))
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "detail":
                    yield from _plain(value)


def _shows(called: ast.expr) -> bool:
    if isinstance(called, ast.Attribute):
        of = called.value
        by_messages = isinstance(of, ast.Name) and of.id == "messages" and called.attr in MESSAGES
        return by_messages or called.attr in SHOWN_BY
    return isinstance(called, ast.Name) and called.id in SHOWN_BY


def _name(node: ast.expr) -> str:
    """Of what is given: `X` for `X`, `X.format(...)` and `X % ...`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node = node.func.value
    if isinstance(node, ast.BinOp):
        node = node.left
    return node.id if isinstance(node, ast.Name) else ""


def _plain(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, ast.JoinedStr):
        yield ast.unparse(node)
    if isinstance(node, ast.List | ast.Tuple):
        yield from (text for part in node.elts for text in _plain(part))
    if isinstance(node, ast.Dict):
        yield from (text for part in node.values for text in _plain(part))


def test_rule_finds_texts_of_modules() -> None:
    source = """
GONE = "It is gone: {}"
MARKED = sentence("It is marked: %(why)s")
raise CutError("It broke off.")
notes.remember(1, "code_of_it", [GONE.format(1)])
raise PipelineError(MARKED % {"why": 1})
yield Note("code_of_it", f"{count} are left out.")
"""

    assert [text for text in texts_of_module(source) if " " in text] == [
        "It broke off.",
        "It is gone: {}",
        "f'{count} are left out.'",
    ]


ENGLISH_ALWAYS = {
    "core/errors.py",  # before anybody knows who reads
    "core/middleware/guards.py",
    "core/schema.py",
    "auth_app/audit.py",
    "video_app/streaming/views/files.py",  # the contract's
}


@pytest.mark.parametrize(
    "file", MODULES, ids=lambda file: str(file.relative_to(ROOT)).replace("/", ".")
)
def test_module_marks_what_it_answers(file: Path) -> None:
    if str(file.relative_to(ROOT)) in ENGLISH_ALWAYS:
        return
    found = [text for text in texts_of_module(file.read_text()) if " " in text]

    assert [text for text in found if text not in CONTRACT] == []


def names_in_admin() -> Iterator[Any]:
    for model, its_admin in admin.site._registry.items():
        if model._meta.app_label not in ("auth_app", "video_app"):
            continue
        for shown in [model, *(inline.model for inline in its_admin.inlines)]:
            fields = shown._meta.local_fields + shown._meta.local_many_to_many
            yield from (shown._meta.verbose_name, shown._meta.verbose_name_plural)
            yield from (field.verbose_name for field in fields if field.editable)
            yield from (field.help_text for field in fields if field.editable)
        for name in its_admin.actions or ():
            yield getattr(getattr(its_admin, name, None), "short_description", "")


@pytest.mark.parametrize("code", [code for code, _ in settings.LANGUAGES if code != "en"])
def test_admin_has_a_translation_for_every_name(code: str) -> None:
    same_in_both = {"ID", "Position", "API-Token", "label", "Webhook", "name"}
    with override(code):
        missing = {
            str(name)
            for name in names_in_admin()
            if name and not isinstance(name, Promise) and gettext(str(name)) == str(name)
        }

    assert missing - same_in_both == set()
