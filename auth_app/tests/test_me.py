"""`/api/me/`: one's own account."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.core import serializers
from django.utils import timezone
from rest_framework.test import APIClient

from auth_app import exports, leaving, sessions
from auth_app.models import AuditEntry, Export, Mail, Session, User
from auth_app.tests.accounts import ALICE, BOB, PASSWORD, ROOT, make_user, opens_the_api, signed_in
from auth_app.tests.post import delivered, link_of, parts

pytestmark = pytest.mark.django_db
NEW = "alice@example.net"
OTHER_PASSWORD = "another long secret"
PATHS = [
    ("get", "/api/me/"),
    ("patch", "/api/me/"),
    ("delete", "/api/me/"),
    ("post", "/api/me/keep/"),
    ("post", "/api/me/confirm/"),
    ("post", "/api/me/confirm/passkey/"),
    ("post", "/api/me/password/"),
    ("get", "/api/me/sessions/"),
    ("delete", "/api/me/sessions/"),
    ("delete", "/api/me/favorites/"),
    ("delete", "/api/me/history/"),
    ("get", "/api/me/export/"),
    ("post", "/api/me/export/"),
    ("get", "/api/me/export/file/"),
]


def later(**delta: float) -> Any:
    return time_machine.travel(timezone.now() + timedelta(**delta))


def grow_stale() -> None:
    """The password was given an hour ago."""
    Session.objects.update(created_at=timezone.now() - timedelta(hours=1))


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_refuses_stranger(method: str, path: str) -> None:
    assert getattr(APIClient(), method)(path, {}).status_code == 401


def test_shows_account() -> None:
    user = make_user(first_name="Alice")
    me = signed_in(user).get("/api/me/").json()
    assert (me["id"], me["email"], me["name"], me["delete_at"]) == (user.pk, ALICE, "Alice", None)
    assert "password" not in me


def test_changes_name_and_ignores_rights() -> None:
    user = make_user()
    response = signed_in(user).patch("/api/me/", {"name": "Al", "is_staff": True})
    assert response.json()["name"] == "Al"
    assert not User.objects.get().is_staff


class TestAddress:
    def ask(self, user: User) -> Any:
        return signed_in(user).patch("/api/me/", {"email": NEW})

    @pytest.mark.django_db(transaction=True)
    def test_tells_old_address_and_mails_link_to_new(self) -> None:
        user = make_user()
        assert self.ask(user).json()["new_email"] == NEW
        sent = {mail.to[0]: mail.subject for mail in delivered()}
        assert sent == {
            NEW: "Confirm your new address",
            ALICE: "Somebody wants to change your address",
        }
        assert User.objects.get().email == ALICE

    @pytest.mark.django_db(transaction=True)
    def test_changes_address_once_by_link(self) -> None:
        user = make_user()
        self.ask(user)
        link = next(link_of(mail) for mail in delivered() if mail.to == [NEW])
        assert link.startswith("http://127.0.0.1:8000/confirm-address/?")
        assert APIClient().post("/api/me/address/", parts(link)).json()["email"] == NEW
        assert (User.objects.get().email, User.objects.get().username) == (NEW, NEW)
        assert APIClient().post("/api/me/address/", parts(link)).status_code == 400
        [told] = delivered()
        assert (told.to, told.subject) == ([ALICE], "Your address has been changed")

    @pytest.mark.django_db(transaction=True)
    def test_link_dies_with_password(self) -> None:
        user = make_user()
        self.ask(user)
        link = next(link_of(mail) for mail in delivered() if mail.to == [NEW])
        user = User.objects.get()
        user.set_password(OTHER_PASSWORD)
        user.save()
        assert APIClient().post("/api/me/address/", parts(link)).status_code == 400

    def test_refuses_taken_address(self) -> None:
        make_user(BOB)
        response = signed_in(make_user()).patch("/api/me/", {"email": BOB})
        assert (response.status_code, list(response.json())) == (400, ["email"])

    @pytest.mark.django_db(transaction=True)
    def test_loses_race_for_address(self) -> None:
        user = make_user()
        self.ask(user)
        link = next(link_of(mail) for mail in delivered() if mail.to == [NEW])
        make_user(NEW)
        assert APIClient().post("/api/me/address/", parts(link)).status_code == 400
        assert User.objects.get(pk=user.pk).email == ALICE

    def test_asks_for_password_again(self) -> None:
        client = signed_in(make_user())
        grow_stale()
        refused = client.patch("/api/me/", {"email": NEW})
        assert (refused.status_code, refused["X-Confirm"]) == (403, "required")
        wrong = client.post("/api/me/confirm/", {"password": "no"})
        assert (wrong.status_code, list(wrong.json())) == (400, ["password"])
        assert client.post("/api/me/confirm/", {"password": PASSWORD}).status_code == 200
        assert client.patch("/api/me/", {"email": NEW}).status_code == 200


class TestPassword:
    def change(self, client: APIClient, **body: str) -> Any:
        given = {"old_password": PASSWORD, "new_password": OTHER_PASSWORD}
        return client.post("/api/me/password/", given | body)

    @pytest.mark.django_db(transaction=True)
    def test_keeps_own_session_and_ends_others(self) -> None:
        user = make_user()
        here, there = signed_in(user), signed_in(user)
        assert self.change(here).status_code == 200
        assert here.get("/api/me/").status_code == 200
        assert there.get("/api/me/").status_code == 401
        assert [mail.subject for mail in delivered()] == ["Your password has been changed"]

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"old_password": "wrong"}, "old_password"),
            ({"new_password": "12345678"}, "new_password"),
            ({"confirm_password": "something else"}, "password"),
        ],
    )
    def test_names_the_wrong_field(self, body: dict[str, str], field: str) -> None:
        response = self.change(signed_in(make_user()), **body)
        assert (response.status_code, list(response.json())) == (400, [field])

    def test_counts_guesses(self) -> None:
        client = signed_in(make_user())
        answers = [self.change(client, old_password="guess").status_code for _ in range(6)]
        assert answers[-1] == 429


class TestSessions:
    def test_lists_usable_ones_in_words(self, django_assert_num_queries: Any) -> None:
        user = make_user()
        signed_in(make_user(BOB))
        agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
        sessions.begin(user, "api", sessions.Client("192.0.2.7", agent))
        client = signed_in(user)
        with django_assert_num_queries(2):
            rows = client.get("/api/me/sessions/").json()
        assert [row["is_current"] for row in rows] == [True, False]
        assert (rows[1]["browser"], rows[1]["ip"]) == ("Firefox on Linux", "192.0.2.7")
        german = client.get("/api/me/sessions/", headers={"Accept-Language": "de"}).json()
        assert german[1]["browser"] == "Firefox unter Linux"

    def test_ends_one(self) -> None:
        user = make_user()
        here, there = signed_in(user), signed_in(user)
        other = next(r for r in here.get("/api/me/sessions/").json() if not r["is_current"])
        assert here.delete(f"/api/me/sessions/{other['id']}/").status_code == 204
        assert there.get("/api/me/").status_code == 401

    def test_ends_all_others(self) -> None:
        user = make_user()
        here, there = signed_in(user), signed_in(user)
        assert here.delete("/api/me/sessions/").status_code == 204
        assert not opens_the_api(there.cookies["access_token"].value)
        assert here.get("/api/me/").status_code == 200

    def test_finds_no_session_of_others(self) -> None:
        signed_in(make_user(BOB))
        theirs = Session.objects.get().pk
        assert signed_in(make_user()).delete(f"/api/me/sessions/{theirs}/").status_code == 404
        assert Session.objects.get(pk=theirs).revoked_at is None


class TestExport:
    @pytest.mark.django_db(transaction=True)
    def test_holds_own_and_no_secret(self) -> None:
        make_user(BOB)
        user = make_user()
        client = signed_in(user)
        assert client.get("/api/me/export/").json()["state"] == "none"
        assert client.post("/api/me/export/").status_code == 202
        delivered()  # runs the queue
        url = client.get("/api/me/export/").json()["url"]
        response = client.get(url)
        assert "attachment" in response["Content-Disposition"]
        text = response.content.decode()
        assert json.loads(text)["account"]["email"] == ALICE
        for secret in (BOB, user.password, Session.objects.get().current_jti):
            assert secret not in text

    def test_is_nobody_elses(self) -> None:
        exports.make(exports.ask_for(make_user(), sessions.Client()).pk)
        assert signed_in(make_user(BOB)).get("/api/me/export/file/").status_code == 404

    def test_needs_fresh_sign_in(self) -> None:
        client = signed_in(make_user())
        grow_stale()
        assert client.post("/api/me/export/").status_code == 403
        assert client.get("/api/me/export/file/").status_code == 403

    @pytest.mark.django_db(transaction=True)
    def test_is_made_later_when_job_was_lost(self) -> None:
        exports.ask_for(make_user(), sessions.Client())
        exports.make_due()
        delivered()
        assert Export.objects.get().made_at

    @pytest.mark.django_db(transaction=True)
    def test_expires(self) -> None:
        exports.ask_for(make_user(), sessions.Client())
        with later(days=4):
            exports.make_due()
        assert not Export.objects.exists()


class TestLeaving:
    @pytest.mark.django_db(transaction=True)
    def test_waits_signs_out_and_tells(self) -> None:
        user = make_user()
        client = signed_in(user)
        assert client.delete("/api/me/", {}).status_code == 200
        assert client.get("/api/me/").status_code == 401
        leaving.delete_due()
        assert User.objects.filter(pk=user.pk).exists()
        assert [mail.subject for mail in delivered()] == ["Your account will be deleted"]

    def test_may_be_taken_back(self) -> None:
        user = make_user()
        signed_in(user).delete("/api/me/", {})
        client = signed_in(user)
        assert client.get("/api/me/").json()["delete_at"]
        assert client.post("/api/me/keep/").status_code == 200
        with later(days=20):
            leaving.delete_due()
        assert User.objects.filter(pk=user.pk).exists()

    @pytest.mark.django_db(transaction=True)
    def test_leaves_no_address_behind(self) -> None:
        user = make_user()
        client = signed_in(user)
        client.post("/api/me/export/")
        client.delete("/api/me/", {})
        delivered()
        with later(days=15):
            leaving.delete_due()
        assert not User.objects.exists()
        for model in (Mail, Session, Export, AuditEntry):
            assert ALICE not in serializers.serialize("json", model.objects.all())
        assert not AuditEntry.objects.filter(actor_id=user.pk, ip__isnull=False).exists()
        assert AuditEntry.objects.filter(action="account.deleted", subject_id=user.pk).exists()

    @pytest.mark.parametrize("many", [False, True])
    def test_leaves_no_address_behind_when_staff_delete(self, client: Any, many: bool) -> None:
        root = make_user(ROOT, is_staff=True, is_superuser=True)
        user = make_user()
        signed_in(user).patch("/api/me/", {"email": NEW})
        client.force_login(root)
        path, body = f"/admin/auth_app/user/{user.pk}/delete/", {"post": "yes"}
        if many:
            path, body = "/admin/auth_app/user/", {"action": "delete_selected", **body}
        client.post(path, body | {"_selected_action": [user.pk]})
        assert list(User.objects.all()) == [root]
        for model in (Mail, LogEntry, AuditEntry):
            rows = serializers.serialize("json", model.objects.all())
            assert ALICE not in rows
            assert NEW not in rows
        entry = AuditEntry.objects.get(action="user.deleted")
        assert (entry.actor_id, entry.subject_id) == (root.pk, str(user.pk))

    def test_refuses_last_administrator(self) -> None:
        root = make_user(ROOT, is_staff=True, is_superuser=True)
        response = signed_in(root).delete("/api/me/", {})
        assert (response.status_code, User.objects.get().delete_at) == (400, None)


def test_keeps_audit_log_append_only() -> None:
    leaving.keep(make_user(delete_at=timezone.now()), sessions.Client())
    entry = AuditEntry.objects.get()
    for change in (entry.save, entry.delete, AuditEntry.objects.all().delete):
        with pytest.raises(TypeError):
            change()
    with pytest.raises(TypeError):
        AuditEntry.objects.update(action="nothing")
