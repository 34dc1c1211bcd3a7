"""Signing in by an OpenID provider, and what it must not be able to do."""

from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from auth_app.models import AuditEntry, Identity, Profile, Session, User
from auth_app.tests.accounts import ALICE, BOB, make_sign_up, make_user
from auth_app.tests.provider import Provider, running
from tests.races import in_threads_at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def _running() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture
def provider(_running: Provider, settings: Any) -> Provider:
    _running.__init__(_running.url)  # type: ignore[misc]  # as new
    settings.OIDC_ISSUER = _running.url
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = "videoflix", "secret:&"
    return _running


def come_back(client: Client, query: dict[str, str]) -> Any:
    return client.get("/oidc/callback/", query)


def sign_in(client: Client, provider: Provider, following: str = "/") -> Any:
    location = client.get("/oidc/login/", {"next": following})["Location"]
    return come_back(client, provider.authorize(location))


def is_signed_in(client: Client) -> bool:
    return bool(client.get("/api/me/").status_code == 200)


def test_is_off_by_default(client: Client) -> None:
    assert client.get("/oidc/login/").status_code == 404
    assert client.get("/oidc/callback/").status_code == 404


def test_makes_account_at_first_sight_and_knows_it_again(
    client: Client, provider: Provider
) -> None:
    assert sign_in(client, provider, "/account/")["Location"] == "/account/"
    assert is_signed_in(client)
    user = User.objects.get()
    assert (user.email, user.first_name, user.has_usable_password()) == (ALICE, "Alice", False)
    provider.claims = {"email": "moved@example.com", "email_verified": False}
    sign_in(Client(), provider)
    assert User.objects.count() == Identity.objects.count() == 1


def test_replaces_session_that_the_browser_had(client: Client, provider: Provider) -> None:
    sign_in(client, provider)
    sign_in(client, provider)
    assert Session.objects.filter(revoked_at=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_makes_one_account_of_parallel_first_sign_ins(provider: Provider) -> None:
    """Whichever comes second is signed in as well, or asked to try again."""
    browsers = [Client(), Client()]
    answers = [provider.authorize(it.get("/oidc/login/")["Location"]) for it in browsers]

    back = in_threads_at_once(
        *((lambda pair=pair: come_back(*pair)) for pair in zip(browsers, answers, strict=True))
    )

    assert [answer.status_code for answer in back] == [302, 302]
    assert "/" in [answer["Location"] for answer in back]
    assert User.objects.count() == Identity.objects.count() == 1


def test_opens_no_main_profile_that_has_a_pin_beside_a_limited_one(
    client: Client, provider: Provider
) -> None:
    """A child who signs out may be signed in again without a question."""
    user = make_user()
    Profile.objects.create(user=user, name="Main", is_main=True, pin=make_password("4711"))
    Profile.objects.create(user=user, name="Kim", age_limit=12)
    Profile.objects.create(user=user, name="Bo", age_limit=16)

    answer = sign_in(client, provider, "/films/")

    assert answer["Location"] == "/profiles/?next=%2Ffilms%2F"
    (current,) = (one for one in client.get("/api/me/profiles/").json() if one["is_current"])
    assert current["name"] == "Kim"


def test_links_proved_account(client: Client, provider: Provider) -> None:
    user = make_user()
    sign_in(client, provider)
    assert Identity.objects.get().user == user
    assert AuditEntry.objects.filter(action="identity.linked").exists()


def test_gives_nothing_to_who_only_signed_up(client: Client, provider: Provider) -> None:
    make_sign_up(ALICE)
    sign_in(client, provider)
    assert not User.objects.get(email=ALICE).has_usable_password()


@pytest.mark.parametrize("claim", [False, "true", "false", 1, None])
def test_refuses_unproved_address(client: Client, provider: Provider, claim: Any) -> None:
    make_user()
    provider.claims = {"email_verified": claim}
    assert "why=provider" in sign_in(client, provider)["Location"]
    assert not is_signed_in(client)


@pytest.mark.parametrize("missing", ["email", "email_verified", "sub", "nonce", "exp", "aud"])
def test_refuses_missing_claim(client: Client, provider: Provider, missing: str) -> None:
    make_user()
    provider.left_out = {missing}
    sign_in(client, provider)
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"},
        {"aud": "another client"},
        {"aud": ["videoflix", "another"]},
        {"azp": "another"},
        {"nonce": "another"},
        {"exp": 1_700_000_000},
        {"at_hash": "another"},
    ],
)
def test_refuses_wrong_claim(client: Client, provider: Provider, claims: Any) -> None:
    make_user()
    provider.claims = claims
    sign_in(client, provider)
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [(ec.generate_private_key(ec.SECP256R1()), "ES256"), ("secret:&" * 8, "HS256"), (None, "none")],
)
def test_refuses_foreign_signature(
    client: Client, provider: Provider, key: Any, algorithm: str
) -> None:
    provider.key, provider.algorithm = key, algorithm
    sign_in(client, provider)
    assert not Session.objects.exists()


