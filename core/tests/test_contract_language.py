"""The first part of the contract is the same for a browser that prefers German; more of it is
tested by what is marked `contract` (tests/browsers.py)."""

import re
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from auth_app.models import Mail
from auth_app.tests.accounts import make_user as make_account
from tests.browsers import GERMAN
from tests.people import access_token, make_user
from video_app.tests.films import make_film

pytestmark = pytest.mark.django_db
GIVEN = {"email": "new@example.org", "password": "a long password"}
WRONG = {"email": "alice@example.org", "password": "wrong"}
SHORT = {"email": "x", "password": "1", "confirmed_password": "2"}
LITERALS = [
    ("post", "/api/login/", {"email": "alice@example.org", "password": "a long password"}),
    ("post", "/api/login/", WRONG),
    ("post", "/api/login/", {}),
    ("post", "/users/login/", WRONG),
    ("post", "/api/register/", SHORT),
    ("post", "/users/register/", SHORT),
    ("post", "/api/register/", {"email": "alice@example.org", "password": "a long password"}),
    ("post", "/api/logout/", {}),
    ("post", "/users/logout/", {}),
    ("post", "/api/token/refresh/", {}),
    ("post", "/users/refresh/", {}),
    ("post", "/api/password_reset/", {"email": "alice@example.org"}),
    ("post", "/api/passwort_reset/", {"email": "x"}),
    ("post", "/users/forgot-password/", {"email": "alice@example.org"}),
    ("post", "/api/password_confirm/MQ/x/", {"new_password": "1", "confirm_password": "2"}),
    ("post", "/users/reset-password/", {"uid": "MQ", "token": "x", "new_password": "1"}),
    ("get", "/api/activate/MQ/x/", None),
    ("get", "/users/email-exists/?email=x", None),
    ("get", "/api/video/", None),
    ("get", "/content/", None),
    ("post", "/content/add-favorite/", {}),
    ("post", "/content/add-favorite/", {"video_id": 4711}),
    ("get", "/content/video-url/4711/", None),
    ("post", "/api/video/upload/", {}),
    ("get", "/api/video/4711/master.m3u8", None),
    ("get", "/api/video/4711/480p/index.m3u8", None),
    ("get", "/api/video/4711/480p/000.ts", None),
    ("get", "/api/video/4711/status/", None),
    ("get", "/api/nothing/", None),
    ("put", "/api/login/", {}),
]


def answer(method: str, path: str, body: Any, **headers: str) -> tuple[int, str]:
    response = getattr(APIClient(**headers), method)(path, body, format="json" if body else None)
    # The id of an answer to an error is its own.
    return response.status_code, re.sub(r"[0-9a-f]{32}", "", response.text)


@pytest.mark.parametrize(("method", "path", "body"), LITERALS)
@pytest.mark.parametrize("is_known", [False, True], ids=["stranger", "member"])
def test_answers_are_those_of_an_english_browser(
    method: str, path: str, body: Any, is_known: bool
) -> None:
    alice = make_user()
    headers = {"HTTP_AUTHORIZATION": f"Bearer {access_token(alice)}"} if is_known else {}

    english = answer(method, path, body, **headers)
    german = answer(method, path, body, HTTP_ACCEPT_LANGUAGE=GERMAN, **headers)

    assert _timeless(german) == _timeless(english)
    assert "bitte" not in german[1].lower()


def _timeless(found: tuple[int, str]) -> tuple[int, str]:
    """Login tells an id, lists tell moments; both are the same account's."""
    return found[0], re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "", found[1])


def test_literals_also_for_an_account_that_chose_german() -> None:
    make_account(language="de")
    german = APIClient(HTTP_ACCEPT_LANGUAGE=GERMAN)
    known = {"email": "alice@example.org", "password": "a long password"}

    assert german.post("/api/password_reset/", {"email": known["email"]}).json() == {
        "detail": "An email has been sent to reset your password."
    }
    refused = german.post("/api/login/", {**known, "password": "wrong"}).json()
    assert refused["detail"].startswith("Wrong e-mail address or password")


def test_category_is_english_in_lists_of_the_contract(client: Client) -> None:
    make_film(category="comedy")
    client.cookies["access_token"] = access_token(make_user(language="de"))

    assert client.get("/api/video/").json()[0]["category"] == "Comedy"
    assert client.get("/content/").json()[0]["category"] == "Comedy"
    assert client.get("/api/categories/").json()[0]["name"] == "Komödie"


def test_sign_up_of_an_old_client_chooses_no_language() -> None:
    APIClient(HTTP_ACCEPT_LANGUAGE=GERMAN).post("/api/register/", GIVEN)

    user = type(make_user("bob")).objects.get(email=GIVEN["email"])
    assert user.language == ""
    assert Mail.objects.get().to == GIVEN["email"]


@pytest.mark.contract
def test_marked_tests_run_in_both_languages(request: pytest.FixtureRequest) -> None:
    said = APIClient().get("/api/me/").json()["detail"]

    is_german = request.node.callspec.params["_browser"] == GERMAN
    assert said.startswith("Anmeldedaten" if is_german else "Authentication")
