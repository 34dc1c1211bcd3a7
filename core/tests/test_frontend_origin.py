"""Naming the front end is enough to let its pages call the API."""

import importlib

import pytest

from core.settings import frontends

APP, OTHER = "https://app.example", "https://other.example"


@pytest.mark.parametrize("url", [APP, f"{APP}/", "https://APP.example/welcome/login"])
def test_adds_origin_to_default(environment: pytest.MonkeyPatch, url: str) -> None:
    environment.setenv("FRONTEND_URL", url)
    importlib.reload(frontends)
    assert APP in frontends.CORS_ALLOWED_ORIGINS
    assert APP in frontends.CSRF_TRUSTED_ORIGINS
    assert "http://localhost:4200" in frontends.CORS_ALLOWED_ORIGINS


def test_adds_origin_to_list(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("FRONTEND_BASE_URL", APP)
    environment.setenv("CORS_ALLOWED_ORIGINS", OTHER)
    importlib.reload(frontends)
    assert frontends.CORS_ALLOWED_ORIGINS == frontends.CSRF_TRUSTED_ORIGINS == [OTHER, APP]


def test_lists_origin_once(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("FRONTEND_URL", APP)
    environment.setenv("CORS_ALLOWED_ORIGINS", f"{APP},{OTHER}")
    importlib.reload(frontends)
    assert frontends.CORS_ALLOWED_ORIGINS == [APP, OTHER]


def test_adds_nothing_without_front_end(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("CORS_ALLOWED_ORIGINS", OTHER)
    importlib.reload(frontends)
    assert frontends.CORS_ALLOWED_ORIGINS == [OTHER]
