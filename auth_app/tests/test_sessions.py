"""What ends a session, and how the stream hears of it."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import jwt
import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session as DjangoSession
from django.core.cache import cache
from django.core.management import call_command
from django.test import RequestFactory
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.test import APIClient

from auth_app import housekeeping, rights, sessions
from auth_app.authentication import (
    SessionTokenAuthentication,
    StreamPass,
    StreamTokenAuthentication,
)
from auth_app.models import Session, User
from auth_app.tests.accounts import ALICE, PASSWORD, make_user, opens_the_api, signed_in
from auth_app.tokens import SessionAccessToken

pytestmark = pytest.mark.django_db(transaction=True)


def access_of(client: APIClient) -> str:
    return str(client.cookies["access_token"].value)


def stream_pass(access: str) -> StreamPass:
    request = RequestFactory().get("/", HTTP_COOKIE=f"access_token={access}")
    found = StreamTokenAuthentication().authenticate(request)
    assert found
    return found[1]


def may_stream(access: str) -> bool:
    """As the delivery asks: with whatever lies in the cache."""
    given = stream_pass(access)
    return given.rights(cache.get(given.cache_key)).is_live


def change_password(user: User) -> None:
    user.set_password("another secret")
    user.save()


def disable_password(user: User) -> None:
    user.set_unusable_password()
    user.save()


def deactivate(user: User) -> None:
    user.is_active = False
    user.save()


def delete(user: User) -> None:
    User.objects.filter(pk=user.pk).delete()  # as the admin deletes many


@pytest.mark.parametrize("change", [change_password, disable_password, deactivate, delete])
def test_ends_sessions_at_once_after_change_of_account(
    change: Callable[[User], None],
) -> None:
    user = make_user()
    access = access_of(signed_in(user))
    assert may_stream(access)
    change(user)
    assert not opens_the_api(access)
    assert not may_stream(access)


def test_keeps_sessions_after_upgrade_of_hash(settings: Any) -> None:
    user = make_user()
    access = access_of(signed_in(user))
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.ScryptPasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]
    assert User.objects.get().check_password(PASSWORD)
    assert User.objects.get().password.startswith("scrypt")
    assert opens_the_api(access)


def test_keeps_sessions_after_other_changes() -> None:
    user = make_user()
    access = access_of(signed_in(user))
    user.phone = "123"
    user.save()
    assert opens_the_api(access)


def test_notices_change_by_sql_within_seconds() -> None:
    user = make_user()
    access = access_of(signed_in(user))
    assert may_stream(access)
    User.objects.update(is_active=False)
    assert not opens_the_api(access)
    given = stream_pass(access)
    assert cache.ttl(given.cache_key) <= sessions.LIVE_SECONDS
    assert not given.rights(None).is_live


def test_makes_stream_pass_without_database_and_redis(
    django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = access_of(signed_in(make_user()))
    monkeypatch.setattr(cache, "get", None)
    with django_assert_num_queries(0):
        assert stream_pass(access).rights(rights.LIVE).is_live


def test_queries_session_and_groups_with_cold_cache(django_assert_num_queries: Any) -> None:
    access = access_of(signed_in(make_user()))
    with django_assert_num_queries(2):
        assert may_stream(access)
    with django_assert_num_queries(0):
        assert may_stream(access)


def test_keeps_announced_end_despite_slow_reader() -> None:
    user = make_user()
    access = access_of(signed_in(user))
    given = stream_pass(access)
    sessions.end_all(user.pk, "test")
    cache.add(given.cache_key, rights.LIVE, 15)  # what it found before the end
    assert not may_stream(access)


@pytest.mark.parametrize("is_staff", [True, False])
def test_reads_current_staff_status(is_staff: bool) -> None:
    user = make_user(is_staff=not is_staff)
    given = stream_pass(access_of(signed_in(user)))
    assert given.rights(None).is_staff is not is_staff
    cache.clear()
    User.objects.update(is_staff=is_staff)
    assert given.rights(None)[:2] == (True, is_staff)


def test_gives_stateless_user_an_id() -> None:
    user = make_user()
    request = RequestFactory().get("/", HTTP_AUTHORIZATION=f"Bearer {access_of(signed_in(user))}")
    found = StreamTokenAuthentication().authenticate(request)
    assert found
    assert (found[0].id, found[0].pk) == (user.pk, user.pk)


@pytest.mark.usefixtures("redis_away")
def test_falls_back_to_database_without_redis() -> None:
    user = make_user()
    access = access_of(signed_in(user))
    assert may_stream(access)
    sessions.end_all(user.pk, "test")
    assert not may_stream(access)


@pytest.mark.parametrize("cookie", ["access_token", "vf_access"])
def test_accepts_cookies_of_both_entry_points(cookie: str) -> None:
    access = access_of(signed_in(make_user()))
    request = RequestFactory().get("/", HTTP_COOKIE=f"{cookie}={access}")
    assert SessionTokenAuthentication().authenticate(request)


def test_finds_valid_cookie_beside_stale_one() -> None:
    access = access_of(signed_in(make_user()))
    request = RequestFactory().get("/", HTTP_COOKIE=f"access_token=stale; vf_access={access}")
    assert SessionTokenAuthentication().authenticate(request)


def test_rejects_bad_authorization_header() -> None:
    request = RequestFactory().get("/", HTTP_AUTHORIZATION="Bearer garbage")
    with pytest.raises(AuthenticationFailed):
        SessionTokenAuthentication().authenticate(request)


def test_rejects_refresh_token_as_access_token() -> None:
    client = signed_in(make_user())
    assert not opens_the_api(client.cookies["refresh_token"].value)


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [(None, "none"), ("wrong" * 16, "HS256"), (settings.SIMPLE_JWT["SIGNING_KEY"], "HS512")],
)
@pytest.mark.filterwarnings("ignore:The HMAC key is")
def test_rejects_forged_token(key: str | None, algorithm: str) -> None:
    client = signed_in(make_user())
    for name in ("access_token", "refresh_token"):
        claims = jwt.decode(client.cookies[name].value, options={"verify_signature": False})
        client.cookies[name] = jwt.encode(claims, key, algorithm)
    assert not opens_the_api(access_of(client))
    assert client.post("/api/token/refresh/").status_code == 401


@pytest.mark.parametrize("claim", ["sid", "exp", "user_id", "jti"])
def test_rejects_token_without_claim(claim: str) -> None:
    signed_in(make_user())
    token = SessionAccessToken.of(Session.objects.get())
    del token[claim]
    assert not opens_the_api(str(token))


def test_rejects_expired_access_token() -> None:
    access = access_of(signed_in(make_user()))
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert not opens_the_api(access)


def test_authenticates_with_one_query(django_assert_num_queries: Any) -> None:
    access = access_of(signed_in(make_user()))
    with django_assert_num_queries(1):
        assert opens_the_api(access)


def test_flushes_expired_sessions(client: Any) -> None:
    user = make_user()
    signed_in(user)
    client.force_login(user)
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        housekeeping.flush_expired()
    assert not Session.objects.exists()
    assert not DjangoSession.objects.exists()


@pytest.mark.parametrize(
    ("entry_point", "remember", "minutes", "left"),
    [
        ("api", False, 7 * 24 * 60 - 1, 1),
        ("api", False, 7 * 24 * 60 + 1, 0),
        ("users", False, 59, 1),
        ("users", False, 61, 0),
        ("users", True, 7 * 24 * 60 - 1, 1),
        ("users", True, 7 * 24 * 60 + 1, 0),
    ],
)
def test_flushes_sessions_that_lay_unused(
    entry_point: str, remember: bool, minutes: int, left: int
) -> None:
    sessions.begin(make_user(), entry_point, sessions.Client(), remember=remember)
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        housekeeping.flush_expired()
    assert Session.objects.count() == left


def test_keeps_running_sessions() -> None:
    signed_in(make_user())
    housekeeping.flush_expired()
    assert Session.objects.exists()


def test_ends_sessions_after_changepassword(monkeypatch: pytest.MonkeyPatch) -> None:
    access = access_of(signed_in(make_user()))
    monkeypatch.setattr("getpass.getpass", lambda prompt: "another secret")
    call_command("changepassword", ALICE, stdout=StringIO())
    assert not opens_the_api(access)
