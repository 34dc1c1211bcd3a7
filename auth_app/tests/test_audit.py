"""The audit log: what it notes, and that nothing in it changes."""

import json
import logging
from typing import Any

import pytest

from auth_app import audit
from auth_app.models import AuditEntry
from auth_app.tests.accounts import BOB, ROOT, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(client: Any) -> Any:
    user = make_user(ROOT, is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def test_notes_what_the_admin_changes(client: Any, root: Any) -> None:
    bob = make_user(BOB)
    body = {"email": BOB, "username": BOB, "first_name": "Bob", "is_active": "on"}
    assert client.post(f"/admin/auth_app/user/{bob.pk}/change/", body).status_code == 302
    entry = AuditEntry.objects.get(action="user.changed")
    assert (entry.actor, entry.subject, entry.subject_id) == (root, "user", str(bob.pk))
    assert entry.details["fields"] == ["First name"]
    assert entry.ip == "127.0.0.1"


def test_notes_deletion_of_many(client: Any, root: Any) -> None:
    users = [make_user(f"{name}@example.com") for name in ("one", "two")]
    body = {"action": "delete_selected", "_selected_action": [user.pk for user in users]}
    client.post("/admin/auth_app/user/", body | {"post": "yes"})
    assert AuditEntry.objects.filter(action="user.deleted").count() == 2


def test_cannot_be_changed_in_the_admin(client: Any, root: Any) -> None:
    audit.record("user.invited", root.pk, "user", 7)
    entry = AuditEntry.objects.get()
    path = f"/admin/auth_app/auditentry/{entry.pk}"
    assert client.get(f"{path}/change/").status_code == 200
    assert client.post(f"{path}/change/", {"action": "x"}).status_code == 403
    assert client.post(f"{path}/delete/", {"post": "yes"}).status_code == 403
    assert client.get("/admin/auth_app/auditentry/?action=user.invited").status_code == 200


def test_stands_in_the_json_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    audit.record("token.made", 1, "token", 2, scopes=["read"])
    [line] = [record for record in caplog.records if record.message == "audit"]
    assert (line.action, line.actor_id, line.subject_id) == ("token.made", 1, "2")
    assert json.dumps(line.details)
