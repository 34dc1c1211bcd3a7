"""Rights that are more than being staff: who may look at the machinery."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from auth_app.models import User

# Whoever may see how films are built may see the queues that build them.
OPERATIONS_PERMISSION = "video_app.view_build"


def may_see_operations(user: User | AnonymousUser) -> bool:
    """Queues and metrics: a superuser, or staff who were given the permission.

    Being staff alone opens the admin's front page and nothing behind it.
    """
    if not (user.is_active and user.is_staff) or user.lacks_required_factor:
        return False
    return user.has_perm(OPERATIONS_PERMISSION)


class MayInvite(BasePermission):
    """Staff who may add users in the admin."""

    message = _("You may not invite people.")

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user.is_staff and request.user.has_perm("auth_app.add_user"))
