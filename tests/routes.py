"""Every route of the site, out of the URL resolver, with a path that leads to it."""

import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# One of these fits each converter; a new kind of converter may need another one.
SAMPLES = ("1", "x", str(uuid.UUID(int=1)), "480p", "000.ts", "640.webp", f"{'a' * 40}.{'a' * 43}")
# What mailed links fill in.
LINK_PARTS = ("uid", "token")
CONVERTED = re.compile(r"<(?:\w+:)?(\w+)>")
GROUP = re.compile(r"\(\?P<\w+>([^()|]*)[^()]*\)\??")


@dataclass(frozen=True, slots=True)
class Route:
    """`path` has `{uid}` and `{token}` where a link's parts stand."""

    path: str
    view: Any

    @property
    def is_of_operators(self) -> bool:
        return self.path.startswith(("/admin/", "/django-rq/"))

    @property
    def methods(self) -> list[str]:
        """Those that the view has; of a function nobody knows."""
        kind = getattr(self.view, "cls", None) or getattr(self.view, "view_class", None)
        if kind is None:
            return ["GET", "POST"]
        return [method for method in METHODS if hasattr(kind, method.lower())]


@pytest.fixture
def quick_routes(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Without limits, and without the two answers that take seconds and that nobody signs in by:
    the schema, and the health, whose threads wait for this test's transaction."""
    settings.THROTTLE_RATES = dict.fromkeys(settings.THROTTLE_RATES, "100000/min")
    generator = "drf_spectacular.views.SpectacularAPIView._get_schema_response"
    monkeypatch.setattr(generator, lambda *_: HttpResponse())
    monkeypatch.setattr("core.health.problems", lambda *_: {})


def all_routes() -> list[Route]:
    """Each path once: of two patterns with one path the first is found."""
    found: dict[str, Route] = {}
    for path, view in _walk(get_resolver().url_patterns, "/"):
        found.setdefault(path, Route(path, view))
    return list(found.values())


def _walk(patterns: Iterable[Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for each in patterns:
        path = prefix + _sample(each.pattern)
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns, path)
        elif isinstance(each, URLPattern):
            yield path, each.callback


def _sample(pattern: Any) -> str:
    if isinstance(pattern, RoutePattern):
        fill = lambda part: _filled(part[1], pattern.converters[part[1]])  # noqa: E731
        return CONVERTED.sub(fill, str(pattern))
    plain = GROUP.sub(lambda group: group[1] if group[1].isidentifier() else "x", str(pattern))
    return plain.strip("^$").replace("/?", "/")


def _filled(name: str, converter: Any) -> str:
    if name in LINK_PARTS:
        return f"{{{name}}}"
    return next(text for text in SAMPLES if re.fullmatch(converter.regex, text))
