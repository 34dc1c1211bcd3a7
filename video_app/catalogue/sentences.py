"""What was written down about a film in English, in the language of whoever reads it."""

from collections.abc import Callable

from django.utils.translation import gettext, gettext_noop, ngettext

from video_app.pipeline.sentences import Recognized, recognized


def translated(text: str) -> str:
    """`text` itself when it is no sentence of ours: cut off, of an older release, or a person's."""
    found = recognized(text)
    if found is None:
        return text
    values = {name: VALUES.get(name, str)(value) for name, value in found.values.items()}
    return _template(found) % values if values else _template(found)


def _template(found: Recognized) -> str:
    if found.many:
        return ngettext(found.one, found.many, int(found.values["count"]))
    return gettext(found.one)


# Django has the other languages' names in its own catalogues.
FURTHER_LANGUAGES = (gettext_noop("Chinese"), gettext_noop("Norwegian"))


def language(name: str) -> str:
    """The name of a language whose English name is given."""
    return gettext(name) if name else ""


def _languages(named: str) -> str:
    """ " (German, English)", or nothing."""
    inner = named.removeprefix(" (").removesuffix(")")
    return named and f" ({', '.join(map(language, inner.split(', ')))})"


def _codecs(listed: str) -> str:
    return ", ".join(map(translated, listed.split(", ")))


# What is to be translated of what stands in a sentence.
VALUES: dict[str, Callable[[str], str]] = {
    "why": translated,
    "track": lambda name: language(translated(name)),
    "languages": _languages,
    "codecs": _codecs,
}
