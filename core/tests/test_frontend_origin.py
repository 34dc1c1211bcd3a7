"""Naming the front end is enough to let its pages call the API."""

import importlib

import pytest

from core.settings import api

APP, OTHER = "https://app.example", "https://other.example"


@pytest.mark.parametrize("url", [APP, f"{APP}/", "https://APP.example/welcome/login"])
def test_adds_origin_to_default(environment: pytest.MonkeyPatch, url: str) -> None:
    environment.setenv("FRONTEND_URL", url)
    importlib.reload(api)
    assert APP in api.CORS_ALLOWED_ORIGINS
    assert APP in api.CSRF_TRUSTED_ORIGINS
    assert "http://localhost:4200" in api.CORS_ALLOWED_ORIGINS


def test_adds_origin_to_list(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("FRONTEND_BASE_URL", APP)
    environment.setenv("CORS_ALLOWED_ORIGINS", OTHER)
    importlib.reload(api)
    assert api.CORS_ALLOWED_ORIGINS == api.CSRF_TRUSTED_ORIGINS == [OTHER, APP]


def test_lists_origin_once(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("FRONTEND_URL", APP)
    environment.setenv("CORS_ALLOWED_ORIGINS", f"{APP},{OTHER}")
    importlib.reload(api)
    assert api.CORS_ALLOWED_ORIGINS == [APP, OTHER]


def test_adds_nothing_without_front_end(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("CORS_ALLOWED_ORIGINS", OTHER)
    importlib.reload(api)
    assert api.CORS_ALLOWED_ORIGINS == [OTHER]
