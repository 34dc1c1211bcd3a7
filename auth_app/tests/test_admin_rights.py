"""Staff who may change users gain no rights by it, over themselves or over others."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from auth_app.models import User
from auth_app.tests.accounts import PASSWORD, ROOT, STAFF, make_user

pytestmark = pytest.mark.django_db
NEW = "a wholly new secret"
USERS = "/admin/auth_app/user/"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def staff() -> User:
    """May add, view, change and delete users, and is no superuser."""
    user = make_user(STAFF, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__model="user"))
    return user


@pytest.fixture
def root() -> User:
    return User.objects.create_superuser(ROOT, PASSWORD, username="root")


def form_of(client: Client, user: User) -> dict[str, Any]:
    form = client.get(f"{USERS}{user.pk}/change/").context["adminform"].form
    values = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return {name: value for name, value in values.items() if value and name != "password"}


def set_password(client: Client, user: User) -> int:
    body = {"usable_password": "true", "password1": NEW, "password2": NEW}
    return client.post(f"{USERS}{user.pk}/password/", body).status_code


@pytest.mark.parametrize("who", ["alice", "self"])
def test_grants_no_rights(staff: User, who: str) -> None:
    user = staff if who == "self" else make_user()
    group = Group.objects.create(name="operators")
    permission = Permission.objects.get(codename="view_build")
    client = client_of(staff)
    wanted = {"is_superuser": "on", "groups": [group.pk], "user_permissions": [permission.pk]}
    before = set(user.user_permissions.all())

    response = client.post(
        f"{USERS}{user.pk}/change/", form_of(client, user) | wanted | {"phone": "123"}
    )

    assert response.status_code == 302
    user.refresh_from_db()
    assert user.phone == "123"
    assert not user.is_superuser
    assert user.is_staff == (who == "self")
    assert not user.groups.exists()
    assert set(user.user_permissions.all()) == before


def test_makes_nobody_staff(staff: User) -> None:
    alice = make_user()
    client = client_of(staff)
    client.post(f"{USERS}{alice.pk}/change/", form_of(client, alice) | {"is_staff": "on"})

    alice.refresh_from_db()
    assert not alice.is_staff


@pytest.mark.parametrize("rights", [{"is_superuser": True}, {"is_staff": True}])
def test_takes_over_nobody_with_rights(staff: User, rights: dict[str, bool]) -> None:
    other = make_user("other@example.com", **rights)
    client = client_of(staff)

    assert set_password(client, other) == 403
    body = {"email": "mallory@example.com", "username": "other"}
    assert client.post(f"{USERS}{other.pk}/change/", body).status_code == 403
    assert client.post(f"{USERS}{other.pk}/delete/", {"post": "yes"}).status_code == 403
    delete = {"action": "delete_selected", "_selected_action": [other.pk], "post": "yes"}
    client.post(USERS, delete)
    other.refresh_from_db()
    assert other.check_password(PASSWORD)
    assert other.email == "other@example.com"


def test_changes_members_and_itself(staff: User) -> None:
    alice = make_user()
    assert set_password(client_of(staff), alice) == 302
    assert set_password(client_of(staff), staff) == 302


def test_lets_superuser_grant_rights(root: User) -> None:
    alice = make_user()
    client = client_of(root)
    client.post(f"{USERS}{alice.pk}/change/", form_of(client, alice) | {"is_staff": "on"})

    alice.refresh_from_db()
    assert alice.is_staff
