"""Who may make an account: everybody, whoever is invited, nobody."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from rest_framework.test import APIClient

from auth_app import housekeeping
from auth_app.models import AuditEntry, User
from auth_app.tests.accounts import ALICE, BOB, PASSWORD, ROOT, STAFF, make_user, signed_in
from auth_app.tests.post import delivered, link_of, parts

pytestmark = pytest.mark.django_db
BODY = {"email": BOB, "password": PASSWORD}
NEW_PASSWORD = {"new_password": PASSWORD, "confirm_password": PASSWORD}


@pytest.fixture
def root() -> User:
    return make_user(ROOT, is_staff=True, is_superuser=True)


def invite(root: User) -> dict[str, str]:
    """The parts of the link that Bob finds in his mail."""
    assert signed_in(root).post("/api/invitations/", {"email": BOB}).status_code == 201
    [mail] = delivered()
    assert (mail.to, mail.subject) == ([BOB], "You are invited to Videoflix")
    return parts(link_of(mail))


def accept(link: dict[str, str]) -> int:
    path = f"/api/password_confirm/{link['uid']}/{link['token']}/"
    return APIClient().post(path, NEW_PASSWORD).status_code


@pytest.mark.django_db(transaction=True)
def test_lets_invited_person_choose_password_once(root: User) -> None:
    link = invite(root)
    assert (accept(link), accept(link)) == (200, 400)
    assert APIClient().post("/api/login/", BODY).status_code == 200
    assert AuditEntry.objects.filter(action="user.invited", actor=root).exists()


@pytest.mark.django_db(transaction=True)
def test_invitation_lives_for_a_week(root: User) -> None:
    link = invite(root)
    with time_machine.travel(timezone.now() + timedelta(days=6)):
        housekeeping.flush_expired()
        assert accept(link) == 200


@pytest.mark.django_db(transaction=True)
def test_invitation_expires(root: User) -> None:
    link = invite(root)
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert accept(link) == 400


def test_refuses_to_invite_existing_account(root: User) -> None:
    make_user(BOB)
    assert signed_in(root).post("/api/invitations/", {"email": BOB}).status_code == 400


@pytest.mark.parametrize("rights", [{}, {"is_staff": True}])
def test_lets_only_those_invite_who_may_add_users(rights: dict[str, bool]) -> None:
    client = signed_in(make_user(STAFF, **rights))
    assert client.post("/api/invitations/", {"email": BOB}).status_code == 403
    assert APIClient().post("/api/invitations/", {"email": BOB}).status_code == 401


@pytest.mark.parametrize(("sign_up", "invited"), [("invitation", 201), ("closed", 400)])
def test_closes_sign_up(root: User, settings: Any, sign_up: str, invited: int) -> None:
    settings.SIGN_UP = sign_up
    response = APIClient().post("/api/register/", {"email": ALICE, "password": PASSWORD})
    assert (response.status_code, list(response.json())) == (403, ["detail"])
    answer = signed_in(root).post("/api/invitations/", {"email": BOB})
    assert answer.status_code == invited


@pytest.mark.django_db(transaction=True)
def test_invites_from_the_admin(root: User, client: Any) -> None:
    client.force_login(root)
    given = {"email": BOB, "invite": "on", "usable_password": "true"}
    assert client.post("/admin/auth_app/user/add/", given).status_code == 302
    assert not User.objects.get(email=BOB).is_active
    [mail] = delivered()
    assert mail.subject == "You are invited to Videoflix"


@pytest.mark.django_db(transaction=True)
def test_activation_by_the_sites_page_signs_in() -> None:
    APIClient().post("/api/register/", BODY)
    link = parts(link_of(delivered()[0]))
    client = APIClient()
    path = f"/api/activate/{link['uid']}/{link['token']}/"
    assert client.post(path).status_code == 200
    assert client.get("/api/me/").json()["email"] == BOB
    assert client.post(path).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_activation_by_get_signs_nobody_in() -> None:
    APIClient().post("/api/register/", BODY)
    link = parts(link_of(delivered()[0]))
    response = APIClient().get(f"/api/activate/{link['uid']}/{link['token']}/")
    assert (response.status_code, response.cookies) == (200, {})


@pytest.mark.parametrize("path", ["/api/activate/MQ/", "/users/confirm/", "/api/activate/MQ/x/"])
def test_answers_senseless_activation_by_post(path: str) -> None:
    assert APIClient().post(path).status_code == 400
