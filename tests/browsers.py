"""What the contract promises holds for every browser: tests marked `contract` run twice, by
clients without a language and by those of a browser that prefers German.

A test for which a second run proves nothing says `contract(NO_LANGUAGE)`.
"""

from typing import Any

import pytest
from django.test import RequestFactory

NO_LANGUAGE = ""
GERMAN = "de-DE,de;q=0.9"
NAMES = {NO_LANGUAGE: "no_language", GERMAN: "german"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if marker := metafunc.definition.get_closest_marker("contract"):
        accepted = marker.args or (NO_LANGUAGE, GERMAN)
        names = [NAMES[each] for each in accepted]
        metafunc.parametrize("_browser", accepted, ids=names, indirect=True)


@pytest.fixture(autouse=True)
def _browser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test client sends the language that the test runs with."""
    if accepted := getattr(request, "param", NO_LANGUAGE):
        environ = RequestFactory._base_environ

        def with_language(self: RequestFactory, **given: Any) -> dict[str, Any]:
            return environ(self, **{"HTTP_ACCEPT_LANGUAGE": accepted} | given)

        monkeypatch.setattr(RequestFactory, "_base_environ", with_language)
