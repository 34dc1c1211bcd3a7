"""What is done too often is refused, for a while and with `Retry-After`."""

import copy
import socket
import time
from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from auth_app import limits, links
from auth_app.tests.accounts import ALICE, BOB, PASSWORD, make_user, signed_in
from auth_app.tests.post import parts
from tests.settings import PRODUCT_CACHE

pytestmark = pytest.mark.django_db


def attempt(password: str = "wrong", email: str = ALICE, **headers: str) -> Any:
    return APIClient().post("/api/login/", {"email": email, "password": password}, **headers)


@pytest.mark.parametrize(
    ("rate", "seconds"),
    [("5/s", 1), ("5/m", 60), ("5/min", 60), ("5/minute", 60), ("5/h", 3600), ("5/day", 86_400)],
)
def test_parses_rate(rate: str, seconds: int) -> None:
    assert limits.Limit.parse(rate) == limits.Limit(5, seconds)


@pytest.mark.parametrize("rate", ["5", "5/", "5/x", "5/month", "five/min", ""])
def test_rejects_malformed_rate(rate: str) -> None:
    with pytest.raises(ValueError, match=r"rate|invalid"):
        limits.Limit.parse(rate)


def test_locks_account_after_five_failures() -> None:
    make_user()
    assert [attempt().status_code for _ in range(5)] == [401] * 5
    response = attempt()
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 60
    assert list(response.json()) == ["detail"]


def test_rejects_right_password_while_locked() -> None:
    make_user()
    for _ in range(5):
        attempt()
    assert attempt(PASSWORD).status_code == 429


def test_unlocks_account_by_reset() -> None:
    user = make_user()
    for _ in range(6):
        attempt()
    given = parts(links.reset_link(user, "api"))
    path = f"/api/password_confirm/{given['uid']}/{given['token']}/"
    assert APIClient().post(path, {"new_password": "another secret"}).status_code == 200
    assert attempt("another secret").status_code == 200


def test_locks_neither_other_accounts_nor_sessions() -> None:
    client = signed_in(make_user())
    make_user(BOB)
    for _ in range(6):
        attempt()
    assert attempt(PASSWORD, BOB).status_code == 200
    assert client.post("/api/token/refresh/").status_code == 200


def test_locks_unknown_account_alike() -> None:
    assert [attempt(email="x@example.com").status_code for _ in range(6)] == [401] * 5 + [429]


def test_locks_patient_guesser(settings: Any) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"account_long": "8/h"}
    make_user()
    statuses = []
    for _minute in range(3):
        cache.delete_many(list(cache.keys("limit:account:*")))
        statuses += [attempt().status_code for _ in range(5)]
    assert statuses == [401] * 8 + [429] * 7


def test_keeps_lock_short_despite_refused_attempts(settings: Any) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"account_long": "8/h"}
    make_user()
    for _ in range(20):
        attempt()
    cache.delete_many(list(cache.keys("limit:account:*")))
    assert attempt(PASSWORD).status_code == 200


def test_counts_all_cases_of_an_address_together() -> None:
    make_user()
    names = [ALICE, "ALICE@example.com", "Alice@Example.com"] * 2
    assert [attempt(email=name).status_code for name in names][-1] == 429


def test_counts_user_name_and_address_together() -> None:
    make_user(username="alice")
    names = [ALICE, "alice"] * 3
    assert [attempt(email=name).status_code for name in names] == [401] * 5 + [429]


def test_resets_count_after_success() -> None:
    make_user()
    for _ in range(4):
        attempt()
    assert attempt(PASSWORD).status_code == 200
    assert attempt().status_code == 401


def test_allows_frequent_sign_ins() -> None:
    make_user()
    assert {attempt(PASSWORD).status_code for _ in range(30)} == {200}


@pytest.mark.parametrize("header", ["HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_FORWARDED"])
def test_ignores_forged_forwarding_headers(header: str) -> None:
    statuses = [
        attempt(email=f"u{n}@example.com", **{header: f"10.0.0.{n}"}).status_code for n in range(61)
    ]
    assert statuses[-1] == 429


def test_trusts_proxy_and_not_client_for_the_address(settings: Any, rf: Any) -> None:
    settings.NUM_PROXIES = 1
    request = rf.get("/", HTTP_X_FORWARDED_FOR="6.6.6.6, 203.0.113.7")
    assert limits.client_address(request) == "203.0.113.7"


@pytest.mark.parametrize("forwarded", ["nonsense", "", "<script>"])
def test_ignores_malformed_forwarded_address(settings: Any, rf: Any, forwarded: str) -> None:
    settings.NUM_PROXIES = 1
    request = rf.get("/", HTTP_X_FORWARDED_FOR=forwarded, REMOTE_ADDR="127.0.0.1")
    assert limits.client_address(request) == "127.0.0.1"


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("", ""),
    ],
)
def test_normalizes_client_address(rf: Any, peer: str, address: str) -> None:
    assert limits.client_address(rf.get("/", REMOTE_ADDR=peer)) == address


@pytest.mark.parametrize("peer", ["fe80::1%eth0", ""])
def test_signs_in_from_any_peer(peer: str) -> None:
    make_user()
    assert attempt(PASSWORD, REMOTE_ADDR=peer).status_code == 200


def test_counts_one_ipv6_network_as_one() -> None:
    assert limits.network("2001:db8::1") == limits.network("2001:db8::ffff")
    assert limits.network("2001:db8::1") != limits.network("2001:db8:0:1::1")


def test_stores_no_address_in_redis() -> None:
    attempt(email="secret@example.com")
    assert not [key for key in cache.keys("*") if "secret" in key]


def test_counts_exactly() -> None:
    waits = [limits.hit("account", "someone") for _ in range(7)]
    assert [bool(wait) for wait in waits] == [False] * 5 + [True] * 2


def test_signs_in_within_seconds_while_redis_hangs(settings: Any) -> None:
    make_user()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        caches = {"default": copy.deepcopy(PRODUCT_CACHE)}
        caches["default"]["LOCATION"] = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        settings.CACHES = caches
        start = time.monotonic()
        assert attempt(PASSWORD).status_code == 200
    assert 0.5 < time.monotonic() - start < 5


@pytest.mark.usefixtures("redis_away")
def test_signs_in_without_redis() -> None:
    user = make_user()
    client = signed_in(user)
    assert client.post("/api/token/refresh/").status_code == 200
    assert client.post("/api/logout/").status_code == 200
    assert {attempt().status_code for _ in range(10)} == {401}
