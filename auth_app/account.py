"""What people change in their own account: password, address, and whether it goes."""

import logging
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from django.utils import timezone

from auth_app import api_tokens, audit, links, mails, sessions, sign_ups
from auth_app.errors import AddressTakenError, InvalidLinkError, LastAdministratorError
from auth_app.models import AuditEntry, EntryPoint, Mail, MailKind, Session, User
from auth_app.sessions import Client

logger = logging.getLogger(__name__)


def personal_data() -> Any:
    """The other app's module of what people leave behind there: to show, clear and delete."""
    return import_module(settings.PERSONAL_DATA)


def change_password(session: Session, checked: User, password: str, client: Client) -> None:
    """Set a password after the old one was checked; every other session ends.

    `ValidationError` for a weak one; `UserChangedError` when another change came first.
    """
    validate_password(password, checked)
    with transaction.atomic():
        unchanged = User.objects.filter(pk=checked.pk, password=checked.password)
        if not unchanged.update(password=make_password(password)):
            raise sessions.UserChangedError
        sessions.end_others(session, "password")
        api_tokens.end_all(checked.pk)
        mails.ask_for(MailKind.PASSWORD_CHANGED, checked.email, EntryPoint.API)
    audit.record("password.changed", checked.pk, "user", checked.pk, ip=client.ip)


def ask_for_address(user: User, email: str, client: Client) -> None:
    """Mail a link to a new address, and tell the present one; nothing changes until it is used.

    `AddressTakenError` when it has a proved account.
    """
    if User.objects.filter(email=email, activated_at__isnull=False).exclude(pk=user.pk).exists():
        raise AddressTakenError
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(new_email=email)
        mails.ask_for(MailKind.NEW_ADDRESS, email, EntryPoint.API, user=user)
        mails.ask_for(MailKind.MOVING, user.email, EntryPoint.API, user=user)
    audit.record("address.asked", user.pk, "user", user.pk, ip=client.ip)


def withdraw_address(user: User) -> None:
    """The links to the new address no longer work."""
    User.objects.filter(pk=user.pk).update(new_email="")


def prove_address(uid: str, token: str, client: Client) -> str:
    """Make the address of a mailed link the account's, once; returns it."""
    user = links.user_of(uid)
    if user is None or not links.moves_address(user, token):
        raise InvalidLinkError
    old, new = user.email, user.new_email
    sign_ups.make_way(new)
    try:
        with transaction.atomic():
            _move(user, old, new)
            mails.ask_for(MailKind.MOVED, old, EntryPoint.API, user=user)
    except IntegrityError as error:
        raise AddressTakenError from error
    audit.record("address.changed", user.pk, "user", user.pk, ip=client.ip)
    return new


def _move(user: User, old: str, new: str) -> None:
    """Of parallel uses only the first finds the old address."""
    changes = {"email": new, "new_email": ""}
    if "@" in user.username:
        changes["username"] = new
    if not User.objects.filter(pk=user.pk, email=old, new_email=new).update(**changes):
        raise InvalidLinkError


def ask_for_deletion(user: User, client: Client, *, with_films: bool) -> datetime:
    """Plan the end of the account, and sign out everywhere; when it will be.

    `LastAdministratorError` when nobody could administer the site afterwards.
    """
    others = User.objects.filter(is_active=True, is_superuser=True, delete_at=None)
    if user.is_superuser and not others.exclude(pk=user.pk).exists():
        raise LastAdministratorError
    delete_at = timezone.now() + timedelta(days=settings.ACCOUNT_DELETION_DAYS)
    with transaction.atomic():
        planned = {"delete_at": delete_at, "delete_films": with_films and not user.is_staff}
        User.objects.filter(pk=user.pk).update(**planned)
        sessions.end_all(user.pk, "deletion")
        api_tokens.end_all(user.pk)
        mails.ask_for(MailKind.DELETION, user.email, EntryPoint.API, user=user)
    audit.record("account.deletion_asked", user.pk, "user", user.pk, ip=client.ip)
    return delete_at


def keep(user: User, client: Client) -> None:
    """Take a planned deletion back."""
    planned = User.objects.filter(pk=user.pk, delete_at__isnull=False)
    if planned.update(delete_at=None, delete_films=False):
        audit.record("account.kept", user.pk, "user", user.pk, ip=client.ip)


def delete_due() -> None:
    """Delete the accounts whose wait is over. The worker calls it every minute."""
    due = User.objects.filter(delete_at__lte=timezone.now())
    for user_id in list(due.values_list("pk", flat=True)[:100]):
        _delete(user_id)


@transaction.atomic
def _delete(user_id: int) -> None:
    """What is the person's goes; films stay unless they wanted otherwise; the audit log keeps
    the number."""
    due = User.objects.filter(pk=user_id, delete_at__lte=timezone.now())
    user = due.select_for_update().first()
    if user is None:  # kept meanwhile
        return
    personal_data().leave(user, with_films=user.delete_films)
    Mail.objects.filter(to__in=[user.email, user.new_email or user.email]).delete()
    of_users = ContentType.objects.get_for_model(User)
    LogEntry.objects.filter(content_type=of_users, object_id=str(user_id)).delete()
    AuditEntry.objects.forget_addresses(user_id)
    user.delete()
    audit.record("account.deleted", None, "user", user_id)
