"""What the tests of settings share."""

import importlib
from collections.abc import Iterator

import pytest

from core.settings import api

LIFE_VARIABLES = [
    f"{subject}_{unit}"
    for subject in ("REFRESH_TOKEN", "USERS_REFRESH_TOKEN", "REMEMBER_TOKEN", "SESSION_MAX")
    for unit in ("DAYS", "MINUTES")
]
VARIABLES = (
    "FRONTEND_URL",
    "FRONTEND_BASE_URL",
    "CORS_ALLOWED_ORIGINS",
    "CSRF_TRUSTED_ORIGINS",
    "BACKEND_URL",
    "FRONTEND_ACTIVATE_PATH",
    "USERS_LOGIN_PATH",
    "USERS_ACTIVATION_ERROR_PATH",
    *LIFE_VARIABLES,
)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Without a word about front ends and lives; `core.settings.api` is as it was afterwards."""
    with monkeypatch.context() as patch:
        for name in VARIABLES:
            patch.delenv(name, raising=False)
        yield patch
    importlib.reload(api)
