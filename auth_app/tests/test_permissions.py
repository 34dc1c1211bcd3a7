"""Who may see queues and metrics."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission

from auth_app.models import User
from auth_app.permissions import OPERATIONS_PERMISSION, may_see_operations
from auth_app.tests.accounts import PASSWORD, ROOT, make_user

pytestmark = pytest.mark.django_db


def permission() -> Permission:
    app, codename = OPERATIONS_PERMISSION.split(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)


def with_permission(**fields: Any) -> User:
    user = make_user(**fields)
    user.user_permissions.add(permission())
    return User.objects.get(pk=user.pk)


def test_shows_operations_to_superuser() -> None:
    assert may_see_operations(User.objects.create_superuser(ROOT, PASSWORD))


def test_shows_operations_to_staff_with_permission() -> None:
    assert may_see_operations(with_permission(is_staff=True))


def test_shows_operations_to_staff_whose_group_has_permission() -> None:
    group = Group.objects.create(name="operators")
    group.permissions.add(permission())
    user = make_user(is_staff=True)
    user.groups.add(group)
    assert may_see_operations(User.objects.get(pk=user.pk))


def test_hides_operations_from_staff_without_permission() -> None:
    assert not may_see_operations(make_user(is_staff=True))


def test_hides_operations_from_member_with_permission() -> None:
    assert not may_see_operations(with_permission())


@pytest.mark.parametrize("rights", [{"is_staff": True}, {"is_staff": True, "is_superuser": True}])
def test_hides_operations_from_deactivated(rights: dict[str, bool]) -> None:
    assert not may_see_operations(with_permission(is_active=False, **rights))


def test_hides_operations_from_anonymous() -> None:
    assert not may_see_operations(AnonymousUser())
