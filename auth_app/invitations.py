"""Invitations: staff name an address, its reader chooses a password by the mailed link."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from auth_app import audit, mails
from auth_app.errors import AddressTakenError, SignUpClosedError
from auth_app.managers import normalized
from auth_app.models import EntryPoint, MailKind, User


def are_allowed() -> bool:
    return bool(settings.SIGN_UP != "closed")


def invite(email: str, by: int, name: str = "", *, ip: str | None = None) -> User:
    """An account that waits for its owner, with an invitation in the post; again is fine.

    `AddressTakenError` when the address was proved.
    """
    if not are_allowed():
        raise SignUpClosedError
    email = normalized(email)
    waiting = {"username": email, "is_active": False, "first_name": name}
    with transaction.atomic():
        user: User
        user, is_new = User.objects.select_for_update().get_or_create(email=email, defaults=waiting)
        if not user.is_awaiting_activation:
            raise AddressTakenError
        if is_new:
            user.set_unusable_password()
        user.invited_at = timezone.now()
        user.save()
        mails.ask_for(MailKind.INVITATION, email, EntryPoint.API)
    audit.record("user.invited", by, "user", user.pk, ip=ip)
    return user
