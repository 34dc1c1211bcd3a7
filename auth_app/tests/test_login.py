"""`POST /api/login/`, `/api/auth/login/`, `/users/login/`."""

from datetime import timedelta
from http.cookies import SimpleCookie
from statistics import median
from time import thread_time
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils import timezone
from rest_framework.test import APIClient

from auth_app.models import User
from auth_app.tests.accounts import ALICE, PASSWORD, make_user, opens_the_api, signed_in
from tests.browsers import NO_LANGUAGE

pytestmark = [pytest.mark.django_db, pytest.mark.contract]
BODY = {"email": ALICE, "password": PASSWORD}
PATHS = ["/api/login/", "/api/login", "/api/auth/login/", "/users/login/", "/users/login"]


class QuickHasher(PBKDF2PasswordHasher):
    """Real work, a tenth of it."""

    iterations = 100_000


@pytest.mark.parametrize("path", PATHS)
def test_answers_at_every_path_without_redirect(path: str) -> None:
    make_user()
    assert APIClient().post(path, BODY).status_code == 200


def test_returns_user() -> None:
    user = make_user()
    response = APIClient().post("/api/login/", BODY)
    assert response.json() == {
        "detail": "Login successful",
        "user": {"id": user.pk, "username": ALICE},
    }


def test_returns_profile_at_users() -> None:
    user = make_user(phone="123", address="Street 1")
    response = APIClient().post("/users/login/", BODY)
    assert response.json() == {
        "id": user.pk,
        "username": ALICE,
        "email": ALICE,
        "phone": "123",
        "address": "Street 1",
        "favorite_videos": [],
    }


@pytest.mark.parametrize(
    ("path", "access", "refresh", "seconds"),
    [
        ("/api/login/", "access_token", "refresh_token", 7 * 86400),
        ("/users/login/", "vf_access", "vf_refresh", 3600),
    ],
)
def test_sets_cookies_of_entry_point(path: str, access: str, refresh: str, seconds: int) -> None:
    make_user()
    cookies = APIClient().post(path, BODY).cookies
    assert set(cookies) == {access, refresh, "csrftoken"}
    assert cookies[access]["max-age"] == 3600
    assert cookies[refresh]["max-age"] == seconds
    for name in (access, refresh):
        assert cookies[name]["httponly"]
        assert cookies[name]["path"] == "/"
        assert cookies[name]["samesite"] == "Lax"


def test_sets_readable_csrf_cookie() -> None:
    make_user()
    assert not APIClient().post("/api/login/", BODY).cookies["csrftoken"]["httponly"]


def test_returns_no_token() -> None:
    make_user()
    assert b"eyJ" not in APIClient().post("/api/login/", BODY).content


def test_lengthens_refresh_token_by_remember() -> None:
    make_user()
    cookies = APIClient().post("/users/login/", BODY | {"remember": True}).cookies
    assert cookies["vf_refresh"]["max-age"] == 7 * 86400


def test_expires_access_token_with_refresh_token(settings: Any) -> None:
    settings.USERS_REFRESH_TOKEN_MINUTES = 5
    make_user()
    client = APIClient()
    response = client.post("/users/login/", BODY)
    assert response.cookies["vf_access"]["max-age"] == 300
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert not opens_the_api(response.cookies["vf_access"].value)


@pytest.mark.parametrize("remember", [None, False, 0])
def test_gives_refresh_token_an_hour_without_remember(remember: Any) -> None:
    make_user()
    cookies = APIClient().post("/users/login/", BODY | {"remember": remember}).cookies
    assert cookies["vf_refresh"]["max-age"] == 3600


@pytest.mark.parametrize(
    ("path", "remember", "name", "minutes"),
    [
        ("/api/login/", False, "refresh_token", 11),
        ("/users/login/", False, "vf_refresh", 12),
        ("/users/login/", True, "vf_refresh", 13),
    ],
)
def test_takes_token_lives_to_the_minute(
    settings: Any, path: str, remember: bool, name: str, minutes: int
) -> None:
    settings.REFRESH_TOKEN_MINUTES = 11
    settings.USERS_REFRESH_TOKEN_MINUTES = 12
    settings.REMEMBER_TOKEN_MINUTES = 13
    make_user()
    cookies = APIClient().post(path, BODY | {"remember": remember}).cookies
    assert cookies[name]["max-age"] == minutes * 60


