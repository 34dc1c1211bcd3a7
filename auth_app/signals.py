"""Ending sessions when their user changes, wherever the change is made."""

import logging
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import m2m_changed, post_save, pre_delete
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext as _

from auth_app import api_tokens, limits, sessions
from auth_app.errors import FactorRequiredError
from auth_app.models import User

logger = logging.getLogger(__name__)


@receiver(user_logged_in)
def log_sign_in_to_admin(user: User, request: HttpRequest, **kwargs: Any) -> None:
    if user.second_factor_at and not user.factor_proved:  # no form asks for less
        raise FactorRequiredError(_("Please sign in with your second factor."))
    ip = limits.client_address(request)
    logger.info("signed_in", extra={"user_id": user.pk, "ip": ip, "entry_point": "admin"})


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
        api_tokens.end_all(instance.pk)
    elif getattr(instance, "_password", None) is not None or instance.lost_password:
        sessions.end_all(instance.pk, "password")
        api_tokens.end_all(instance.pk)
    instance.lost_password = False


@receiver(m2m_changed, sender=User.groups.through)
def forget_rights_of_members(
    instance: Any, action: str, pk_set: set[int] | None, **kwargs: Any
) -> None:
    """A user came into groups or left them, or a group got or lost users."""
    if isinstance(instance, User):
        sessions.forget_rights([instance.pk])
    elif action == "pre_clear":
        sessions.forget_rights(instance.user_set.values_list("pk", flat=True))
    else:
        sessions.forget_rights(pk_set or ())


@receiver(pre_delete, sender=Group)
def forget_rights_of_last_members(instance: Group, **kwargs: Any) -> None:
    sessions.forget_rights(instance.user_set.values_list("pk", flat=True))


@receiver(pre_delete, sender=User)
def end_sessions_of_deleted_user(instance: User, **kwargs: Any) -> None:
    sessions.end_all(instance.pk, "deleted")
    api_tokens.end_all(instance.pk)
