"""Deleting sign-ups and accounts whose address was never proved."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from auth_app.models import Mail, SignUp, User

BATCH = 500
# An invitation lives for a week, and staff may send it again.
INVITED = timedelta(days=30)


def make_way(email: str) -> None:
    """Free an address that has only unproved sign-ups."""
    User.objects.unproved().filter(email=email, is_staff=False, is_superuser=False).delete()


def flush_expired() -> None:
    """Delete sign-ups whose links have expired, and accounts that no link can prove any more.

    After twice the life of a link, which begins when its mail is sent, perhaps hours later.
    """
    before = timezone.now() - timedelta(seconds=2 * settings.PASSWORD_RESET_TIMEOUT)
    SignUp.objects.filter(created_at__lt=before).delete()
    with transaction.atomic():
        # A parallel sign-up locks the row too; only a new query sees what it has added.
        found = _unproved_since(before).select_for_update()
        ids = list(found.values_list("pk", flat=True)[:BATCH])
        _unproved_since(before).filter(pk__in=ids).delete()


def _unproved_since(before: datetime) -> QuerySet[User]:
    """Without inactive staff, whom only staff can have made, and those invited lately."""
    mailed = Mail.objects.filter(to=OuterRef("email"), created_at__gte=before)
    signed_up = SignUp.objects.filter(user=OuterRef("pk"))
    unproved: QuerySet[User] = User.objects.unproved().filter(
        date_joined__lt=before, is_staff=False, is_superuser=False
    )
    uninvited = Q(invited_at=None) | Q(invited_at__lt=timezone.now() - INVITED)
    return unproved.filter(uninvited, ~Exists(signed_up), ~Exists(mailed))
