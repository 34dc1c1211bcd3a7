"""Rights that are more than being staff: who may look at the machinery."""

from django.contrib.auth.models import AnonymousUser

from auth_app.models import User

# Whoever may see how films are built may see the queues that build them.
OPERATIONS_PERMISSION = "video_app.view_build"


def may_see_operations(user: User | AnonymousUser) -> bool:
    """Queues and metrics: a superuser, or staff who were given the permission.

    Being staff alone opens the admin's front page and nothing behind it.
    """
    if not (user.is_active and user.is_staff):
        return False
    return user.has_perm(OPERATIONS_PERMISSION)
