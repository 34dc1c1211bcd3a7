"""Where mails and redirects lead, for the three clients and without any."""

import importlib

import pytest

from core.settings import frontends


def pages(environment: pytest.MonkeyPatch, **variables: str) -> dict[str, dict[str, str]]:
    for name, value in variables.items():
        environment.setenv(name, value)
    return importlib.reload(frontends).FRONTEND_PAGES


def test_links_to_built_in_site_without_front_end(
    environment: pytest.MonkeyPatch,
) -> None:
    found = pages(environment, BACKEND_URL="https://films.example")
    assert found["api"] == {
        "activate": "https://films.example/activate/",
        "reset": "https://films.example/reset-password/",
        "login": "https://films.example/login/",
        "activation_error": "https://films.example/activation-failed/",
        "forgot": "https://films.example/forgot-password/",
        "account": "https://films.example/account/",
        "address": "https://films.example/confirm-address/",
    }
    assert found["users"] == {
        "activate": "https://films.example/users/confirm/",
        "reset": "https://films.example/reset-password/",
        "login": "https://films.example/login/",
        "activation_error": "https://films.example/login/",
    }


def test_leads_bad_links_of_users_to_login_page(environment: pytest.MonkeyPatch) -> None:
    found = pages(environment, FRONTEND_URL="http://localhost:4200", USERS_LOGIN_PATH="/enter")
    assert found["users"]["activation_error"] == "http://localhost:4200/enter"


def test_leads_bad_links_of_users_to_named_page(
    environment: pytest.MonkeyPatch,
) -> None:
    found = pages(
        environment, FRONTEND_URL="http://localhost:4200", USERS_ACTIVATION_ERROR_PATH="/sorry"
    )
    assert found["users"]["activation_error"] == "http://localhost:4200/sorry"


def test_defaults_to_paths_of_vanilla_client(environment: pytest.MonkeyPatch) -> None:
    found = pages(environment, FRONTEND_URL="http://127.0.0.1:5500/")["api"]
    assert found["activate"] == "http://127.0.0.1:5500/pages/auth/activate.html"
    assert found["reset"] == "http://127.0.0.1:5500/pages/auth/confirm_password.html"


def test_takes_chosen_paths(environment: pytest.MonkeyPatch) -> None:
    found = pages(
        environment, FRONTEND_BASE_URL="http://localhost:4200", FRONTEND_ACTIVATE_PATH="/activate"
    )
    assert found["api"]["activate"] == "http://localhost:4200/activate"


def test_takes_path_of_front_end_url_as_login_page(environment: pytest.MonkeyPatch) -> None:
    found = pages(environment, FRONTEND_URL="https://app.example/welcome/login")
    for entry_point in ("api", "users"):
        assert found[entry_point]["login"] == "https://app.example/welcome/login"
        assert found[entry_point]["reset"].startswith("https://app.example/")
        assert "welcome" not in found[entry_point]["reset"]
