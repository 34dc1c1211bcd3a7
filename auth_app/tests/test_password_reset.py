"""`POST /api/password_reset/` and `/api/password_confirm/<uid>/<token>/`, with aliases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from auth_app import links
from auth_app.models import Mail, MailKind, Session, User
from auth_app.tests.accounts import (
    ALICE,
    PASSWORD,
    make_sign_up,
    make_user,
    opens_the_api,
    signed_in,
)
from auth_app.tests.post import parts

pytestmark = [pytest.mark.django_db, pytest.mark.contract]
NEW = "a wholly new secret"
ASKED = "An email has been sent to reset your password."
DONE = "Your Password has been successfully reset."


def confirm(uid: str, token: str, password: str = NEW, **changes: Any) -> Any:
    body = {"new_password": password, "confirm_password": password} | changes
    return APIClient().post(f"/api/password_confirm/{uid}/{token}/", body)


def link(user: User) -> dict[str, str]:
    return parts(links.reset_link(user, "api"))


@pytest.mark.parametrize("email", [ALICE, "nobody@example.com"])
@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/api/password_reset/", "detail"),
        ("/api/passwort_reset", "detail"),
        ("/users/forgot-password/", "message"),
    ],
)
def test_answers_known_and_unknown_alike(path: str, key: str, email: str) -> None:
    make_user()
    response = APIClient().post(path, {"email": email})
    assert response.status_code == 200
    assert response.json() == {key: ASKED}


def test_queries_the_same_for_known_and_unknown(django_assert_num_queries: Any) -> None:
    make_user()
    for email in (ALICE, "nobody@example.com"):
        with django_assert_num_queries(1):
            APIClient().post("/api/password_reset/", {"email": email})


@pytest.mark.parametrize("email", ["alice", "", None, [ALICE]])
def test_rejects_malformed_address(email: Any) -> None:
    response = APIClient().post("/api/password_reset/", {"email": email})
    assert response.status_code == 400
    assert list(response.json()) == ["email"]


@pytest.mark.parametrize("name", ["password_confirm", "passwort_confirm"])
def test_sets_new_password(name: str) -> None:
    user = make_user()
    given = link(user)
    body = {"new_password": NEW, "confirm_password": NEW}
    response = APIClient().post(f"/api/{name}/{given['uid']}/{given['token']}", body)
    assert response.status_code == 200
    assert response.json() == {"detail": DONE}
    user.refresh_from_db()
    assert user.check_password(NEW)


def test_accepts_link_in_body_at_users() -> None:
    body = link(make_user()) | {"new_password": NEW}
    response = APIClient().post("/users/reset-password/", body)
    assert response.status_code == 200
    assert response.json() == {"message": DONE}


def test_names_missing_parts_of_link_at_users() -> None:
    response = APIClient().post("/users/reset-password/", {"new_password": NEW})
    assert response.status_code == 400
    assert set(response.json()) == {"uid", "token"}


def test_rejects_used_link() -> None:
    given = link(make_user())
    confirm(**given)
    response = confirm(**given, password="yet another secret")
    assert response.status_code == 400
    assert list(response.json()) == ["detail"]


def test_keeps_link_after_sign_in() -> None:
    user = make_user()
    given = link(user)
    signed_in(user)
    assert confirm(**given).status_code == 200
    assert confirm(**given, password="yet another secret").status_code == 400


def test_rejects_link_after_change_of_password_or_address() -> None:
    user = make_user()
    links_before = [link(user), link(user)]
    User.objects.filter(pk=user.pk).update(email="alice@example.org")
    assert confirm(**links_before[0]).status_code == 400
    User.objects.filter(pk=user.pk).update(email=user.email, password=make_password(NEW))
    assert confirm(**links_before[1]).status_code == 400


def test_rejects_link_after_24_hours() -> None:
    given = link(make_user())
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1)):
        assert confirm(**given).status_code == 400


def test_rejects_activation_token() -> None:
    assert confirm(**parts(links.activation_link(make_sign_up(), "api"))).status_code == 400


def test_rejects_deactivated_account() -> None:
    user = make_user()
    given = link(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert confirm(**given).status_code == 400


@pytest.mark.parametrize("password", ["short", "password1", ALICE])
def test_rejects_weak_password_and_keeps_link(password: str) -> None:
    given = link(make_user())
    response = confirm(**given, password=password)
    assert response.status_code == 400
    assert list(response.json()) == ["password"]
    assert confirm(**given).status_code == 200


@pytest.mark.parametrize("other", ["another", "", None])
def test_rejects_other_confirmation(other: str | None) -> None:
    response = confirm(**link(make_user()), confirm_password=other)
    assert response.status_code == 400
    assert response.json() == {"password": ["The passwords do not match."]}


def test_ends_all_sessions_within_one_request() -> None:
    user = make_user()
    browsers = [signed_in(user), signed_in(user, "users")]
    confirm(**link(User.objects.get()))
    for browser, name in zip(browsers, ("access_token", "vf_access"), strict=True):
        assert not opens_the_api(browser.cookies[name].value)
        assert browser.post("/api/token/refresh/").status_code == 401


def test_mails_owner() -> None:
    confirm(**link(make_user()))
    assert Mail.objects.get().kind == MailKind.PASSWORD_CHANGED


def test_accepts_new_password_only() -> None:
    user = make_user()
    confirm(**link(user))
    statuses = {
        password: APIClient()
        .post("/api/login/", {"email": user.email, "password": password})
        .status_code
        for password in (PASSWORD, NEW)
    }
    assert statuses == {PASSWORD: 401, NEW: 200}


def test_changes_nothing_by_get() -> None:
    given = link(make_user())
    response = APIClient().get(f"/api/password_confirm/{given['uid']}/{given['token']}/")
    assert response.status_code == 405


@pytest.mark.parametrize("uid", ["abc", "9" * 30, "LTE", "!!!", "x" * 4096, "%00"])
def test_rejects_malformed_uid(uid: str) -> None:
    assert confirm(uid, "c-1").status_code == 400


@pytest.mark.django_db(transaction=True)
def test_accepts_one_of_parallel_uses() -> None:
    given = link(make_user())

    def attempt(number: int) -> int:
        try:
            return confirm(**given, password=f"{NEW} {number}").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(pool.map(attempt, range(6)))
    assert statuses == [200] + [400] * 5
    assert not Session.objects.exists()
