"""What the tests of settings share."""

import importlib
from collections.abc import Iterator

import pytest

from core.settings import api

FRONTEND_VARIABLES = (
    "FRONTEND_URL",
    "FRONTEND_BASE_URL",
    "CORS_ALLOWED_ORIGINS",
    "CSRF_TRUSTED_ORIGINS",
    "BACKEND_URL",
    "FRONTEND_ACTIVATE_PATH",
)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Without a word about front ends; `core.settings.api` is as it was afterwards."""
    with monkeypatch.context() as patch:
        for name in FRONTEND_VARIABLES:
            patch.delenv(name, raising=False)
        yield patch
    importlib.reload(api)
