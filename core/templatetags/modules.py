"""What a page with a JavaScript module tells the browser to fetch at once."""

import re
from functools import cache
from pathlib import Path, PurePosixPath

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

LINK = '<link rel="modulepreload" href="{}" fetchpriority="{}">'
register = template.Library()
IMPORT = re.compile(r'^(?:import|export)\b[^"\n]*"(\.{1,2}/[^"]+)"', re.MULTILINE)


@register.simple_tag
def module_preloads(*entries: str) -> SafeString:
    """`<link rel="modulepreload">` for modules and all they import; the first entry's come first.

    Without them a browser learns of each only from the one that imports it, a round trip later.
    """
    urgent = with_imports(entries[0])
    links = ((static(name), "high" if name in urgent else "low") for name in with_imports(*entries))
    return format_html_join("\n  ", LINK, links)


@cache
def with_imports(*entries: str) -> tuple[str, ...]:
    """The names of modules and of all that they import: all of the first, then the others' rest."""
    found: dict[str, None] = {}
    for entry in entries:
        wanted = [entry]
        while wanted:
            name = wanted.pop(0)
            if name not in found:
                found[name] = None
                wanted += _imports(name)
    return tuple(found)


def _imports(name: str) -> list[str]:
    file = Path(settings.SITE_FILES) / name
    here = PurePosixPath(name).parent
    return [_joined(here, path) for path in IMPORT.findall(file.read_text())]


def _joined(folder: PurePosixPath, path: str) -> str:
    """A relative import as a name below the static files."""
    parts = list(folder.parts)
    for part in path.split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
