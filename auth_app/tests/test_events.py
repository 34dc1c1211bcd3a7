"""What happens to accounts is told to the log, with who and from where."""

import logging
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from auth_app import links
from auth_app.models import SignUp, User
from auth_app.tests.accounts import ALICE, PASSWORD, make_user, signed_in
from auth_app.tests.post import parts

pytestmark = pytest.mark.django_db


@pytest.fixture
def events(caplog: pytest.LogCaptureFixture) -> Any:
    """The names of the events since, each of which named the user and the address."""
    caplog.set_level(logging.INFO, "auth_app")

    def names() -> list[str]:
        told = [record for record in caplog.records if record.name != "auth_app.audit"]
        for record in told:
            assert record.ip == "127.0.0.1"
            assert record.user_id == User.objects.get().pk
        return [record.getMessage() for record in told]

    return names


def sign_in(password: str) -> None:
    APIClient().post("/api/login/", {"email": ALICE, "password": password})


def test_logs_sign_in_and_sign_out(events: Any) -> None:
    signed_in(make_user()).post("/api/logout/")
    assert events() == ["signed_in", "signed_out"]


def test_logs_failures_and_lock(events: Any) -> None:
    make_user()
    for _ in range(6):
        sign_in("wrong")
    assert events() == ["sign_in_failed"] * 5 + ["sign_in_locked"]


def test_logs_registration_and_activation(events: Any) -> None:
    APIClient().post("/api/register/", {"email": ALICE, "password": PASSWORD})
    given = parts(links.activation_link(SignUp.objects.get(), "api"))
    APIClient().get(f"/api/activate/{given['uid']}/{given['token']}/")
    assert events() == ["registered", "activated"]


def test_logs_reset(events: Any) -> None:
    given = parts(links.reset_link(make_user(), "api"))
    path = f"/api/password_confirm/{given['uid']}/{given['token']}/"
    APIClient().post(path, {"new_password": "another secret"})
    assert events() == ["password_reset"]


def test_logs_replay(events: Any) -> None:
    client = signed_in(make_user())
    token = client.cookies["refresh_token"].value
    client.post("/api/token/refresh/")
    client.cookies["refresh_token"] = token
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        client.post("/api/token/refresh/")
    assert events() == ["signed_in", "refresh_replayed"]


def test_logs_sign_in_to_admin(events: Any) -> None:
    make_user(is_staff=True)
    Client().post("/admin/login/", {"username": ALICE, "password": PASSWORD})
    assert events() == ["signed_in"]
