"""In which language pages, the API and mails answer."""

from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import translation
from rest_framework.test import APIClient

from auth_app import emails
from auth_app.models import Mail, MailKind
from core.middleware.language import OURS
from tests.people import make_user, signed_in

pytestmark = pytest.mark.django_db
UNKNOWN = {"detail": "Authentication credentials were not provided."}
GERMAN = {"HTTP_ACCEPT_LANGUAGE": "de-AT,de;q=0.9,en;q=0.5"}


def choose(user: Any, language: str) -> None:
    type(user).objects.filter(pk=user.pk).update(language=language)


@pytest.mark.parametrize(
    ("header", "lang", "words"), [("de", "de", "Anmelden"), ("fr", "en", "Sign in")]
)
def test_page_follows_the_browser(client: Client, header: str, lang: str, words: str) -> None:
    response = client.get("/login/", HTTP_ACCEPT_LANGUAGE=header)

    assert f'<html lang="{lang}">' in response.text
    assert words in response.text
    assert {"Accept-Language", "Cookie"} <= set(response["Vary"].split(", "))


def test_page_brings_the_sentences_of_its_scripts(client: Client) -> None:
    assert "web/words/de.js" in client.get("/", **GERMAN).text
    assert "web/words" not in client.get("/").text


@pytest.mark.parametrize("path", ["/", "/account/", "/watch/1/", "/film/1/", "/films/", "/browse/"])
def test_account_choice_beats_the_browser(path: str) -> None:
    alice = make_user()
    client = signed_in(alice)
    choose(alice, "en")

    assert '<html lang="en">' in client.get(path, **GERMAN).text
    choose(alice, "de")
    assert '<html lang="de">' in client.get(path, HTTP_ACCEPT_LANGUAGE="en").text


def test_choice_counts_with_the_refresh_cookie_alone(client: Client) -> None:
    alice = make_user(language="de")
    answer = APIClient().post("/api/login/", {"email": alice.email, "password": "a long password"})
    client.cookies["refresh_token"] = answer.cookies["refresh_token"].value

    assert '<html lang="de">' in client.get("/").text


@pytest.mark.parametrize("token", ["x", "eyJhbGciOiJIUzI1NiJ9.e30.x"])
def test_false_cookies_choose_nothing(client: Client, token: str) -> None:
    client.cookies["access_token"] = token

    assert '<html lang="en">' in client.get("/").text


def test_language_of_one_request_does_not_reach_the_next(client: Client) -> None:
    for _ in range(3):
        assert '<html lang="de">' in client.get("/login/", **GERMAN).text
        assert '<html lang="en">' in client.get("/login/").text
    assert translation.get_language() == settings.LANGUAGE_CODE


def test_changes_the_language_of_the_account_at_once() -> None:
    client = signed_in(make_user())

    changed = client.patch("/api/me/", {"language": "de"}, "application/json")

    assert changed.json()["language"] == "de"
    assert '<html lang="de">' in client.get("/account/").text
    assert client.patch("/api/me/", {"language": ""}, "application/json").json()["language"] == ""


def test_refuses_unknown_language_in_the_language_of_the_account() -> None:
    client = signed_in(make_user(language="de"))

    refused = client.patch("/api/me/", {"language": "xx"}, "application/json")

    assert refused.status_code == 400
    assert "keine gültige Option" in refused.json()["language"][0]


def test_own_endpoints_answer_in_the_readers_language() -> None:
    stranger = APIClient()

    assert stranger.get("/api/me/", **GERMAN).json() == {"detail": "Anmeldedaten fehlen."}
    assert stranger.get("/api/me/").json() == {
        "detail": "Authentication credentials were not provided."
    }


@pytest.mark.parametrize(
    "path", ["/api/video/1/status/", "/api/video/", "/api/videos/", "/content/"]
)
def test_endpoints_of_the_contract_answer_in_english(path: str) -> None:
    refused = APIClient().get(path, **GERMAN)

    assert refused.json() == {"detail": "Authentication credentials were not provided."}


def test_script_of_the_site_is_answered_in_its_pages_language() -> None:
    wrong = {"email": "nobody@example.org", "password": "wrong"}

    german = APIClient().post("/api/login/", wrong, HTTP_X_LANGUAGE="de")
    english = APIClient().post("/api/login/", wrong, **GERMAN)
    senseless = APIClient().post("/api/login/", wrong, HTTP_X_LANGUAGE="../xx")

    assert german.json()["detail"].startswith("E-Mail-Adresse oder Passwort ist falsch")
    assert english.json() == senseless.json()
    assert english.json()["detail"].startswith("Wrong e-mail address")


def test_unchanged_answer_is_not_another_languages() -> None:
    alice = make_user()
    client = signed_in(alice)
    english = client.get("/api/categories/")

    choose(alice, "de")
    german = client.get("/api/categories/", HTTP_IF_NONE_MATCH=english["ETag"])

    assert german.status_code == 200
    assert german["ETag"] != english["ETag"]


def test_sign_up_in_german_is_mailed_in_german() -> None:
    given = {"email": "alice@example.org", "password": "a long password"}

    APIClient().post("/api/register/", given, HTTP_X_LANGUAGE="de")

    message = emails.compose(Mail.objects.get())
    assert message is not None
    assert "Willkommen bei Videoflix" in message.body
    assert message.subject == "Confirm your email"  # the contract's
    assert translation.get_language() == settings.LANGUAGE_CODE


def test_mail_is_english_without_a_choice_of_the_account() -> None:
    given = {"email": "alice@example.org", "password": "a long password"}

    APIClient().post("/api/register/", given, **GERMAN)

    message = emails.compose(Mail.objects.get())
    assert message is not None
    assert "Welcome to Videoflix" in message.body


@pytest.mark.parametrize("kind", [MailKind.RESET, MailKind.PASSWORD_CHANGED])
def test_mails_follow_the_account_whoever_asks(kind: str) -> None:
    alice = make_user(language="de")
    row = Mail(kind=kind, to=alice.email, entry_point="api")

    message = emails.compose(row)

    assert message is not None
    assert "Passwort" in message.body
    assert '<html lang="de">' in str(message.alternatives[0][0])
    assert mail.outbox == []


def test_stranger_in_a_taken_address_is_told_in_german() -> None:
    alice = make_user()
    given = {"email": alice.email, "password": "a long password"}

    refused = APIClient().post("/api/register/", given, HTTP_X_LANGUAGE="de")

    assert refused.json() == {"email": ["Zu dieser Adresse gibt es schon ein Konto."]}


@pytest.mark.parametrize(
    ("path", "is_ours"),
    [
        ("/api/me/", True),
        ("/api/video/7/", True),
        ("/api/videos/7/play-link/", True),
        ("/api/home/", True),
        ("/api/video/", False),
        ("/api/video/7/status/", False),
        ("/api/video/7/480p/index.m3u8/", False),
        ("/api/video/upload/", False),
        ("/api/login/", False),
        ("/api/login/passkey/", True),
        ("/users/login/", False),
    ],
)
def test_tells_own_endpoints_from_the_contracts(path: str, is_ours: bool) -> None:
    assert bool(OURS.match(path)) == is_ours