def test_deletes_cookies_of_other_entry_point() -> None:
    make_user()
    client = APIClient()
    client.post("/api/login/", BODY)
    response = client.post("/users/login/", BODY)
    assert response.cookies["access_token"]["max-age"] == 0
    assert response.cookies["vf_access"]["max-age"] == 3600


@pytest.mark.parametrize("first", ["api", "users"])
@pytest.mark.parametrize("second", ["api", "users"])
def test_replaces_session_that_the_browser_had(first: str, second: str) -> None:
    client, elsewhere = signed_in(make_user()), signed_in(User.objects.get())
    client.post(f"/{first}/login/", {"email": ALICE, "password": PASSWORD})
    old = {name: morsel.value for name, morsel in client.cookies.items()}

    client.post(f"/{second}/login/", {"email": ALICE, "password": PASSWORD})

    rows = client.get("/api/me/sessions/").json()
    assert [row["is_current"] for row in rows] == [True, False]
    assert elsewhere.get("/api/me/").status_code == 200
    client.cookies = SimpleCookie(old)
    assert client.get("/api/me/").status_code == 401


def test_refused_sign_in_leaves_session_of_the_browser() -> None:
    client = signed_in(make_user())

    client.post("/api/login/", {"email": ALICE, "password": "wrong"})

    assert client.get("/api/me/").status_code == 200


def test_rejects_wrong_password() -> None:
    make_user()
    response = APIClient().post("/api/login/", BODY | {"password": "wrong"})
    assert response.status_code == 401
    assert list(response.json()) == ["detail"]
    assert not response.cookies


def test_rejects_wrong_password_of_users() -> None:
    make_user()
    response = APIClient().post("/users/login/", BODY | {"password": "wrong"})
    assert response.status_code == 400
    assert list(response.json()) == ["non_field_errors"]


def test_answers_unknown_wrong_and_inactive_alike() -> None:
    make_user()
    make_user("idle@example.com", is_active=False)
    bodies = [
        BODY | {"password": "wrong"},
        BODY | {"email": "nobody@example.com"},
        BODY | {"email": "idle@example.com"},
    ]
    answers = {APIClient().post("/api/login/", body).content for body in bodies}
    assert len(answers) == 1


@pytest.mark.contract(NO_LANGUAGE)
def test_takes_same_time_for_unknown_wrong_and_inactive(settings: Any) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.{QuickHasher.__name__}"]
    settings.THROTTLE_RATES = dict.fromkeys(settings.THROTTLE_RATES, "1000/min")
    make_user()
    make_user("idle@example.com", is_active=False)
    emails = [ALICE, "nobody@example.com", "idle@example.com"]
    seconds: dict[str, list[float]] = {email: [] for email in emails}
    for email in emails * 25:
        start = thread_time()  # wall clocks see what else the machine does
        APIClient().post("/api/login/", {"email": email, "password": "wrong"})
        seconds[email].append(thread_time() - start)
    medians = [median(times) for times in seconds.values()]
    assert max(medians) < 1.2 * min(medians)


def test_ignores_case_of_address() -> None:
    make_user()
    response = APIClient().post("/api/login/", BODY | {"email": "ALICE@example.com"})
    assert response.status_code == 200


def test_tells_lookalike_addresses_apart() -> None:
    make_user("mike@example.com")
    response = APIClient().post("/api/login/", BODY | {"email": "m\u0131ke@example.com"})
    assert response.status_code == 401


def test_keeps_spaces_of_password() -> None:
    make_user()
    response = APIClient().post("/api/login/", BODY | {"password": f" {PASSWORD} "})
    assert response.status_code == 401


@pytest.mark.parametrize("missing", ["email", "password"])
def test_names_missing_field(missing: str) -> None:
    body = {name: value for name, value in BODY.items() if name != missing}
    response = APIClient().post("/api/login/", body)
    assert response.status_code == 400
    assert list(response.json()) == [missing]


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "text/plain"])
def test_accepts_json_only(content_type: str) -> None:
    make_user()
    body = f"email=alice@example.com&password={PASSWORD}"
    response = APIClient().generic("POST", "/api/login/", body, content_type=content_type)
    assert response.status_code == 415
    assert not response.cookies


def test_ignores_garbage_cookies() -> None:
    make_user()
    client = APIClient()
    for name in ("access_token", "refresh_token", "vf_access", "vf_refresh"):
        client.cookies[name] = "garbage"
    assert client.post("/api/login/", BODY).status_code == 200
