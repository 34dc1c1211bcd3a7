"""What is done too often is refused, for a while and with `Retry-After`."""

import copy
import socket
import time
from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from auth_app import limits, links
from auth_app.tests.accounts import PASSWORD, make_user, signed_in
from auth_app.tests.post import parts
from tests.settings import PRODUCT_CACHE

pytestmark = pytest.mark.django_db


def attempt(password: str = "wrong", email: str = "alice@example.com", **headers: str) -> Any:
    return APIClient().post("/api/login/", {"email": email, "password": password}, **headers)


@pytest.mark.parametrize(
    ("rate", "seconds"),
    [("5/s", 1), ("5/m", 60), ("5/min", 60), ("5/minute", 60), ("5/h", 3600), ("5/day", 86_400)],
)
def test_a_rate_is_a_count_and_a_unit(rate: str, seconds: int) -> None:
    assert limits.Limit.parse(rate) == limits.Limit(5, seconds)


@pytest.mark.parametrize("rate", ["5", "5/", "5/x", "5/month", "five/min", ""])
def test_nothing_else_is(rate: str) -> None:
    with pytest.raises(ValueError, match=r"rate|invalid"):
        limits.Limit.parse(rate)


def test_the_sixth_failure_of_an_account_in_a_minute_is_429() -> None:
    make_user()
    assert [attempt().status_code for _ in range(5)] == [401] * 5
    response = attempt()
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 60
    assert list(response.json()) == ["detail"]


def test_a_locked_account_refuses_the_right_password_too() -> None:
    make_user()
    for _ in range(5):
        attempt()
    assert attempt(PASSWORD).status_code == 429


def test_a_reset_of_the_password_unlocks() -> None:
    user = make_user()
    for _ in range(6):
        attempt()
    given = parts(links.reset_link(user, "api"))
    path = f"/api/password_confirm/{given['uid']}/{given['token']}/"
    assert APIClient().post(path, {"new_password": "another secret"}).status_code == 200
    assert attempt("another secret").status_code == 200


def test_other_accounts_and_running_sessions_are_not_locked() -> None:
    client = signed_in(make_user())
    make_user("bob@example.com")
    for _ in range(6):
        attempt()
    assert attempt(PASSWORD, "bob@example.com").status_code == 200
    assert client.post("/api/token/refresh/").status_code == 200


def test_an_unknown_account_is_locked_alike() -> None:
    assert [attempt(email="x@example.com").status_code for _ in range(6)] == [401] * 5 + [429]


def test_patience_does_not_help_a_guesser(settings: Any) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"account_long": "8/h"}
    make_user()
    statuses = []
    for _minute in range(3):
        cache.delete_many(list(cache.keys("limit:account:*")))
        statuses += [attempt().status_code for _ in range(5)]
    assert statuses == [401] * 8 + [429] * 7


def test_refused_attempts_do_not_lengthen_a_lock(settings: Any) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"account_long": "8/h"}
    make_user()
    for _ in range(20):
        attempt()
    cache.delete_many(list(cache.keys("limit:account:*")))
    assert attempt(PASSWORD).status_code == 200


def test_case_does_not_open_another_count() -> None:
    make_user()
    names = ["alice@example.com", "ALICE@example.com", "Alice@Example.com"] * 2
    assert [attempt(email=name).status_code for name in names][-1] == 429


def test_user_name_and_address_share_one_count() -> None:
    make_user(username="alice")
    names = ["alice@example.com", "alice"] * 3
    assert [attempt(email=name).status_code for name in names] == [401] * 5 + [429]


def test_a_success_gives_the_count_back() -> None:
    make_user()
    for _ in range(4):
        attempt()
    assert attempt(PASSWORD).status_code == 200
    assert attempt().status_code == 401


def test_signing_in_often_is_no_abuse() -> None:
    make_user()
    assert {attempt(PASSWORD).status_code for _ in range(30)} == {200}


@pytest.mark.parametrize("header", ["HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_FORWARDED"])
def test_forged_forwarding_headers_do_not_reset_an_addresss_count(header: str) -> None:
    statuses = [
        attempt(email=f"u{n}@example.com", **{header: f"10.0.0.{n}"}).status_code for n in range(61)
    ]
    assert statuses[-1] == 429


def test_behind_a_proxy_its_word_counts_and_not_the_clients(settings: Any, rf: Any) -> None:
    settings.NUM_PROXIES = 1
    request = rf.get("/", HTTP_X_FORWARDED_FOR="6.6.6.6, 203.0.113.7")
    assert limits.client_address(request) == "203.0.113.7"


@pytest.mark.parametrize("forwarded", ["nonsense", "", "<script>"])
def test_a_senseless_forwarded_address_is_not_believed(
    settings: Any, rf: Any, forwarded: str
) -> None:
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
def test_an_address_has_one_spelling(rf: Any, peer: str, address: str) -> None:
    assert limits.client_address(rf.get("/", REMOTE_ADDR=peer)) == address


@pytest.mark.parametrize("peer", ["fe80::1%eth0", ""])
def test_no_peer_breaks_signing_in(peer: str) -> None:
    make_user()
    assert attempt(PASSWORD, REMOTE_ADDR=peer).status_code == 200


def test_one_ipv6_customer_counts_as_one() -> None:
    assert limits.network("2001:db8::1") == limits.network("2001:db8::ffff")
    assert limits.network("2001:db8::1") != limits.network("2001:db8:0:1::1")


def test_no_address_lies_in_redis_in_clear() -> None:
    attempt(email="secret@example.com")
    assert not [key for key in cache.keys("*") if "secret" in key]


def test_the_count_is_shared_and_exact_between_processes() -> None:
    waits = [limits.hit("account", "someone") for _ in range(7)]
    assert [bool(wait) for wait in waits] == [False] * 5 + [True] * 2


def test_a_redis_that_hangs_delays_signing_in_by_seconds_only(settings: Any) -> None:
    make_user()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        caches = {"default": copy.deepcopy(PRODUCT_CACHE)}
        caches["default"]["LOCATION"] = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        settings.CACHES = caches
        start = time.monotonic()
        assert attempt(PASSWORD).status_code == 200
    assert 0.5 < time.monotonic() - start < 5


@pytest.mark.usefixtures("redis_away")
def test_without_redis_signing_in_goes_on() -> None:
    user = make_user()
    client = signed_in(user)
    assert client.post("/api/token/refresh/").status_code == 200
    assert client.post("/api/logout/").status_code == 200
    assert {attempt().status_code for _ in range(10)} == {401}
