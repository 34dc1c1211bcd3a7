"""An export is its owner's alone, and holds nothing of anybody else."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.utils import timezone
from rest_framework.test import APIClient

from auth_app import account, api_tokens, audit, exports, links, sessions
from auth_app.models import Export, Identity, Mail, MailState, Passkey, Profile, Session, User
from auth_app.tests.accounts import ALICE, BOB, PASSWORD, ROOT, make_user, signed_in
from auth_app.tests.post import parts
from video_app.models import Favorite, PlayLink, WatchPosition
from video_app.tests.films import make_film

pytestmark = pytest.mark.django_db
EVERY_WAY = [
    ("get", "/api/me/export/"),
    ("post", "/api/me/export/"),
    ("get", "/api/me/export/file/"),
]
NOBODY = sessions.Client()


def exported(user: User) -> Export:
    """A file that is ready."""
    export = exports.ask_for(user, NOBODY)
    exports.make(export.pk)
    return export


def stranger() -> APIClient:
    return APIClient()


def program() -> APIClient:
    """With a token of the owner's that may do all that tokens may."""
    scopes = ["read", "upload", "manage"]
    _, text = api_tokens.make(User.objects.get(email=ALICE), "all", scopes, None, NOBODY)
    return APIClient(headers={"Authorization": f"Bearer {text}"})


def child() -> APIClient:
    client = signed_in(User.objects.get(email=ALICE))
    kid = Profile.objects.create(user=User.objects.get(email=ALICE), name="Kid", age_limit=6)
    Session.objects.update(profile=kid)
    return client


def who_has_signed_out() -> APIClient:
    client = signed_in(User.objects.get(email=ALICE))
    access = client.cookies["access_token"].value
    client.post("/api/logout/")
    client.cookies["access_token"] = access
    return client


@pytest.mark.parametrize(("method", "path"), EVERY_WAY)
@pytest.mark.parametrize(
    ("who", "status"),
    [(stranger, 401), (program, 403), (child, 403), (who_has_signed_out, 401)],
)
def test_is_closed_to(who: Callable[[], APIClient], status: int, method: str, path: str) -> None:
    ready = exported(make_user())
    ready_at = ready.created_at

    answer = getattr(who(), method)(path, {})

    assert answer.status_code == status
    assert ALICE not in answer.content.decode()
    assert Export.objects.get().created_at == ready_at


@pytest.mark.parametrize("fields", [{}, {"is_staff": True, "is_superuser": True}])
def test_file_of_another_is_not_found(fields: dict[str, bool]) -> None:
    url = reached_by_owner()
    other = signed_in(make_user(BOB, **fields))

    assert other.get("/api/me/export/").json()["state"] == "none"
    for address in (url, f"{url}?user=1", f"{url}?id={Export.objects.get().pk}"):
        assert other.get(address).status_code == 404


def reached_by_owner() -> str:
    """The address that the owner was given."""
    exported(make_user())
    answer = signed_in(User.objects.get()).get("/api/me/export/").json()
    return str(answer["url"])


def test_link_of_another_leads_to_ones_own_file() -> None:
    url = reached_by_owner()
    exported(make_user(BOB))

    file = signed_in(User.objects.get(email=BOB)).get(url)

    assert file.json()["account"]["email"] == BOB
    assert ALICE not in file.content.decode()


def test_file_is_kept_by_no_cache() -> None:
    url = reached_by_owner()

    answer = signed_in(User.objects.get()).get(url)

    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Disposition"].startswith("attachment")


def test_half_a_session_gets_none(settings: Any) -> None:
    settings.SECOND_FACTOR_FOR_STAFF = True
    exported(make_user(ROOT, is_staff=True))

    client = signed_in(User.objects.get())

    statuses = {getattr(client, method)(path, {}).status_code for method, path in EVERY_WAY}
    assert statuses == {403}


def test_admin_shows_no_exports() -> None:
    assert Export not in admin.site._registry


def filled(email: str, mark: str) -> User:
    """A user of whom each kind of row is there; `mark` is in all that is theirs alone."""
    user = make_user(email, first_name=f"{mark} name", phone=f"{mark} phone")
    kid = Profile.objects.create(user=user, name=f"{mark} kid", age_limit=6)
    for profile in (None, kid):
        film = make_film(f"{mark} film {profile}", owner=user)
        Favorite.objects.create(user=user, profile=profile, video=film)
        WatchPosition.objects.create(user=user, profile=profile, video=film, seconds=5)
    api_tokens.make(user, f"{mark} token", ["read"], None, NOBODY)
    about = {"credential_id": mark, "credential": b"x", "rp_id": "localhost"}
    Passkey.objects.create(user=user, name=f"{mark} passkey", **about)
    Identity.objects.create(user=user, issuer="https://id.example", subject=f"{mark} subject")
    PlayLink.objects.create(
        user=user,
        video=film,
        build=film.current_build,
        expires_at=timezone.now() + timedelta(hours=1),
        password_mark=f"{mark} mark"[:16],
    )
    return user


def test_file_holds_ones_own_and_nothing_of_others() -> None:
    alice, bob = filled(ALICE, "alices"), filled(BOB, "bobs")
    sessions.begin(alice, "api", sessions.Client("192.0.2.1", "Firefox/140.0 (Linux)"))
    sessions.begin(bob, "api", sessions.Client("198.51.100.2", "Chrome/140.0 (Windows)"))
    audit.record("user.invited", bob.pk, "user", alice.pk, ip="198.51.100.3")
    audit.record("address.asked", alice.pk, "user", alice.pk, ip="192.0.2.3")

    text = exports.text_of(Export.objects.get(pk=exported(alice).pk)).decode()

    for theirs in (BOB, "bobs", "198.51.100", "Windows"):
        assert theirs not in text
    kinds = ("name", "phone", "kid", "film None", "film", "token", "passkey", "subject")
    for hers in (ALICE, "192.0.2.1", "192.0.2.3", *(f"alices {kind}" for kind in kinds)):
        assert hers in text
    found = json.loads(text)
    assert [len(found[kind]) for kind in ("favorites", "history", "play_links", "uploads")] == [
        *(2, 2, 1, 2)
    ]
    for secret in (alice.password, PASSWORD, "alices mark", Session.objects.first().current_jti):
        assert secret not in text


def test_mails_stay_with_who_had_the_address() -> None:
    alice = make_user()
    mail = {"next_attempt_at": timezone.now(), "entry_point": "api", "state": MailState.SENT}
    Mail.objects.create(to=ALICE, kind="reset", **mail)
    alice.new_email = "new@example.com"
    alice.save()
    move(alice)
    later = make_user(ALICE)
    Mail.objects.create(to=ALICE, kind="changed", **mail)

    assert kinds_in(later) == {"changed"}
    assert {"reset", "moved"} <= kinds_in(User.objects.get(pk=alice.pk))


def move(user: User) -> None:
    link = parts(links.address_link(user))
    account.prove_address(link["uid"], link["token"], NOBODY)


def kinds_in(user: User) -> set[str]:
    text = exports.text_of(Export.objects.get(pk=exported(user).pk))
    return {mail["kind"] for mail in json.loads(text)["mails"]}
