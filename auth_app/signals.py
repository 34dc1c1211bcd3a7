"""What a change of the user means for the user's sessions, whoever makes the change."""

from typing import Any

from django.db.models.signals import post_save, pre_delete
from django.dispatch import receiver

from auth_app import sessions
from auth_app.models import User


@receiver(post_save, sender=User)
def end_sessions_of_changed_user(instance: User, created: bool, raw: bool, **kwargs: Any) -> None:
    """A new password or a deactivation ends every session.

    `_password` holds the raw password until Django has saved a change of it, and is
    None when `check_password` merely upgraded the hash.
    """
    if raw or created:
        return
    if not instance.is_active:
        sessions.end_all(instance.pk, "deactivated")
    elif instance._password is not None:
        sessions.end_all(instance.pk, "password")


@receiver(pre_delete, sender=User)
def end_sessions_of_deleted_user(instance: User, **kwargs: Any) -> None:
    sessions.end_all(instance.pk, "deleted")
