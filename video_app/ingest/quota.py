"""How much a member may have here: counted and reserved by one request at a time."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from video_app.models import FormerSource, Import, Upload, Video


class QuotaError(Exception):
    """The user has too much here already; the message is for people."""


def hold(user: Any) -> None:
    """Lock the user's row until the transaction's end, so that of parallel requests each sees
    what those before it have added."""
    rows = get_user_model().objects.select_for_update(no_key=True).filter(pk=user.pk)
    rows.only("pk").first()


def check(user: Any, length: int) -> None:
    """`QuotaError` when a member's films would become too large by so many bytes.

    True for as long as the user is held; else it only spares the bytes of what is hopeless.
    """
    if user.is_staff or not settings.UPLOAD_QUOTA_BYTES:
        return
    if used_bytes(user) + length > settings.UPLOAD_QUOTA_BYTES:
        limit = filesizeformat(settings.UPLOAD_QUOTA_BYTES)
        text = _("Your films would take more than %(limit)s, which is all you have.")
        raise QuotaError(text % {"limit": limit})


def check_unfinished(user: Any) -> None:
    if Upload.objects.of(user).unfinished().count() >= settings.MAX_UNFINISHED_UPLOADS:
        raise QuotaError(_("You have too many unfinished uploads: finish or cancel some first."))


def used_bytes(user: Any) -> int:
    """Of the sources of the user's films, of those that replaced ones can go back to, and of
    what is still coming."""
    coming = Import.objects.filter(owner=user, finished_at=None, error="")
    sums = (
        Video.objects.filter(owner=user).aggregate(bytes=Sum("size")),
        FormerSource.objects.filter(video__owner=user).aggregate(bytes=Sum("size")),
        Upload.objects.of(user).unfinished().aggregate(bytes=Sum("length")),
        coming.aggregate(bytes=Sum("length")),
    )
    return sum(found["bytes"] or 0 for found in sums)
