"""What people change in their own account: name, password, address."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction

from auth_app import api_tokens, audit, links, mails, sessions, sign_ups
from auth_app.errors import AddressTakenError, InvalidLinkError
from auth_app.models import EntryPoint, Mail, MailKind, MailState, Session, User
from auth_app.sessions import Client


def personal_data() -> Any:
    """The other app's module of what people leave behind there: to show, clear and delete."""
    return import_module(settings.PERSONAL_DATA)


def change(user: User, columns: dict[str, Any], client: Client) -> None:
    """Set what people say of themselves. The audit log notes which columns, not what they hold."""
    User.objects.filter(pk=user.pk).update(**columns)
    audit.record("account.changed", user.pk, "user", user.pk, ip=client.ip, fields=[*columns])


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
    # Theirs, whoever has the old address next. What is still due finds nobody there.
    Mail.objects.filter(to=old, user=None).exclude(state=MailState.DUE).update(user=user)
