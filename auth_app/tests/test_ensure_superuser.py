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


def test_it_makes_a_superuser_who_can_sign_in() -> None:
    run()
    user = User.objects.get(email="admin@example.com", username="admin")
    assert user.is_superuser
    assert user.is_staff
    assert user.is_active
    assert user.check_password("what a long secret")


def test_a_second_run_changes_nothing() -> None:
    run()
    User.objects.get().set_password("changed since")
    before = User.objects.values().get()
    assert "stays as it is" in run()
    assert User.objects.values().get() == before


def test_it_changes_nobodys_password_or_rights() -> None:
    make_user("admin@example.com")
    run()
    user = User.objects.get()
    assert user.check_password(PASSWORD)
    assert not user.is_superuser


def test_strangers_sign_up_does_not_stand_in_the_way() -> None:
    make_sign_up("admin@example.com")
    run()
    assert User.objects.get().is_superuser


def test_without_a_password_it_does_nothing(settings: Any) -> None:
    settings.SUPERUSER_PASSWORD = ""
    run()
    assert not User.objects.exists()


def test_without_an_address_it_says_so(settings: Any) -> None:
    settings.SUPERUSER_EMAIL = ""
    with pytest.raises(CommandError, match="DJANGO_SUPERUSER_EMAIL"):
        run()


def test_it_does_not_print_the_password() -> None:
    assert "secret" not in run()
