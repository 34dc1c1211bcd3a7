"""How long tokens live, as `.env` says it."""

import importlib
from typing import Any

import pytest

from core.settings import api

NAMES = ("REFRESH_TOKEN_MINUTES", "USERS_REFRESH_TOKEN_MINUTES", "REMEMBER_TOKEN_MINUTES")


def lives(environment: pytest.MonkeyPatch, **variables: str) -> list[Any]:
    for name, value in variables.items():
        environment.setenv(name, value)
    settings = importlib.reload(api)
    return [getattr(settings, name) for name in (*NAMES, "SESSION_MAX_MINUTES")]


def test_defaults_to_seven_days_and_an_hour(environment: pytest.MonkeyPatch) -> None:
    assert lives(environment) == [10_080, 60, 10_080, 90 * 1440]


def test_takes_every_life_in_minutes(environment: pytest.MonkeyPatch) -> None:
    given = dict(zip((*NAMES, "SESSION_MAX_MINUTES"), "1234", strict=True))
    assert lives(environment, **given) == [1, 2, 3, 4]


def test_takes_lives_in_days(environment: pytest.MonkeyPatch) -> None:
    given = {"REFRESH_TOKEN_DAYS": "2", "REMEMBER_TOKEN_DAYS": "30", "SESSION_MAX_DAYS": "40"}
    assert lives(environment, **given) == [2880, 60, 43_200, 57_600]


def test_prefers_minutes_to_days(environment: pytest.MonkeyPatch) -> None:
    given = {"REFRESH_TOKEN_DAYS": "2", "REFRESH_TOKEN_MINUTES": "15"}
    assert lives(environment, **given)[0] == 15
