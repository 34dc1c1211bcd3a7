"""No start with a mistake in the settings; none of production that could be taken over at once."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured

from core.checks import refuse_mistakes, refuse_weak_production, weak_configuration

STRONG = "k9Gz-2mXw7QpL4vTn8RbY1cHs6JdF3aEu5oIx0ZqWtCyVgBhNrM"
DATABASE = {"ENGINE": "django.db.backends.postgresql", "HOST": "db", "PASSWORD": "s3cret-enough"}


@pytest.fixture
def production(settings: Any) -> Any:
    """Settings with which production starts."""
    settings.PRODUCTION = True
    settings.SECRET_KEY = STRONG
    settings.SIMPLE_JWT = settings.SIMPLE_JWT | {"SIGNING_KEY": STRONG}
    settings.ALLOWED_HOSTS = ["films.example"]
    settings.REDIS_URL = "redis://:s3cret@redis:6379/0"
    settings.SUPERUSER_PASSWORD = ""
    settings.EMAIL_HOST = "smtp.example"
    return settings


def test_accepts_strong_production(production: Any) -> None:
    refuse_mistakes()
    refuse_weak_production()
    assert weak_configuration() == []


@pytest.mark.parametrize(
    ("name", "value", "error_id"),
    [
        ("SECRET_KEY", "django-insecure-" + STRONG, "core.E001"),
        ("SECRET_KEY", STRONG[:49], "core.E001"),
        ("SECRET_KEY", "a" * 60, "core.E001"),
        ("SECRET_KEY", "change-me-" * 6, "core.E001"),
        ("SIMPLE_JWT", {"SIGNING_KEY": "short"}, "core.E002"),
        ("DEBUG", True, "core.E003"),
        ("ALLOWED_HOSTS", ["*"], "core.E004"),
        ("CORS_ALLOW_ALL_ORIGINS", True, "core.E005"),
        ("SUPERUSER_PASSWORD", "adminpassword", "core.E006"),
        ("SUPERUSER_PASSWORD", "short", "core.E006"),
        ("DATABASES", {"default": DATABASE | {"PASSWORD": ""}}, "core.E007"),
        ("REDIS_URL", "redis://redis:6379/0", "core.E008"),
        # What docker-compose.yml falls back on, and its like.
        ("DATABASES", {"default": DATABASE | {"PASSWORD": "videoflix"}}, "core.E019"),
        ("DATABASES", {"default": DATABASE | {"PASSWORD": "Postgres"}}, "core.E019"),
        ("REDIS_URL", "redis://:videoflix@redis:6379/0", "core.E020"),
        ("REDIS_URL", "redis://:%76ideoflix@127.0.0.1:6379/0", "core.E020"),
        ("REDIS_URL", "redis://default:redis@redis:6379/0", "core.E020"),
        ("RQ_API_TOKEN", "x", "core.E021"),
        ("RQ_API_TOKEN", "a" * 40, "core.E021"),
        ("RQ_API_TOKEN", "0123456789abcde", "core.E021"),
        ("SUPERUSER_PASSWORD", "qwertyuiop", "core.E006"),
        ("SUPERUSER_PASSWORD", "Admin123!", "core.E006"),
        ("SUPERUSER_PASSWORD", "P@ssw0rd2026", "core.E006"),
        ("SUPERUSER_PASSWORD", "videoflix1", "core.E006"),
        ("SUPERUSER_PASSWORD", "aaaaaaaaaaaa", "core.E006"),
    ],
)
@pytest.mark.filterwarnings("ignore:Overriding setting DATABASES")
def test_refuses_weak_production(production: Any, name: str, value: Any, error_id: str) -> None:
    setattr(production, name, value)
    assert [message.id for message in weak_configuration()] == [error_id]
    with pytest.raises(ImproperlyConfigured):
        refuse_weak_production()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SUPERUSER_PASSWORD", "seven green boats"),
        ("RQ_API_TOKEN", "Zk3pQ9xVb7Lm2TnR"),
        ("REDIS_URL", "redis://:my-videoflix-9Kq@redis:6379/0"),
    ],
)
def test_accepts_unguessable_secrets(production: Any, name: str, value: str) -> None:
    setattr(production, name, value)

    assert weak_configuration() == []
    refuse_weak_production()


PRODUCTION = {
    "PRODUCTION": "1",
    "SECRET_KEY": STRONG,
    "ALLOWED_HOSTS": "films.example",
    "BACKEND_URL": "https://films.example",
    "REDIS_URL": f"redis://:{STRONG}@redis:6379/0",
    "DATABASE_URL": f"postgres://videoflix:{STRONG}@db/videoflix",
}


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({}, ""),
        ({"DATABASE_URL": "postgres://videoflix:videoflix@db/videoflix"}, "database's password"),
        ({"REDIS_URL": "redis://:videoflix@redis:6379/0"}, "Redis's password"),
        ({"RQ_API_TOKEN": "x"}, "RQ_API_TOKEN"),
        ({"DJANGO_SUPERUSER_PASSWORD": "iloveyou2"}, "superuser's password"),
        ({"HSTS_PRELOAD": "1"}, "HSTS_PRELOAD has to come with HSTS_INCLUDE_SUBDOMAINS"),
    ],
    ids=["all is well", "database", "redis", "token", "superuser", "preload alone"],
)
def test_production_refuses_default_secrets(env: dict[str, str], said: str) -> None:
    clean = {"PATH": os.environ["PATH"], "IGNORE_DOTENV": "1", "VAR_DIR": "/nowhere"}
    done = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        cwd=django_settings.BASE_DIR,
        env=clean | {"DJANGO_SETTINGS_MODULE": "core.settings"} | PRODUCTION | env,
        capture_output=True,
        text=True,
    )

    assert bool(done.returncode) == bool(said)
    assert said in done.stderr


@pytest.mark.parametrize(
    ("env", "header"),
    [
        ({}, "max-age=31536000"),
        ({"HSTS_INCLUDE_SUBDOMAINS": "1"}, "max-age=31536000; includeSubDomains"),
        (
            {"HSTS_INCLUDE_SUBDOMAINS": "1", "HSTS_PRELOAD": "1"},
            "max-age=31536000; includeSubDomains; preload",
        ),
    ],
)
def test_limits_hsts_to_this_host_by_default(env: dict[str, str], header: str) -> None:
    code = (
        "import django; django.setup(); from django.test import Client;"
        "answer = Client().get('/healthz/', secure=True, headers={'host': 'films.example',"
        "'x-forwarded-proto': 'https'}); print(answer.headers['Strict-Transport-Security'])"
    )
    clean = {"PATH": os.environ["PATH"], "IGNORE_DOTENV": "1", "VAR_DIR": "/nowhere"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=django_settings.BASE_DIR,
        env=clean | {"DJANGO_SETTINGS_MODULE": "core.settings"} | PRODUCTION | env,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == header


@pytest.mark.parametrize("host", ["", "mailpit"])
def test_warns_when_mail_is_not_delivered(production: Any, host: str) -> None:
    production.EMAIL_HOST = host
    assert [message.id for message in weak_configuration()] == ["core.W001"]
    refuse_weak_production()


def test_accepts_weak_development(settings: Any) -> None:
    settings.DEBUG = True
    refuse_weak_production()


def test_needs_no_password_for_local_servers(production: Any) -> None:
    production.REDIS_URL = "redis://127.0.0.1:6379/0"
    assert weak_configuration() == []


@pytest.mark.parametrize(
    ("name", "value", "error_id", "variable"),
    [
        ("JWT_COOKIE_SAMESITE", "None", "core.E009", "JWT_COOKIE_SECURE"),
        ("JWT_COOKIE_SAMESITE", "Loose", "core.E010", "JWT_COOKIE_SAMESITE"),
        ("FRONTEND_URL", "localhost:4200", "core.E011", "FRONTEND_URL"),
        ("FRONTEND_URL", "app.example/login", "core.E011", "FRONTEND_URL"),
        ("FRONTEND_URL", "http:///login", "core.E011", "FRONTEND_URL"),
        ("BACKEND_ORIGIN", "localhost://", "core.E012", "BACKEND_URL"),
        ("THROTTLE_RATES", {"login": "10/x"}, "core.E013", "THROTTLE_LOGIN"),
        ("THROTTLE_RATES", {"login": "ten/min"}, "core.E013", "THROTTLE_LOGIN"),
        ("THROTTLE_RATES", {"account_long": "10"}, "core.E013", "THROTTLE_ACCOUNT_LONG"),
    ],
)
def test_refuses_mistake_in_development_too(
    settings: Any, name: str, value: Any, error_id: str, variable: str
) -> None:
    setattr(settings, name, value)
    assert error_id in [message.id for message in weak_configuration()]
    with pytest.raises(ImproperlyConfigured, match=variable):
        refuse_mistakes()


def test_accepts_secure_same_site_none(settings: Any) -> None:
    settings.JWT_COOKIE_SAMESITE = "None"
    settings.JWT_COOKIE_SECURE = True
    refuse_mistakes()


BUCKET = {
    "AWS_STORAGE_BUCKET_NAME": "films",
    "AWS_S3_REGION_NAME": "eu-central-1",
    "AWS_S3_ENDPOINT_URL": "",
}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("AWS_STORAGE_BUCKET_NAME", "", ["AWS_STORAGE_BUCKET_NAME has to be"]),
        ("AWS_STORAGE_BUCKET_NAME", "my.films", ["AWS_STORAGE_BUCKET_NAME has to be"]),
        ("AWS_STORAGE_BUCKET_NAME", "Films", ["AWS_STORAGE_BUCKET_NAME has to be"]),
        ("AWS_S3_REGION_NAME", "", ["USE_S3_MEDIA needs AWS_S3_REGION_NAME"]),
        ("AWS_S3_ENDPOINT_URL", "s3.example", ["AWS_S3_ENDPOINT_URL has to begin with http"]),
        ("AWS_S3_ENDPOINT_URL", "https://s3.example", []),
        ("FILE_URL_SECONDS", 8 * 24 * 3600, ["FILE_URL_SECONDS can be a week at most"]),
    ],
)
def test_requires_full_bucket_settings(
    settings: Any, name: str, value: str, said: list[str]
) -> None:
    for setting, right in (BUCKET | {name: value}).items():
        setattr(settings, setting, right)
    refuse_mistakes()  # as long as it is not used

    settings.USE_S3_MEDIA = True
    found = [message.msg for message in weak_configuration() if int(message.id[-3:]) >= 14]

    assert [text[: len(start)] for text, start in zip(found, said, strict=True)] == said


def test_requires_boto3_for_bucket(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for setting, right in (BUCKET | {"USE_S3_MEDIA": True}).items():
        setattr(settings, setting, right)
    refuse_mistakes()

    monkeypatch.setattr("core.checks.find_spec", lambda name: None)

    with pytest.raises(ImproperlyConfigured, match="needs boto3"):
        refuse_mistakes()


def test_reports_mistake_at_start() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        cwd=django_settings.BASE_DIR,
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "core.settings", "FRONTEND_URL": "localhost:4200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode
    assert done.stderr.strip().splitlines()[-1].endswith("https:// and a host.")


@pytest.mark.parametrize(("https", "proxies"), [("True", "True 1"), ("False", "False 0")])
def test_expects_proxy_with_https(https: str, proxies: str) -> None:
    """Else production would send everybody to HTTPS for ever: gunicorn never sees it."""
    shown = "from core import settings; print(settings.BEHIND_PROXY, settings.NUM_PROXIES)"
    done = subprocess.run(
        [sys.executable, "-c", shown],
        cwd=django_settings.BASE_DIR,
        env=os.environ | {"HTTPS": https},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == proxies
