"""A changed address is the login, and the old one is free for others."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from rest_framework.test import APIClient

from auth_app.models import User
from auth_app.tests.accounts import ALICE, BOB, PASSWORD, ROOT, make_sign_up, make_user, signed_in

pytestmark = pytest.mark.django_db
OLD, NEW = ALICE, "alice@example.org"


def sign_in(login: str, path: str = "/api/login/") -> int:
    return APIClient().post(path, {"email": login, "password": PASSWORD}).status_code


def sign_in_to_admin(login: str) -> int:
    body = {"username": login, "password": PASSWORD}
    return Client().post("/admin/login/", body).status_code


def change_address(user: User, email: str = NEW) -> None:
    """As staff do in the admin."""
    staff = Client()
    staff.force_login(User.objects.create_superuser(ROOT, PASSWORD, username="root"))
    page = staff.get(f"/admin/auth_app/user/{user.pk}/change/")
    form = page.context["adminform"].form
    body = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    body = {name: value for name, value in body.items() if value and name != "password"}
    response = staff.post(f"/admin/auth_app/user/{user.pk}/change/", body | {"email": email})
    assert response.status_code == 302, response.context["adminform"].form.errors


def test_takes_address_that_a_stranger_only_signed_up_for() -> None:
    make_sign_up(NEW)
    change_address(make_user(OLD))

    assert User.objects.get(email=NEW).check_password(PASSWORD)


def test_leaves_proved_address_to_its_owner() -> None:
    bob = make_user(NEW)
    with pytest.raises(AssertionError, match="taken"):
        change_address(make_user(OLD))

    assert User.objects.get(email=NEW) == bob


def test_signs_in_by_new_address_only() -> None:
    change_address(make_user(OLD))

    assert sign_in(NEW) == 200
    assert sign_in(OLD) == 401
    assert sign_in(OLD, "/users/login/") == 400


def test_frees_old_address_for_sign_up() -> None:
    change_address(make_user(OLD))

    body = {"email": OLD, "password": PASSWORD}
    assert APIClient().post("/api/register/", body).status_code == 201
    assert User.objects.get(username=OLD).email == OLD


@pytest.mark.parametrize("email", ["ALICE@Example.org", "alice@example.org"])
def test_writes_login_in_its_one_spelling(email: str) -> None:
    user = make_user(OLD)
    change_address(user, email)

    user.refresh_from_db()
    assert (user.email, user.username) == (NEW, NEW)


def test_keeps_chosen_user_name() -> None:
    change_address(make_user(OLD, username="alice", is_staff=True))

    assert User.objects.get(email=NEW).username == "alice"
    assert sign_in("alice") == 200
    assert sign_in_to_admin("alice") == 302


def test_changes_login_when_only_address_is_saved() -> None:
    user = make_user(OLD)
    user.email = NEW
    user.save(update_fields=["email"])

    assert User.objects.values_list("username", flat=True).get() == NEW


def test_gives_nobody_anothers_address_as_user_name() -> None:
    make_user(OLD, username=BOB, is_staff=True)

    assert sign_in(BOB) == 401
    assert sign_in_to_admin(BOB) == 200
    body = {"email": BOB, "password": PASSWORD}
    assert APIClient().post("/api/register/", body).status_code == 201


def test_rejects_old_address_although_user_name_still_has_it() -> None:
    user = make_user(OLD)
    User.objects.filter(pk=user.pk).update(email=NEW)

    assert sign_in(OLD) == 401
    assert sign_in(NEW) == 200


def test_keeps_sessions() -> None:
    user = make_user(OLD)
    client = signed_in(user)
    change_address(user)

    assert client.post("/api/token/refresh/").status_code == 200


def rename(pk: int, **fields: Any) -> None:
    User.objects.filter(pk=pk).update(**fields)


def test_migrates_logins_that_fell_behind() -> None:
    alice, bob, carol = (make_user(f"{name}@example.com") for name in ("alice", "bob", "carol"))
    rename(alice.pk, email="alice@example.org")
    # Each has the other's address as a user name.
    rename(bob.pk, username="draft")
    rename(carol.pk, username=BOB)
    rename(bob.pk, username="carol@example.com")
    root = make_user(ROOT, username="root")

    migration = import_module("auth_app.migrations.0004_logins_follow_addresses")
    migration.let_logins_follow_addresses(apps, None)

    names = {user.email: user.username for user in User.objects.all()}
    assert names.pop(root.email) == "root"
    assert names == {email: email for email in names}
