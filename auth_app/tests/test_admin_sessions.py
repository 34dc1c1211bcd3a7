"""One sign-in for the admin and the site."""

import pytest
from django.test import Client

from auth_app import sessions
from auth_app.models import Session, User
from auth_app.tests.accounts import PASSWORD, ROOT
from auth_app.tests.test_second_factors import protected

pytestmark = pytest.mark.django_db(transaction=True)
ADMIN, MINE = "/admin/", "/api/video/"


@pytest.fixture
def root() -> User:
    return User.objects.create_superuser(ROOT, PASSWORD, username="root")


@pytest.fixture
def staff(root: User) -> Client:
    client = Client()
    answer = client.post("/admin/login/", {"username": "root", "password": PASSWORD})
    assert answer.status_code == 302
    return client


def is_in_admin(client: Client) -> bool:
    return client.get(ADMIN).status_code == 200


def is_on_site(client: Client) -> bool:
    return client.get(MINE).status_code == 200


def test_signs_staff_in_on_the_site(staff: Client) -> None:
    assert (is_in_admin(staff), is_on_site(staff)) == (True, True)
    assert Session.objects.get().entry_point == "api"


def test_signing_out_of_the_admin_ends_both(staff: Client) -> None:
    token = staff.cookies["access_token"].value
    staff.post("/admin/logout/")
    assert (is_in_admin(staff), is_on_site(staff)) == (False, False)
    staff.cookies["access_token"] = token
    assert not is_on_site(staff)


def test_signing_out_of_the_site_ends_both(staff: Client) -> None:
    staff.post("/api/logout/")
    assert (is_in_admin(staff), is_on_site(staff)) == (False, False)


def test_ending_all_sessions_ends_the_admin_too(staff: Client, root: User) -> None:
    sessions.end_all(root.pk, "by staff")
    assert not is_in_admin(staff)


def test_new_password_keeps_who_set_it(staff: Client, root: User) -> None:
    other = Client()
    other.post("/admin/login/", {"username": "root", "password": PASSWORD})
    fresh = "another long password"
    given = {"old_password": PASSWORD, "new_password1": fresh, "new_password2": fresh}
    assert staff.post("/admin/password_change/", given).status_code == 302
    assert (is_in_admin(staff), is_on_site(staff)) == (True, True)
    assert not is_in_admin(other)


def test_refused_sign_in_begins_nothing(root: User) -> None:
    client = Client()
    client.post("/admin/login/", {"username": "root", "password": "wrong"})
    assert not Session.objects.exists()
    assert not is_on_site(client)


def test_keeps_admin_sessions_that_name_none_of_the_site(root: User) -> None:
    client = Client()
    client.force_login(root)
    assert is_in_admin(client)
    client.post("/admin/logout/")
    assert not is_in_admin(client)


def test_second_factor_reaches_the_site_and_is_asked_again_after_a_new_password() -> None:
    user, app = protected(is_staff=True, is_superuser=True)
    client = Client()
    given = {"username": user.email, "password": PASSWORD, "code": app.now()}
    assert client.post("/admin/login/", given).status_code == 302
    assert (is_in_admin(client), is_on_site(client)) == (True, True)

    fresh = "another long password"
    change = {"old_password": PASSWORD, "new_password1": fresh, "new_password2": fresh}
    assert client.post("/admin/password_change/", change).status_code == 302
    assert (is_in_admin(client), is_on_site(client)) == (False, False)
