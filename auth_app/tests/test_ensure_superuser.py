"""`manage.py ensure_superuser`."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from auth_app.models import User
from auth_app.tests.accounts import PASSWORD, make_sign_up, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _environment(settings: Any) -> None:
    settings.SUPERUSER_USERNAME = "admin"
    settings.SUPERUSER_EMAIL = "Admin@example.com"
    settings.SUPERUSER_PASSWORD = "what a long secret"


def run() -> str:
    out = StringIO()
    call_command("ensure_superuser", stdout=out)
    return out.getvalue()


def test_makes_superuser() -> None:
    run()
    user = User.objects.get(email="admin@example.com", username="admin")
    assert user.is_superuser
    assert user.is_staff
    assert user.is_active
    assert user.check_password("what a long secret")


def test_changes_nothing_when_run_twice() -> None:
    run()
    User.objects.get().set_password("changed since")
    before = User.objects.values().get()
    assert "stays as it is" in run()
    assert User.objects.values().get() == before


def test_changes_no_existing_account() -> None:
    make_user("admin@example.com")
    run()
    user = User.objects.get()
    assert user.check_password(PASSWORD)
    assert not user.is_superuser


def test_replaces_unproved_sign_up() -> None:
    make_sign_up("admin@example.com")
    run()
    assert User.objects.get().is_superuser


def test_does_nothing_without_password(settings: Any) -> None:
    settings.SUPERUSER_PASSWORD = ""
    run()
    assert not User.objects.exists()


def test_fails_without_address(settings: Any) -> None:
    settings.SUPERUSER_EMAIL = ""
    with pytest.raises(CommandError, match="DJANGO_SUPERUSER_EMAIL"):
        run()


def test_prints_no_password() -> None:
    assert "secret" not in run()