@pytest.mark.parametrize(("issuer", "sessions"), [("https://evil.example", 0), ("", 0), (None, 1)])
def test_refuses_answer_of_another_provider(
    client: Client, provider: Provider, issuer: str | None, sessions: int
) -> None:
    answer = provider.authorize(client.get("/oidc/login/")["Location"])
    come_back(client, answer | {"iss": provider.url if issuer is None else issuer})
    assert Session.objects.count() == sessions


def test_knows_subjects_by_issuer(client: Client, provider: Provider) -> None:
    bob = make_user(BOB)
    Identity.objects.create(user=bob, issuer="https://other.example", subject="1")
    sign_in(client, provider)
    assert Session.objects.get().user.email == ALICE


def test_uses_each_attempt_once_and_in_any_order(client: Client, provider: Provider) -> None:
    tabs = [client.get("/oidc/login/", {"next": f"/watch/{n}/"})["Location"] for n in range(3)]
    answers = [provider.authorize(tab) for tab in tabs]
    for number in (2, 0, 1):
        assert come_back(client, answers[number])["Location"] == f"/watch/{number}/"
    assert "why=provider" in come_back(client, answers[0])["Location"]


def test_refuses_answer_in_another_browser(client: Client, provider: Provider) -> None:
    answer = provider.authorize(client.get("/oidc/login/")["Location"])
    victim = Client()
    assert "why=provider" in come_back(victim, answer)["Location"]
    assert not is_signed_in(victim)


@pytest.mark.parametrize("following", ["https://evil.example/", "//evil.example", "/api/video/"])
def test_leads_only_to_own_pages(client: Client, provider: Provider, following: str) -> None:
    assert sign_in(client, provider, following)["Location"] == "/"


def test_asks_for_second_factor_nevertheless(client: Client, provider: Provider) -> None:
    make_user(second_factor_at=timezone.now())
    assert "second+factor" in sign_in(client, provider)["Location"]
    assert not Session.objects.exists()


def test_leaves_deactivated_account_closed(client: Client, provider: Provider) -> None:
    make_user(is_active=False, activated_at=timezone.now())
    sign_in(client, provider)
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("claims", "before", "after"),
    [
        ({"groups": ["staff"]}, False, True),
        ({"groups": []}, True, False),
        ({}, True, True),
        ({"groups": "staff"}, False, False),
    ],
)
def test_follows_groups(
    client: Client, provider: Provider, settings: Any, claims: Any, before: bool, after: bool
) -> None:
    settings.OIDC_STAFF_GROUP = "staff"
    make_user(is_staff=before)
    provider.claims = claims
    sign_in(client, provider)
    assert User.objects.get().is_staff is after


def test_keeps_local_administrator(client: Client, provider: Provider, settings: Any) -> None:
    settings.OIDC_STAFF_GROUP = "staff"
    make_user(is_staff=True, is_superuser=True)
    provider.claims = {"groups": []}
    sign_in(client, provider)
    assert User.objects.get().is_staff


def test_makes_no_account_when_told_so(client: Client, provider: Provider, settings: Any) -> None:
    settings.OIDC_CREATE_USERS = False
    sign_in(client, provider)
    assert not User.objects.exists()


def test_opens_the_admin_to_staff(client: Client, provider: Provider) -> None:
    make_user(is_staff=True)
    form = client.get("/admin/login/?next=/admin/auth_app/").content.decode()
    assert "/oidc/login/?next=%2Fadmin%2Fauth_app%2F" in form

    assert sign_in(client, provider, "/admin/")["Location"] == "/admin/"

    assert client.get("/admin/", follow=True).redirect_chain[-1] == ("/admin/", 302)
    assert client.get("/admin/").status_code == 200
