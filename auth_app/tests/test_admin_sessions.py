"""One sign-in for the admin and the site."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from auth_app import sessions
from auth_app.models import Profile, Session, User
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


def signed_in_on_site(**credentials: str) -> Client:
    client = Client()
    assert client.post("/api/login/", credentials, "application/json").status_code == 200
    return client


@pytest.fixture
def on_site(root: User) -> Client:
    return signed_in_on_site(email=ROOT, password=PASSWORD)


def test_lets_staff_in_who_have_just_signed_in_on_the_site(on_site: Client) -> None:
    answer = on_site.get("/admin/auth_app/user/", follow=True)

    assert (answer.status_code, answer.request["PATH_INFO"]) == (200, "/admin/auth_app/user/")
    assert Session.objects.count() == 1


@pytest.mark.parametrize("way_out", ["/admin/logout/", "/api/logout/"])
def test_either_way_out_ends_both_after_a_sign_in_on_the_site(
    on_site: Client, way_out: str
) -> None:
    on_site.get(ADMIN, follow=True)
    assert (is_in_admin(on_site), is_on_site(on_site)) == (True, True)

    on_site.post(way_out)

    assert (is_in_admin(on_site), is_on_site(on_site)) == (False, False)
    assert on_site.get("/admin/login/").status_code == 200


def test_asks_again_when_the_sign_in_on_the_site_is_old(on_site: Client) -> None:
    Session.objects.update(created_at=timezone.now() - timedelta(minutes=16))

    assert on_site.get("/admin/login/").status_code == 200
    assert (is_in_admin(on_site), is_on_site(on_site)) == (False, True)


def test_shows_members_the_form(db: None) -> None:
    User.objects.create_user("member@example.com", PASSWORD)
    member = signed_in_on_site(email="member@example.com", password=PASSWORD)

    assert member.get("/admin/login/").status_code == 200
    assert not is_in_admin(member)


def test_shows_staff_without_the_required_factor_the_form(on_site: Client, settings: Any) -> None:
    settings.SECOND_FACTOR_FOR_STAFF = True

    assert on_site.get("/admin/login/").status_code == 200
    assert not is_in_admin(on_site)


def test_takes_over_a_sign_in_with_a_second_factor(settings: Any) -> None:
    settings.SECOND_FACTOR_FOR_STAFF = True
    user, app = protected(is_staff=True, is_superuser=True)
    client = signed_in_on_site(email=user.email, password=PASSWORD, code=app.now())

    assert client.get("/admin/login/").url == ADMIN  # type: ignore[attr-defined]
    assert is_in_admin(client)


def test_shows_a_profile_of_limited_age_the_form(on_site: Client, root: User) -> None:
    Session.objects.update(profile=Profile.objects.create(user=root, name="Kid", age_limit=6))

    assert on_site.get("/admin/login/").status_code == 200
    assert not is_in_admin(on_site)


def listed(client: Client) -> list[bool]:
    return [row["is_current"] for row in client.get("/api/me/sessions/").json()]


def test_form_replaces_session_that_the_browser_had_on_the_site(on_site: Client) -> None:
    other = signed_in_on_site(email=ROOT, password=PASSWORD)
    old = on_site.cookies["access_token"].value
    Session.objects.update(created_at=timezone.now() - timedelta(minutes=16))

    answer = on_site.post("/admin/login/", {"username": "root", "password": PASSWORD})

    assert answer.status_code == 302
    assert (is_in_admin(on_site), listed(on_site)) == (True, [True, False])
    assert is_on_site(other)
    on_site.cookies["access_token"] = old
    assert not is_on_site(on_site)


def test_refused_form_leaves_session_on_the_site(on_site: Client) -> None:
    on_site.post("/admin/login/", {"username": "root", "password": "wrong"})

    assert listed(on_site) == [True]


def test_sign_in_as_another_on_the_site_ends_the_admin(on_site: Client) -> None:
    on_site.get(ADMIN, follow=True)
    User.objects.create_user("member@example.com", PASSWORD)

    body = {"email": "member@example.com", "password": PASSWORD}
    assert on_site.post("/api/login/", body, "application/json").status_code == 200

    assert (is_in_admin(on_site), is_on_site(on_site)) == (False, True)


def test_leads_nobody_to_another_site(on_site: Client) -> None:
    answer = on_site.get("/admin/login/?next=https://evil.example/")

    assert answer.url == ADMIN  # type: ignore[attr-defined]
