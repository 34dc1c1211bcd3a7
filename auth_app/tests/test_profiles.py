"""`/api/me/profiles/`: who shares an account, and how one gets from one profile to another."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from auth_app import admin_sessions, api_tokens, exports, leaving, profiles, sessions
from auth_app.api.me.profile_views import WRONG
from auth_app.authentication import LIMITED
from auth_app.models import AuditEntry, Profile, Session, User
from auth_app.tests.accounts import ALICE, BOB, PASSWORD, STAFF, make_user, signed_in
from auth_app.tests.post import delivered

pytestmark = pytest.mark.django_db
PATH = "/api/me/profiles/"
PIN = "4711"
# What a profile of limited age may not do with its account.
CLOSED = [
    ("patch", "/api/me/"),
    ("delete", "/api/me/"),
    ("post", "/api/me/keep/"),
    ("post", "/api/me/confirm/"),
    ("post", "/api/me/password/"),
    ("get", "/api/me/sessions/"),
    ("delete", "/api/me/sessions/"),
    ("get", "/api/me/tokens/"),
    ("post", "/api/me/tokens/"),
    ("get", "/api/me/export/"),
    ("post", "/api/me/export/"),
    ("get", "/api/me/export/file/"),
    ("get", "/api/me/second-factor/"),
    ("post", "/api/me/second-factor/app/"),
    ("post", "/api/me/passkeys/options/"),
    ("post", PATH),
    ("patch", f"{PATH}0/"),
    ("delete", f"{PATH}0/"),
]


def make_profile(user: User, name: str = "Kim", **fields: Any) -> Profile:
    """As the API makes it: `pin` is in clear."""
    return profiles.make(user, {"name": name, **fields}, sessions.Client())


def use(client: APIClient, profile: Profile | int, **given: str) -> Any:
    number = profile if isinstance(profile, int) else profile.pk
    return client.post(f"{PATH}{number}/use/", given)


def child_of(user: User, **fields: Any) -> APIClient:
    """A browser in a profile of limited age."""
    client = signed_in(user)
    child = make_profile(user, **{"age_limit": 12, **fields})
    assert use(client, child, pin=fields.get("pin", "")).status_code == 200
    return client


def is_limited(client: APIClient) -> bool:
    return client.get("/api/me/").json()["profile"]["age_limit"] is not None


class TestList:
    def test_shows_main_profile_of_every_account(self) -> None:
        client = signed_in(make_user(first_name="Alice"))

        assert client.get(PATH).json() == [
            {"id": 0, "name": "Alice", "picture": "fox", "age_limit": None, "has_pin": False}
            | {"is_main": True, "is_current": True, "asks": ""}
        ]
        assert not Profile.objects.exists()

    def test_makes_profile_and_keeps_only_hash_of_pin(self) -> None:
        client = signed_in(make_user())

        made = client.post(PATH, {"name": "Kim", "picture": "owl", "age_limit": 12, "pin": PIN})

        assert made.status_code == 201
        assert made.json()["has_pin"]
        assert PIN not in Profile.objects.get().pin
        assert [one["name"] for one in client.get(PATH).json()] == ["Main", "Kim"]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"name": ""},
            {"name": "a" * 31},
            {"name": "Kim", "pin": "123"},
            {"name": "Kim", "pin": "12ab"},
            {"name": "Kim", "pin": "١٢٣٤"},
            {"name": "Kim", "age_limit": -1},
            {"name": "Kim", "age_limit": 121},
            {"name": "Kim", "picture": "../secret"},
        ],
    )
    def test_refuses_bad_profile(self, wrong: dict[str, Any]) -> None:
        assert signed_in(make_user()).post(PATH, wrong).status_code == 400
        assert not Profile.objects.exists()

    def test_refuses_more_than_most(self) -> None:
        user = make_user()
        for place in range(profiles.MAX_PER_USER - 1):
            make_profile(user, f"Kim {place}")

        assert signed_in(user).post(PATH, {"name": "One more"}).status_code == 400

    def test_changes_main_profile_which_stays_and_stays_open(self) -> None:
        client = signed_in(make_user())

        changed = client.patch(f"{PATH}0/", {"name": "Mum", "picture": "cat", "pin": PIN})

        assert (changed.status_code, changed.json()["name"]) == (200, "Mum")
        assert client.get(PATH).json()[0] | {"is_current": 1} == changed.json() | {"is_current": 1}
        assert client.patch(f"{PATH}0/", {"age_limit": 12}).status_code == 400
        assert client.delete(f"{PATH}0/").status_code == 400

    def test_wants_password_given_lately_to_change_pin_or_limit(self) -> None:
        user = make_user()
        kim, client = make_profile(user, pin=PIN), signed_in(user)
        Session.objects.update(created_at=timezone.now() - timedelta(hours=1))

        for change in ({"pin": None}, {"age_limit": None}):
            answer = client.patch(f"{PATH}{kim.pk}/", change)
            assert (answer.status_code, answer["X-Confirm"]) == (403, "required")
        assert client.delete(f"{PATH}{kim.pk}/").status_code == 403
        assert client.patch(f"{PATH}{kim.pk}/", {"name": "Tim"}).status_code == 200

    def test_hides_profiles_of_others(self) -> None:
        kim, bob = make_profile(make_user()), signed_in(make_user(BOB))

        assert use(bob, kim).status_code == 404
        assert bob.patch(f"{PATH}{kim.pk}/", {"name": "x"}).status_code == 404
        assert bob.delete(f"{PATH}{kim.pk}/").status_code == 404
        assert [one["id"] for one in bob.get(PATH).json()] == [0]

    @pytest.mark.parametrize(
        ("method", "path"),
        [("get", PATH), ("post", PATH), ("patch", f"{PATH}0/"), ("post", f"{PATH}0/use/")],
    )
    def test_refuses_stranger(self, method: str, path: str) -> None:
        assert getattr(APIClient(), method)(path, {}).status_code == 401

    def test_refuses_api_token(self) -> None:
        user = make_user()
        _, text = api_tokens.make(user, "tv", ["read", "manage"], None, sessions.Client())
        client = APIClient(HTTP_AUTHORIZATION=f"Bearer {text}")

        assert client.get(PATH).status_code == 403
        assert use(client, 0).status_code == 403

    def test_keeps_one_main_profile_without_limit(self) -> None:
        user = make_user()
        Profile.objects.create(user=user, name="Main", is_main=True)

        for wrong in ({"is_main": True}, {"is_main": True, "age_limit": 3, "user": make_user(BOB)}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Profile.objects.create(**{"user": user, "name": "Other"} | wrong)


class TestChanging:
    def test_stays_after_refresh_and_in_no_other_session(self) -> None:
        user = make_user()
        child, other = child_of(user), signed_in(user)

        assert child.post("/api/token/refresh/").status_code == 200
        assert is_limited(child)
        assert not is_limited(other)

    def test_begins_in_main_profile_after_sign_in(self) -> None:
        user = make_user()
        child_of(user)

        assert not is_limited(signed_in(user))

    def test_ignores_what_client_says(self) -> None:
        child = child_of(make_user(), pin=PIN)

        for headers in ({"X-Profile": "0"}, {"X-Profile-Id": "0"}):
            assert child.get("/api/me/?profile=0", headers=headers).json()["profile"]["id"]

    def test_asks_for_pin_of_profile_that_is_entered(self) -> None:
        user = make_user()
        kim, client = make_profile(user, pin=PIN), signed_in(user)

        assert client.get(PATH).json()[1]["asks"] == "pin"
        assert use(client, kim).status_code == 403
        assert use(client, kim, pin="0000").json() == {"detail": WRONG["pin"]}
        assert use(client, kim, pin=PIN).json()["is_current"]
        assert use(client, 0).status_code == 200

    def test_asks_for_pin_of_limited_profile_that_is_left(self) -> None:
        user = make_user()
        make_profile(user, "Tim", age_limit=6)
        make_profile(user, "Max", age_limit=16)
        child = child_of(user, pin=PIN)

        asks = {one["name"]: one["asks"] for one in child.get(PATH).json()}

        assert asks == {"Main": "pin", "Tim": "", "Max": "pin", "Kim": ""}
        assert use(child, 0).status_code == 403
        assert use(child, 0, pin="0000").status_code == 403
        assert is_limited(child)
        assert use(child, 0, pin=PIN).status_code == 200
        assert not is_limited(child)

    def test_asks_for_password_where_nobody_has_pin(self) -> None:
        child = child_of(make_user())

        assert child.get(PATH).json()[0]["asks"] == "password"
        assert use(child, 0).status_code == 403
        assert use(child, 0, pin="").status_code == 403
        assert use(child, 0, password="wrong").json() == {"detail": WRONG["password"]}
        assert is_limited(child)
        assert use(child, 0, password=PASSWORD).status_code == 200
        assert not is_limited(child)

    def test_opens_with_password_whatever_pin_opens(self) -> None:
        child = child_of(make_user(), pin=PIN)

        assert use(child, 0, password=PASSWORD).status_code == 200

    def test_locks_after_wrong_pins_also_for_right_one(self, settings: Any) -> None:
        settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"pin": "10/min", "pin_long": "10/h"}
        user = make_user()
        child = child_of(user, pin=PIN)
        tried = [use(child, 0, pin=f"{guess:04}").status_code for guess in range(10)]

        refused = use(child, 0, pin=PIN)

        assert (set(tried), refused.status_code) == ({403}, 429)
        assert refused["Retry-After"]
        assert is_limited(child)
        assert AuditEntry.objects.filter(action="profile.pin_wrong", actor=user).count() == 10
        assert use(child, 0, password=PASSWORD).status_code == 200

    @pytest.mark.django_db(transaction=True)
    def test_tells_owner_once_when_pins_are_guessed(self) -> None:
        child = child_of(make_user(), pin=PIN)
        for guess in range(8):
            use(child, 0, pin=f"{guess:04}")

        [told] = delivered()

        assert (told.to, told.subject) == ([ALICE], "Somebody is guessing a PIN")
        assert PIN not in str(told.message())

    def test_counts_pins_of_all_sessions_of_account(self, settings: Any) -> None:
        settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"pin": "4/min"}
        user = make_user()
        kim = make_profile(user, pin=PIN)
        for client in (signed_in(user), signed_in(user)):
            for _ in range(2):
                use(client, kim, pin="0000")

        assert use(signed_in(user), kim, pin=PIN).status_code == 429

    def test_does_not_move_session_that_ended_meanwhile(self) -> None:
        user = make_user()
        client, kim = signed_in(user), make_profile(user)
        session = Session.objects.get()
        sessions.end(session.pk, "signed out")

        assert not sessions.enter(session, kim)
        assert use(client, kim).status_code == 401


class TestLimited:
    @pytest.mark.parametrize(("method", "path"), CLOSED)
    def test_may_not_change_account(self, method: str, path: str) -> None:
        child = child_of(make_user(is_staff=True))

        refused = getattr(child, method)(path, {})

        assert (refused.status_code, refused.json()) == (403, {"detail": LIMITED})

    def test_may_clear_its_own_marks(self) -> None:
        child = child_of(make_user())

        assert child.delete("/api/me/history/").status_code == 204
        assert child.delete("/api/me/favorites/").status_code == 204

    def test_is_limited_at_every_entry_point(self) -> None:
        user = make_user()
        kim, old = make_profile(user, age_limit=12), signed_in(user, "users")
        assert use(old, kim).status_code == 200

        assert old.post("/users/refresh/").status_code == 200
        assert is_limited(old)

    @pytest.mark.django_db(transaction=True)
    def test_is_known_to_streams_at_once_and_after_change_of_limit(self) -> None:
        user = make_user()
        client, kim = signed_in(user), make_profile(user, age_limit=12)
        key = sessions.cache_key(Session.objects.get().pk)
        sessions.state(Session.objects.get().pk)
        assert cache.get(key) == "live"

        use(client, kim)
        assert cache.get(key) == "limited:12:live"
        profiles.change(kim, {"age_limit": 6}, sessions.Client())
        assert cache.get(key) == "limited:6:live"

    @pytest.mark.django_db(transaction=True)
    def test_ends_with_its_profile(self) -> None:
        user = make_user()
        child = child_of(user)
        kim = Profile.objects.get()

        assert signed_in(user).delete(f"{PATH}{kim.pk}/").status_code == 204

        assert child.get("/api/me/").status_code == 401
        assert child.post("/api/token/refresh/").status_code == 401

    @pytest.mark.django_db(transaction=True)
    def test_has_no_way_into_admin(self) -> None:
        staff = make_user(STAFF, is_staff=True)
        browser = Client()
        browser.post("/admin/login/", {"username": STAFF, "password": PASSWORD})
        assert browser.get("/admin/").status_code == 200
        assert browser.session[admin_sessions.KEY]

        kim = make_profile(staff, age_limit=12)
        browser.post(f"{PATH}{kim.pk}/use/", {}, content_type="application/json")

        assert browser.get("/admin/").status_code == 302


class TestStaff:
    def clear(self, actor: User, profile: Profile) -> Client:
        browser = Client()
        browser.force_login(actor)
        body = {"action": "clear_pins", "_selected_action": [profile.pk]}
        browser.post("/admin/auth_app/profile/", body)
        return browser

    def test_takes_pin_away_which_is_noted(self) -> None:
        kim = make_profile(make_user(), pin=PIN)
        root = User.objects.create_superuser(STAFF, PASSWORD)

        self.clear(root, kim)

        assert not Profile.objects.get().has_pin
        entry = AuditEntry.objects.get(action="profile.pin_cleared")
        assert (entry.actor, entry.subject_id) == (root, str(kim.pk))

    def test_needs_permission(self) -> None:
        kim = make_profile(make_user(), pin=PIN)

        self.clear(make_user(STAFF, is_staff=True), kim)

        assert Profile.objects.get().has_pin


class TestPersonalData:
    def test_stands_in_export_without_pin(self) -> None:
        user = make_user()
        make_profile(user, "Kim", pin=PIN, age_limit=12)

        [kim] = exports._everything(user)["profiles"]

        assert (kim["name"], kim["age_limit"]) == ("Kim", 12)
        assert "pin" not in kim

    def test_goes_with_account(self) -> None:
        user = make_user(ALICE)
        child_of(user)
        User.objects.filter(pk=user.pk).update(delete_at=timezone.now())

        leaving.delete_due()

        assert not Profile.objects.exists()
