"""A sign-in that is in flight while its account changes leaves no session behind."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher, make_password
from django.db import connection
from rest_framework.test import APIClient

from auth_app import links
from auth_app.models import Session, User
from auth_app.tests.accounts import ALICE, PASSWORD, make_user
from auth_app.tests.post import parts

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "a wholly new secret"


class PausingHasher(MD5PasswordHasher):
    """Compares, and returns its answer only when the test lets it go on."""

    pauses: ClassVar[bool] = False
    compared: ClassVar[threading.Event]
    go_on: ClassVar[threading.Event]

    def verify(self, password: str, encoded: str) -> bool:
        found = super().verify(password, encoded)
        if type(self).pauses and password == PASSWORD:
            type(self).pauses = False
            self.compared.set()
            assert self.go_on.wait(20)
        return found


@pytest.fixture(autouse=True)
def _pausing(settings: Any) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.{PausingHasher.__name__}"]
    PausingHasher.pauses = True
    PausingHasher.compared, PausingHasher.go_on = threading.Event(), threading.Event()


def reset(user: User) -> None:
    body = parts(links.reset_link(user, "api")) | {"new_password": NEW}
    assert APIClient().post("/users/reset-password/", body).status_code == 200


def set_password(user: User) -> None:
    user.set_password(NEW)
    user.save()


def deactivate(user: User) -> None:
    user.is_active = False
    user.save()


def deactivate_behind_django(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def disable_password(user: User) -> None:
    user.set_unusable_password()
    user.save()


def delete(user: User) -> None:
    user.delete()


def sign_in(path: str) -> int:
    try:
        body = {"email": ALICE, "password": PASSWORD}
        return APIClient().post(path, body).status_code
    finally:
        connection.close()


def sign_in_while(path: str, change: Callable[[], None]) -> int:
    """The status of a sign-in whose password was compared before `change`, answered after it."""
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(sign_in, path)
        assert PausingHasher.compared.wait(20)
        change()
        PausingHasher.go_on.set()
        return answer.result(20)


@pytest.mark.parametrize(("path", "refused"), [("/api/login/", 401), ("/users/login/", 400)])
@pytest.mark.parametrize(
    "change",
    [reset, set_password, deactivate, deactivate_behind_django, disable_password, delete],
)
def test_refuses_sign_in_overtaken_by_change(
    change: Callable[[User], None], path: str, refused: int
) -> None:
    user = make_user()

    status = sign_in_while(path, lambda: change(user))

    assert status == refused
    assert not Session.objects.filter(revoked_at=None).exists()


def test_accepts_sign_in_overtaken_by_upgrade_of_hash() -> None:
    user = make_user()

    def upgrade() -> None:
        User.objects.filter(pk=user.pk).update(password=make_password(PASSWORD))

    assert sign_in_while("/api/login/", upgrade) == 200


def test_accepts_sign_in_overtaken_by_change_of_profile() -> None:
    user = make_user()

    def change_phone() -> None:
        User.objects.filter(pk=user.pk).update(phone="123", last_login=None)

    assert sign_in_while("/api/login/", change_phone) == 200


def test_leaves_no_session_of_sign_ins_parallel_to_reset() -> None:
    PausingHasher.pauses = False
    user = make_user()
    body = parts(links.reset_link(user, "api")) | {"new_password": NEW}
    start = threading.Barrier(9)

    def attempt(number: int) -> int:
        start.wait(20)
        return sign_in("/api/login/")

    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(attempt, number) for number in range(8)]
        start.wait(20)
        assert APIClient().post("/users/reset-password/", body).status_code == 200
        assert {answer.result(30) for answer in answers} <= {200, 401, 429}

    assert not Session.objects.filter(revoked_at=None).exists()
