"""`GET /api/activate/<uid>/<token>/` and its aliases, and the mail that leads there."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.utils import timezone
from rest_framework.test import APIClient

from auth_app import links
from auth_app.models import SignUp, User
from auth_app.tests.accounts import make_sign_up, make_user
from auth_app.tests.post import parts

pytestmark = [pytest.mark.django_db, pytest.mark.contract]
NAVIGATE = {"HTTP_SEC_FETCH_MODE": "navigate"}
PAGES = django_settings.FRONTEND_PAGES


def link(sign_up: SignUp) -> dict[str, str]:
    return parts(links.activation_link(sign_up, "api"))


def make_late_sign_up(user: User) -> SignUp:
    """As a request that was in flight might leave it behind."""
    return SignUp.objects.create(user=user, password=user.password)


def activate(uid: str, token: str, **headers: str) -> Any:
    return APIClient().get(f"/api/activate/{uid}/{token}/", **headers)


@pytest.mark.parametrize(
    "path",
    [
        "/api/activate/{uid}/{token}/",
        "/api/activate/{uid}/{token}",
        "/api/activate/{uid}/?token={token}",
        "/api/activate/{uid}?token={token}",
        "/api/auth/activate/{uid}/{token}/",
    ],
)
def test_activates_account(path: str) -> None:
    response = APIClient().get(path.format(**link(make_sign_up())))
    assert response.status_code == 200
    assert response.json() == {"message": "Account successfully activated."}
    assert User.objects.get().is_active


@pytest.mark.parametrize(
    "headers",
    [NAVIGATE, {"HTTP_ACCEPT": "text/html,application/xhtml+xml,*/*;q=0.8"}],
)
def test_redirects_navigation_to_login_page(headers: dict[str, str]) -> None:
    response = activate(**link(make_sign_up()), **headers)
    assert response.status_code == 302
    assert response["Location"] == PAGES["api"]["login"]


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/json, text/html"])
def test_returns_json_to_script(accept: str) -> None:
    assert activate(**link(make_sign_up()), HTTP_ACCEPT=accept).status_code == 200


@pytest.mark.parametrize("parameter", ["a*=nope''x", "a*=idna''%41"])
def test_returns_json_for_malformed_accept_header(parameter: str) -> None:
    assert (
        activate(**link(make_sign_up()), HTTP_ACCEPT=f"text/html; {parameter}").status_code == 200
    )


def test_recognizes_script_by_fetch_metadata() -> None:
    headers = {"HTTP_SEC_FETCH_MODE": "cors", "HTTP_ACCEPT": "text/html"}
    assert activate(**link(make_sign_up()), **headers).status_code == 200


def test_redirects_users_to_login_page() -> None:
    response = APIClient().get("/users/confirm/", link(make_sign_up()))
    assert response.status_code == 302
    assert response["Location"] == PAGES["users"]["login"] == "http://127.0.0.1:5500/login"


def test_rejects_bad_link_with_same_words_for_every_client() -> None:
    response = activate(link(make_sign_up())["uid"], "bad")
    assert response.status_code == 400
    assert set(response.json()) == {"message", "detail"}
    assert response.json()["message"] == response.json()["detail"]


@pytest.mark.parametrize("query", ["?uid=MQ&token=bad", "?uid=MQ", "", "?token=1-c-1", "?uid=%00"])
def test_redirects_bad_links_of_users_to_login_page(query: str) -> None:
    response = APIClient().get(f"/users/confirm/{query}")
    assert response.status_code == 302
    assert response["Location"] == PAGES["users"]["login"]


@pytest.mark.parametrize(
    ("path", "entry_point"), [("/api/activate/MQ/bad/", "api"), ("/users/confirm/?uid=MQ", "users")]
)
def test_redirects_navigation_with_bad_link_to_error_page(path: str, entry_point: str) -> None:
    response = APIClient().get(path, **NAVIGATE)
    assert response.status_code == 302
    assert response["Location"] == PAGES[entry_point]["activation_error"]


@pytest.mark.parametrize(
    ("path", "headers", "entry_point"),
    [
        ("/users/confirm/?uid=MQ&token=bad", {}, "users"),
        ("/api/activate/MQ/bad/", NAVIGATE, "api"),
    ],
)
def test_redirects_throttled_navigation_to_error_page(
    settings: Any, path: str, headers: dict[str, str], entry_point: str
) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"link": "1/min"}
    APIClient().get(path)
    response = APIClient().get(path, **headers)
    assert response.status_code == 302
    assert response["Location"] == PAGES[entry_point]["activation_error"]


def test_throttles_script(settings: Any) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"link": "1/min"}
    activate("MQ", "bad")
    response = activate("MQ", "bad")
    assert response.status_code == 429
    assert response["Retry-After"]


def test_rejects_used_link() -> None:
    given = link(make_sign_up())
    activate(**given)
    assert activate(**given).status_code == 400


def test_rejects_link_after_24_hours() -> None:
    given = link(make_sign_up())
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1)):
        assert activate(**given).status_code == 400


def test_revives_no_account_that_staff_deactivated() -> None:
    given = link(make_sign_up())
    activate(**given)
    user = User.objects.get()
    user.is_active = False
    user.save()
    assert activate(**given).status_code == 400
    assert activate(**link(make_late_sign_up(user))).status_code == 400
    user.refresh_from_db()
    assert not user.is_active


def test_revives_no_account_that_staff_made_and_deactivated() -> None:
    user = make_user()
    user.is_active = False
    user.save()
    assert activate(**link(make_late_sign_up(user))).status_code == 400


def test_keeps_link_after_head_request() -> None:
    given = link(make_sign_up())
    APIClient().head(f"/api/activate/{given['uid']}/{given['token']}/")
    assert activate(**given).status_code == 200


def test_rejects_reset_token() -> None:
    assert activate(**parts(links.reset_link(make_sign_up().user, "api"))).status_code == 400


UIDS = ["abc", "9" * 30, "MVwA", "LTE", "!!!", "2aE", "x" * 4096, "%00", "OTk5OTk5OTk5OTk5OTk5OTk5"]


@pytest.mark.parametrize("uid", UIDS)
def test_rejects_malformed_uid(uid: str) -> None:
    assert activate(uid, "c-1").status_code == 400


def test_redirects_incomplete_link() -> None:
    assert APIClient().get("/users/confirm/").status_code == 302
