"""Everything of an account in one file: asked for, made by the queue, kept for three days."""

import gzip
import json
import logging
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q
from django.utils import timezone

from auth_app import audit, jobs
from auth_app.account import personal_data
from auth_app.devices import in_words
from auth_app.models import ApiToken, AuditEntry, Export, Identity, Mail, Passkey, User
from auth_app.models.exports import KEPT
from auth_app.sessions import Client

logger = logging.getLogger(__name__)

JOB = "auth_app.tasks.make_export"


def ask_for(user: User, client: Client) -> Export:
    """A new request; it replaces the user's earlier ones."""
    user.exports.all().delete()
    export = Export.objects.create(user=user)
    audit.record("account.export_asked", user.pk, "user", user.pk, ip=client.ip)
    jobs.enqueue(JOB, export.pk)
    return export


def make(export_id: int) -> None:
    """Fill the file of a request; safe to repeat."""
    export = Export.objects.filter(pk=export_id, made_at=None).select_related("user").first()
    if export is None:
        return
    text = json.dumps(_everything(export.user), cls=DjangoJSONEncoder, indent=1)
    waiting = Export.objects.filter(pk=export_id, made_at=None)
    waiting.update(content=gzip.compress(text.encode()), made_at=timezone.now())
    logger.info("export_made", extra={"user_id": export.user_id})


def text_of(export: Export) -> bytes:
    return gzip.decompress(bytes(export.content or b""))


def make_due() -> None:
    """Enqueue what no job made, and delete old files. The worker calls it every minute."""
    Export.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    for pk in Export.objects.filter(made_at=None).values_list("pk", flat=True)[:100]:
        jobs.enqueue(JOB, pk)


def _everything(user: User) -> dict[str, Any]:
    return {"account": _account(user), "sessions": _sessions(user), "mails": _mails(user)} | {
        "actions": _actions(user),
        "keys": _keys(user),
        "profiles": _profiles(user),
        **personal_data().export(user),
    }


def _account(user: User) -> dict[str, Any]:
    names = ("id", "email", "username", "first_name", "last_name", "phone", "address", "is_staff")
    others = ("language", "date_joined", "activated_at", "last_login", "delete_at")
    return {name: getattr(user, name) for name in (*names, *others)}


def _sessions(user: User) -> list[dict[str, Any]]:
    return [
        {
            "created_at": session.created_at,
            "last_used_at": session.rotated_at,
            "ended_at": session.revoked_at,
            "ip": session.ip,
            "browser": in_words(session.user_agent),
        }
        for session in user.sessions.all()
    ]


def _profiles(user: User) -> list[dict[str, Any]]:
    rows: Any = user.profiles
    return list(rows.values("id", "name", "picture", "age_limit", "is_main", "created_at"))


def _keys(user: User) -> dict[str, Any]:
    """What else signs in: by name, never the secret."""
    tokens: Any = ApiToken.objects.filter(user=user)
    passkeys: Any = Passkey.objects.filter(user=user)
    identities: Any = Identity.objects.filter(user=user)
    return {
        "api_tokens": list(tokens.values("name", "scopes", "created_at", "last_used_at")),
        "passkeys": list(passkeys.values("name", "created_at", "last_used_at")),
        "identities": list(identities.values("issuer", "subject", "created_at")),
        "second_factor_since": user.second_factor_at,
    }


def _mails(user: User) -> list[dict[str, Any]]:
    """Not those of who had the address before."""
    to_address = Q(user=None, to=user.email, created_at__gte=user.date_joined)
    rows: Any = Mail.objects.filter(Q(user=user) | to_address)
    return list(rows.values("kind", "state", "created_at"))


def _actions(user: User) -> list[dict[str, Any]]:
    """What the audit log holds of the user."""
    rows: Any = AuditEntry.objects.filter(actor=user)
    return list(rows.values("at", "action", "subject", "subject_id", "ip"))
