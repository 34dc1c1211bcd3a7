"""`POST /api/register/`, `/api/auth/register/`, `/users/register/`."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from auth_app.models import Mail, User
from auth_app.tests.accounts import ALICE, PASSWORD, make_user

BODY = {"email": "new@example.com", "password": PASSWORD, "confirmed_password": PASSWORD}
pytestmark = [pytest.mark.django_db, pytest.mark.contract]


def register(path: str = "/api/register/", **changes: Any) -> Any:
    return APIClient().post(path, BODY | changes)


@pytest.mark.parametrize("path", ["/api/register/", "/api/register", "/api/auth/register/"])
def test_returns_user_and_literal_token(path: str) -> None:
    response = register(path)
    assert response.status_code == 201
    assert response.json() == {
        "user": {"id": User.objects.get().pk, "email": "new@example.com"},
        "token": "activation_token",
    }


def test_returns_address_and_keeps_profile_at_users() -> None:
    response = register("/users/register/", phone="123", address="Street 1")
    assert response.status_code == 201
    assert response.json() == {"email": "new@example.com"}
    assert User.objects.filter(phone="123", address="Street 1").exists()


def test_accepts_null_profile() -> None:
    assert register("/users/register/", phone=None, address=None).status_code == 201


def test_makes_inactive_account() -> None:
    register()
    assert User.objects.get().is_awaiting_activation
    login = {"email": BODY["email"], "password": PASSWORD}
    assert APIClient().post("/api/login/", login).status_code == 401


def test_accepts_absent_confirmation() -> None:
    body = {"email": "new@example.com", "password": PASSWORD}
    assert APIClient().post("/api/register/", body).status_code == 201


@pytest.mark.parametrize("name", ["confirmed_password", "confirm_password"])
@pytest.mark.parametrize("other", ["another password", "", None, PASSWORD + " "])
def test_rejects_other_confirmation(name: str, other: str | None) -> None:
    response = register(**{name: other})
    assert response.status_code == 400
    assert response.json() == {"password": ["The passwords do not match."]}


@pytest.mark.parametrize("email", [ALICE, "ALICE@Example.COM", " alice@example.com"])
def test_rejects_taken_address(email: str) -> None:
    make_user(ALICE)
    response = register(email=email)
    assert response.status_code == 400
    assert list(response.json()) == ["email"]
    assert User.objects.count() == 1
    assert not Mail.objects.exists()


@pytest.mark.parametrize(
    "email", ["", "alice", "a@b", "a b@example.com", "a@example.com\r\nBcc: b@example.com", None, 5]
)
def test_rejects_malformed_address(email: Any) -> None:
    response = register(email=email)
    assert response.status_code == 400
    assert list(response.json()) == ["email"]


@pytest.mark.parametrize("path", ["/api/register/", "/api/password_reset/"])
def test_rejects_address_that_grows_in_lower_case(path: str) -> None:
    body = {"email": "\u0130" * 200 + "@example.com", "password": PASSWORD}
    assert APIClient().post(path, body).status_code == 400


@pytest.mark.parametrize("password", ["short", "password1", "new@example.com", "83927465"])
def test_rejects_weak_password(password: str) -> None:
    response = register(password=password, confirmed_password=password)
    assert response.status_code == 400
    assert list(response.json()) == ["password"]


@pytest.mark.parametrize(("length", "status"), [(100_000, 400), (1_000_000, 413)])
def test_rejects_endless_password(length: int, status: int) -> None:
    long = "x" * length
    assert register(password=long, confirmed_password=long).status_code == status


@pytest.mark.parametrize("password", ["  spaces around  ", "ünïcödé pässwörd", "long " * 25])
def test_keeps_password_as_typed(password: str) -> None:
    assert register(password=password, confirmed_password=password).status_code == 201
    user = User.objects.get()
    assert user.check_password(password)
    assert not user.check_password(password.strip() + "x")


def test_ignores_unknown_fields() -> None:
    response = register(
        is_staff=True, is_superuser=True, is_active=True, id=4711, privacy_policy="on"
    )
    user = User.objects.get()
    assert response.status_code == 201
    assert user.pk != 4711
    assert [user.is_staff, user.is_superuser, user.is_active] == [False] * 3


def test_says_no_message_twice_in_a_body() -> None:
    response = APIClient().post("/api/register/", {})
    messages = [message for messages in response.json().values() for message in messages]
    assert set(response.json()) == {"email", "password"}
    assert len(set(messages)) == len(messages)


def test_counts_no_mistyped_sign_ups(settings: Any) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"register": "2/h"}
    mistakes = [{"email": "alice"}, {"password": "short"}, {"confirmed_password": "another"}]
    assert {register(**mistake).status_code for mistake in mistakes} == {400}
    assert register().status_code == 201


def test_limits_sign_ups_of_one_address(settings: Any) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"register": "2/h"}
    emails = ["new@example.com", "new@example.com", "other@example.com"]
    responses = [register(email=email) for email in emails]
    assert [response.status_code for response in responses] == [201, 201, 429]
    assert responses[-1]["Retry-After"]
    assert User.objects.count() == 1


def test_ignores_garbage_access_cookie() -> None:
    client = APIClient()
    client.cookies["access_token"] = "garbage"
    assert client.post("/api/register/", BODY).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_makes_one_account_of_parallel_registrations() -> None:
    def attempt(number: int) -> int:
        try:
            email = "new@example.com" if number % 2 else "NEW@example.com"
            return register(email=email).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(attempt, range(8)))
    assert statuses == [201] * 8
    assert User.objects.count() == 1
    assert Mail.objects.count() == 8
