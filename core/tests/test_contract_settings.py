"""What the contract says of settings: names of cookies, synonyms, defaults, services."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from core.settings import api, database, frontends, media, queues
from video_app.ingest.validators import FILM_SUFFIXES

ROOT = Path(__file__).parents[2]


@pytest.fixture
def reloaded(environment: pytest.MonkeyPatch) -> Iterator[Any]:
    """A module of settings as it is with these variables; all are as they were afterwards."""

    def reload(module: Any, **variables: str) -> Any:
        for name, value in variables.items():
            environment.setenv(name, value)
        return importlib.reload(module)

    yield reload
    environment.undo()
    for module in (api, database, frontends, media, queues):
        importlib.reload(module)


@pytest.mark.parametrize(
    ("name", "entry_point", "place"),
    [
        ("ACCESS_COOKIE_NAME", "api", 0),
        ("REFRESH_COOKIE_NAME", "api", 1),
        ("USERS_ACCESS_COOKIE_NAME", "users", 0),
        ("USERS_REFRESH_COOKIE_NAME", "users", 1),
    ],
)
def test_cookie_is_called_as_the_operator_says(
    reloaded: Any, name: str, entry_point: str, place: int
) -> None:
    assert reloaded(api, **{name: "mine"}).JWT_COOKIE_NAMES[entry_point][place] == "mine"


def test_cookies_and_tokens_have_the_contracts_defaults() -> None:
    assert settings.JWT_COOKIE_NAMES == {
        "api": ("access_token", "refresh_token"),
        "users": ("vf_access", "vf_refresh"),
    }
    assert settings.JWT_COOKIE_SAMESITE == "Lax"
    assert settings.ACCESS_TOKEN_MINUTES == 60


@pytest.mark.parametrize("name", ["FRONTEND_URL", "FRONTEND_BASE_URL"])
def test_front_end_has_either_name(reloaded: Any, name: str) -> None:
    pages = reloaded(frontends, **{name: "http://localhost:4200"}).FRONTEND_PAGES
    assert pages["api"]["login"].startswith("http://localhost:4200/")


@pytest.mark.parametrize("name", ["BACKEND_URL", "BACKEND_BASE_URL", "BACKEND_ORIGIN"])
def test_backend_has_either_name(reloaded: Any, name: str) -> None:
    pages = reloaded(frontends, **{name: "https://films.example"}).FRONTEND_PAGES
    assert pages["users"]["activate"] == "https://films.example/users/confirm/"


@pytest.mark.parametrize("name", ["REDIS_URL", "REDIS_LOCATION"])
def test_redis_has_either_name(reloaded: Any, environment: pytest.MonkeyPatch, name: str) -> None:
    environment.delenv("REDIS_URL")
    assert reloaded(queues, **{name: "redis://r:1/5"}).REDIS_URL == "redis://r:1/5"


def test_mails_lead_to_paths_of_the_first_angular_client(reloaded: Any) -> None:
    found = reloaded(
        frontends,
        FRONTEND_URL="http://localhost:4200",
        FRONTEND_ACTIVATE_PATH="/activate",
        FRONTEND_RESET_PATH="/confirm-password",
    ).FRONTEND_PAGES["api"]
    assert found["activate"] == "http://localhost:4200/activate"
    assert found["reset"] == "http://localhost:4200/confirm-password"


def test_database_may_demand_tls(reloaded: Any) -> None:
    given = {"DB_HOST": "db", "DATABASE_URL": "", "DB_SSL_REQUIRE": "True"}
    options = reloaded(database, **given).default["OPTIONS"]
    assert options["sslmode"] == "require"

    options = reloaded(database, **given, DB_SSL_ROOTCERT="/ca.pem").default["OPTIONS"]
    assert (options["sslmode"], options["sslrootcert"]) == ("verify-full", "/ca.pem")


def test_takes_uploads_of_the_contract(reloaded: Any, environment: pytest.MonkeyPatch) -> None:
    environment.delenv("MAX_UPLOAD_BYTES", raising=False)
    assert reloaded(media).MAX_UPLOAD_BYTES == 10 * 1024**3
    assert {*FILM_SUFFIXES} == {
        *("mp4", "mov", "avi", "wmv", "asf"),
        *("mkv", "webm", "m4v", "mpg", "mpeg", "ts", "flv", "ogv"),
    }


def test_front_ends_of_the_contract_are_trusted_without_a_word(reloaded: Any) -> None:
    ports = [(host, port) for host in ("127.0.0.1", "localhost") for port in (5500, 4200)]
    assert {f"http://{host}:{port}" for host, port in ports} <= {
        *reloaded(frontends).CORS_ALLOWED_ORIGINS
    }


def test_compose_has_the_services_of_the_contract() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    ports = [str(port) for each in services.values() for port in each.get("ports", ())]

    assert {"db", "redis", "web", "worker", "nginx", "certbot"} <= {*services}
    assert any("8025" in port for port in ports)
