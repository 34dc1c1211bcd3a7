"""The admin: signing in, and what staff can do to accounts."""

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from auth_app.models import Mail, MailKind, MailState, Session, User
from auth_app.tests.accounts import ALICE, PASSWORD, ROOT, make_user, signed_in

pytestmark = pytest.mark.django_db
LOGIN = "/admin/login/"


def make_admin() -> User:
    return User.objects.create_superuser(ROOT, PASSWORD, username="root")


def sign_in(username: str, password: str = PASSWORD, **headers: str) -> Any:
    return Client().post(LOGIN, {"username": username, "password": password}, **headers)


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(make_admin())
    return client


@pytest.mark.parametrize("name", ["root", ROOT, "ROOT@example.com"])
def test_accepts_address_and_user_name(name: str) -> None:
    make_admin()
    assert sign_in(name).status_code == 302


def test_rejects_members() -> None:
    make_user()
    assert sign_in(ALICE).status_code == 200


def test_limits_failures_like_the_api() -> None:
    make_admin()
    assert [sign_in(ROOT, "wrong").status_code for _ in range(5)] == [200] * 5
    response = sign_in(ROOT)
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert "Too many attempts" in response.content.decode()


def test_shares_count_with_the_api() -> None:
    make_admin()
    for _ in range(3):
        sign_in(ROOT, "wrong")
    body = {"email": ROOT, "password": "wrong"}
    assert [APIClient().post("/api/login/", body).status_code for _ in range(3)] == [401, 401, 429]


def test_ignores_next_of_foreign_site() -> None:
    make_admin()
    body = {"username": "root", "password": PASSWORD, "next": "https://evil.example/"}
    assert not Client().post(LOGIN, body)["Location"].startswith("https://evil")


@pytest.mark.parametrize("model", ["user", "session", "mail"])
def test_shows_lists_and_pages_to_staff(admin: Client, model: str) -> None:
    user = make_user()
    signed_in(user)
    APIClient().post("/api/password_reset/", {"email": user.email})
    assert admin.get(f"/admin/auth_app/{model}/").status_code == 200
    rows = {"user": User, "session": Session, "mail": Mail}[model]
    row = rows.objects.first()
    page = admin.get(f"/admin/auth_app/{model}/{row.pk}/change/")
    assert page.status_code == 200


def test_shows_no_secret_of_session(admin: Client) -> None:
    signed_in(make_user())
    session = Session.objects.get()
    page = admin.get(f"/admin/auth_app/session/{session.pk}/change/")
    assert session.current_jti not in page.content.decode()


def test_adds_user_by_address_and_password(admin: Client) -> None:
    body = {
        "email": "New@Example.com",
        "usable_password": "true",
        "password1": "a wholly new secret",
        "password2": "a wholly new secret",
    }
    response = admin.post("/admin/auth_app/user/add/", body)
    assert response.status_code == 302, response.context["adminform"].form.errors
    user = User.objects.get(email="new@example.com")
    assert user.username == "new@example.com"
    assert user.is_active


def test_says_that_address_is_taken(admin: Client) -> None:
    make_user()
    body = {"email": "ALICE@example.com", "usable_password": "false"}
    assert admin.post("/admin/auth_app/user/add/", body).status_code == 200
    assert User.objects.count() == 2


def act(admin: Client, model: str, action: str, pk: Any) -> None:
    body = {"action": action, "_selected_action": [str(pk)]}
    assert admin.post(f"/admin/auth_app/{model}/", body).status_code == 302


def test_ends_sessions_by_admin_action(admin: Client) -> None:
    user = make_user()
    client = signed_in(user)
    act(admin, "user", "sign_out_everywhere", user.pk)
    assert client.post("/api/token/refresh/").status_code == 401


def test_sends_activation_again_by_admin_action(admin: Client) -> None:
    user = make_user(is_active=False)
    act(admin, "user", "send_activation_again", user.pk)
    assert Mail.objects.get().kind == MailKind.ACTIVATION


def test_sends_failed_mail_again_by_admin_action(admin: Client) -> None:
    APIClient().post("/api/password_reset/", {"email": "a@example.com"})
    Mail.objects.update(state=MailState.FAILED, attempts=10)
    act(admin, "mail", "try_again", Mail.objects.get().pk)
    assert Mail.objects.get().state == MailState.DUE
