"""The end of an account: asked for, taken back, and carried out after the wait."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from auth_app import api_tokens, audit, mails, sessions
from auth_app.account import personal_data
from auth_app.errors import LastAdministratorError
from auth_app.models import AuditEntry, EntryPoint, Mail, MailKind, User
from auth_app.sessions import Client


def ask_for_deletion(user: User, client: Client, *, with_films: bool) -> datetime:
    """Plan the end of the account, and sign out everywhere; when it will be. Asked for again,
    it keeps its day.

    `LastAdministratorError` when nobody could administer the site afterwards;
    `SessionOverError` when the account is gone.
    """
    with transaction.atomic():
        locked = _locked(user)
        delete_at = locked.delete_at or timezone.now() + _wait()
        planned = {"delete_at": delete_at, "delete_films": with_films and not locked.is_staff}
        User.objects.filter(pk=user.pk).update(**planned)
        sessions.end_all(user.pk, "deletion")
        api_tokens.end_all(user.pk)
        if locked.delete_at is None:
            mails.ask_for(MailKind.DELETION, locked.email, EntryPoint.API, user=locked)
            audit.record("account.deletion_asked", user.pk, "user", user.pk, ip=client.ip)
    return delete_at


def _wait() -> timedelta:
    return timedelta(days=settings.ACCOUNT_DELETION_DAYS)


def _locked(user: User) -> User:
    """The user's row, locked; an administrator's together with those of all the others, of whom
    two must not leave at once."""
    administrators = Q(is_superuser=True, is_active=True)
    wanted = Q(pk=user.pk) | administrators if user.is_superuser else Q(pk=user.pk)
    rows = {row.pk: row for row in User.objects.select_for_update().filter(wanted).order_by("pk")}
    if user.pk not in rows:
        raise sessions.SessionOverError
    locked: User = rows.pop(user.pk)
    if locked.is_superuser and all(other.delete_at for other in rows.values()):
        raise LastAdministratorError
    return locked


def keep(user: User, client: Client) -> None:
    """Take a planned deletion back; `SessionOverError` when it came first."""
    planned = User.objects.filter(pk=user.pk, delete_at__isnull=False)
    if planned.update(delete_at=None, delete_films=False):
        audit.record("account.kept", user.pk, "user", user.pk, ip=client.ip)
    elif not User.objects.filter(pk=user.pk).exists():
        raise sessions.SessionOverError


def delete_due() -> None:
    """Delete the accounts whose wait is over. The worker calls it every minute."""
    due = User.objects.filter(delete_at__lte=timezone.now())
    for user_id in list(due.values_list("pk", flat=True)[:100]):
        _delete(user_id)


@transaction.atomic
def _delete(user_id: int) -> None:
    """Films stay unless the person wanted otherwise."""
    due = User.objects.filter(pk=user_id, delete_at__lte=timezone.now())
    user = due.select_for_update(no_key=True).first()
    if user is None:  # kept meanwhile
        return
    # Who has come into staff during the wait leaves their films.
    _erase(user, with_films=user.delete_films and not user.is_staff)
    audit.record("account.deleted", None, "user", user_id)


@transaction.atomic
def delete_now(user: User, by: int | None, ip: str) -> None:
    """By staff. Films stay."""
    user_id = user.pk
    _erase(user, with_films=False)
    audit.record("user.deleted", by, "user", user_id, ip=ip)


def _erase(user: User, *, with_films: bool) -> None:
    """What is the person's goes, and every row with an address; the audit log keeps the number."""
    # Who is changing a film of theirs refers to the account, and has to come to an end first.
    personal_data().hold(user)
    User.objects.select_for_update().filter(pk=user.pk).first()
    personal_data().leave(user, with_films=with_films)
    Mail.objects.filter(to__in=[user.email, user.new_email or user.email]).delete()
    of_users = ContentType.objects.get_for_model(User)
    LogEntry.objects.filter(content_type=of_users, object_id=str(user.pk)).delete()
    AuditEntry.objects.forget_addresses(user.pk)
    user.delete()
