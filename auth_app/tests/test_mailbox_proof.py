"""Whoever reads an address's mail owns its account, whoever signed up for it first."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from auth_app import housekeeping
from auth_app.models import User
from auth_app.tests.accounts import ALICE, STAFF, make_user
from auth_app.tests.post import delivered, link_of, parts

pytestmark = pytest.mark.django_db(transaction=True)

MALLORYS_PASSWORD, ALICES_PASSWORD, NEW = (
    "password of mallory",
    "password of alice",
    "a wholly new secret",
)


def sign_up(password: str, email: str = ALICE, entry_point: str = "api", **fields: str) -> Any:
    return APIClient().post(
        f"/{entry_point}/register/", {"email": email, "password": password} | fields
    )


def mailed_link(subject: str = "Confirm your email") -> dict[str, str]:
    """The link of the only mail that is due."""
    [mail] = delivered()
    assert mail.subject == subject
    return parts(link_of(mail))


def link_for(password: str, **fields: str) -> dict[str, str]:
    assert sign_up(password, **fields).status_code == 201
    return mailed_link()


def reset_link(email: str = ALICE) -> dict[str, str]:
    assert APIClient().post("/api/password_reset/", {"email": email}).status_code == 200
    return mailed_link("Reset your Password")


def activate(link: dict[str, str]) -> int:
    return APIClient().get(f"/api/activate/{link['uid']}/{link['token']}/").status_code


def reset(link: dict[str, str], password: str = NEW) -> int:
    path = f"/api/password_confirm/{link['uid']}/{link['token']}/"
    return APIClient().post(path, {"new_password": password}).status_code


def opens(password: str, email: str = ALICE) -> bool:
    body = {"email": email, "password": password}
    return APIClient().post("/api/login/", body).status_code == 200


def exists() -> bool:
    return bool(APIClient().get("/users/email-exists/", {"email": ALICE}).json()["exists"])


def later(**delta: float) -> Any:
    return time_machine.travel(timezone.now() + timedelta(**delta))


class TestSignUp:
    @pytest.mark.parametrize("entry_point", ["api", "users"])
    @pytest.mark.parametrize("email", [ALICE, "ALICE@example.com", " alice@example.com "])
    def test_accepts_unproved_address_again(self, email: str, entry_point: str) -> None:
        first, second = (
            sign_up(MALLORYS_PASSWORD, entry_point=entry_point),
            sign_up(ALICES_PASSWORD, email, entry_point=entry_point),
        )

        assert (first.status_code, second.status_code) == (201, 201)
        assert second.json() == first.json()
        assert User.objects.count() == 1

    def test_rejects_proved_address(self) -> None:
        activate(link_for(ALICES_PASSWORD))

        response = sign_up(MALLORYS_PASSWORD)

        assert response.status_code == 400
        assert list(response.json()) == ["email"]
        assert delivered() == []

    def test_rejects_address_that_staff_deactivated(self) -> None:
        user = make_user(ALICE)
        user.is_active = False
        user.save()

        assert sign_up(MALLORYS_PASSWORD).status_code == 400

    def test_signs_nobody_in_before_proof(self) -> None:
        sign_up(MALLORYS_PASSWORD)
        sign_up(ALICES_PASSWORD)

        assert not opens(MALLORYS_PASSWORD)
        assert not opens(ALICES_PASSWORD)

    def test_makes_one_account_and_a_link_each_in_parallel(self, settings: Any) -> None:
        settings.MAILS_PER_HOUR = 20

        def attempt(number: int) -> int:
            try:
                return int(sign_up(f"{ALICES_PASSWORD} {number}").status_code)
            finally:
                connection.close()

        with ThreadPoolExecutor(6) as pool:
            assert list(pool.map(attempt, range(6))) == [201] * 6

        assert User.objects.count() == 1
        assert len({link_of(mail) for mail in delivered()}) == 6


class TestActivation:
    def test_gives_password_of_its_own_sign_up(self) -> None:
        link_for(MALLORYS_PASSWORD)
        own = link_for(ALICES_PASSWORD)

        assert activate(own) == 200
        assert opens(ALICES_PASSWORD)
        assert not opens(MALLORYS_PASSWORD)

    def test_gives_password_of_its_own_sign_up_whoever_came_later(self) -> None:
        own = link_for(ALICES_PASSWORD)
        link_for(MALLORYS_PASSWORD)

        assert activate(own) == 200
        assert opens(ALICES_PASSWORD)
        assert not opens(MALLORYS_PASSWORD)

    def test_gives_profile_of_its_own_sign_up(self) -> None:
        link_for(MALLORYS_PASSWORD, entry_point="users", phone="666", address="Hell 1")
        own = link_for(ALICES_PASSWORD, entry_point="users", phone="123", address="Street 1")

        activate(own)

        assert User.objects.values("phone", "address").get() == {
            "phone": "123",
            "address": "Street 1",
        }

    def test_kills_links_of_all_other_sign_ups(self) -> None:
        theirs = link_for(MALLORYS_PASSWORD)
        activate(link_for(ALICES_PASSWORD))

        assert activate(theirs) == 400
        assert opens(ALICES_PASSWORD)
        assert not opens(MALLORYS_PASSWORD)

    def test_rejects_token_of_another_address(self) -> None:
        own, other = (
            link_for(ALICES_PASSWORD),
            link_for(MALLORYS_PASSWORD, email="mallory@example.com"),
        )

        assert activate({"uid": own["uid"], "token": other["token"]}) == 400
        assert activate({"uid": other["uid"], "token": own["token"]}) == 400

    def test_rejects_token_that_names_another_sign_up(self) -> None:
        theirs, own = link_for(MALLORYS_PASSWORD), link_for(ALICES_PASSWORD)
        number = theirs["token"].partition("-")[0]
        forged = f"{number}-{own['token'].partition('-')[2]}"

        assert forged != theirs["token"]
        assert activate({"uid": own["uid"], "token": forged}) == 400

    def test_rejects_link_after_24_hours_although_others_signed_up_since(self) -> None:
        own = link_for(ALICES_PASSWORD)
        with later(hours=24, minutes=1):
            sign_up(MALLORYS_PASSWORD)
            housekeeping.flush_expired()
            assert activate(own) == 400

    def test_rejects_link_after_staff_changed_the_address(self) -> None:
        own = link_for(ALICES_PASSWORD)
        user = User.objects.get()
        user.email = "alice@example.org"
        user.save()

        assert activate(own) == 400


class TestReset:
    def test_activates_unproved_address(self) -> None:
        link_for(MALLORYS_PASSWORD)

        assert reset(reset_link()) == 200
        assert opens(NEW)
        assert not opens(MALLORYS_PASSWORD)

    def test_kills_activation_links(self) -> None:
        theirs = link_for(MALLORYS_PASSWORD)
        reset(reset_link())

        assert activate(theirs) == 400
        assert opens(NEW)

    def test_forgets_profile_of_strangers_sign_up(self) -> None:
        link_for(MALLORYS_PASSWORD, entry_point="users", phone="666", address="Hell 1")
        reset(reset_link())

        assert not User.objects.exclude(phone="", address="").exists()

    def test_keeps_link_despite_sign_ups_of_others(self) -> None:
        link_for(MALLORYS_PASSWORD)
        own = reset_link()
        link_for("another password of mallory")

        assert reset(own) == 200

    def test_rejects_link_after_activation(self) -> None:
        own = link_for(ALICES_PASSWORD)
        old = reset_link()
        activate(own)

        assert reset(old) == 400

    def test_proves_address_after_sign_up_expired(self) -> None:
        link_for(ALICES_PASSWORD)
        with later(hours=25):
            housekeeping.flush_expired()
            assert reset(reset_link()) == 200

    def test_leaves_one_password_in_parallel_with_activation(self) -> None:
        own = link_for(ALICES_PASSWORD)
        other = reset_link()

        def attempt(which: int) -> int:
            try:
                return activate(own) if which else reset(other)
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            statuses = list(pool.map(attempt, range(2)))

        assert sorted(statuses) == [200, 400]
        assert [opens(NEW), opens(ALICES_PASSWORD)] == [status == 200 for status in statuses]


class TestResend:
    def test_mails_activation_link_of_only_sign_up(self) -> None:
        link_for(ALICES_PASSWORD)
        APIClient().post("/api/activate/resend/", {"email": ALICE})

        assert activate(mailed_link()) == 200
        assert opens(ALICES_PASSWORD)

    def test_mails_reset_link_when_several_signed_up(self) -> None:
        link_for(ALICES_PASSWORD)
        link_for(MALLORYS_PASSWORD)
        APIClient().post("/api/activate/resend/", {"email": ALICE})

        assert reset(mailed_link("Reset your Password")) == 200
        assert opens(NEW)


class TestExpiry:
    def test_reports_address_only_after_proof(self) -> None:
        assert not exists()
        own = link_for(ALICES_PASSWORD)
        assert not exists()
        activate(own)
        assert exists()

    def test_forgets_address_that_was_never_proved(self) -> None:
        link_for(MALLORYS_PASSWORD)
        with later(hours=49):
            housekeeping.flush_expired()
            assert not User.objects.exists()
            assert activate(link_for(ALICES_PASSWORD)) == 200

    def test_keeps_address_while_its_latest_link_lives(self) -> None:
        link_for(MALLORYS_PASSWORD)
        with later(hours=30):
            own = link_for(ALICES_PASSWORD)
        with later(hours=53):
            housekeeping.flush_expired()
            assert activate(own) == 200
            assert opens(ALICES_PASSWORD)

    def test_keeps_address_while_a_reset_link_lives(self) -> None:
        link_for(MALLORYS_PASSWORD)
        with later(hours=47):
            own = reset_link()
        with later(hours=50):
            housekeeping.flush_expired()
            assert reset(own) == 200

    def test_keeps_proved_deactivated_and_staffs_own_accounts(self) -> None:
        make_user("active@example.com")
        gone = make_user("gone@example.com")
        gone.is_active = False
        gone.save()
        make_user(STAFF, is_active=False, is_staff=True)
        with later(days=400):
            housekeeping.flush_expired()
        assert User.objects.count() == 3


class TestStaff:
    def test_keeps_password_of_only_sign_up(self) -> None:
        link_for(ALICES_PASSWORD)
        user = User.objects.get()
        user.is_active = True
        user.save()

        assert opens(ALICES_PASSWORD)

    def test_gives_no_password_when_several_signed_up(self) -> None:
        theirs = link_for(MALLORYS_PASSWORD)
        link_for(ALICES_PASSWORD)
        user = User.objects.get()
        user.is_active = True
        user.save()

        assert not opens(MALLORYS_PASSWORD)
        assert activate(theirs) == 400
