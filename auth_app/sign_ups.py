"""How sign-ups for addresses that nobody has proved are forgotten."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from auth_app.models import Mail, SignUp, User

BATCH = 500


def make_way(email: str) -> None:
    """Free an address that only strangers' sign-ups hold."""
    User.objects.unproved().filter(email=email, is_staff=False, is_superuser=False).delete()


def flush_expired() -> None:
    """Forget sign-ups whose links are dead, and addresses to which no link leads any more.

    Twice as long as a link lives: it begins to when its mail is sent, which may be retried.
    """
    before = timezone.now() - timedelta(seconds=2 * settings.PASSWORD_RESET_TIMEOUT)
    SignUp.objects.filter(created_at__lt=before).delete()
    with transaction.atomic():
        # A sign-up locks the row too. What it adds while we wait is seen by a new query only.
        found = _unproved_since(before).select_for_update()
        ids = list(found.values_list("pk", flat=True)[:BATCH])
        _unproved_since(before).filter(pk__in=ids).delete()


def _unproved_since(before: datetime) -> QuerySet[User]:
    """Staff make accounts that wait as well: those are not ours to forget."""
    mailed = Mail.objects.filter(to=OuterRef("email"), created_at__gte=before)
    signed_up = SignUp.objects.filter(user=OuterRef("pk"))
    unproved: QuerySet[User] = User.objects.unproved().filter(
        date_joined__lt=before, is_staff=False, is_superuser=False
    )
    return unproved.filter(~Exists(signed_up), ~Exists(mailed))
