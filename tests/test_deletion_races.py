"""An account goes while its owner, or somebody else, is in the middle of something."""

from collections.abc import Callable
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from rest_framework.test import APIClient

from auth_app import api_tokens, emails, exports, leaving, mails, sessions
from auth_app.models import ApiToken, AuditEntry, Export, Mail, MailKind, Session, User
from auth_app.tests.accounts import ALICE, BOB, ROOT, make_user, signed_in
from auth_app.tests.post import delivered
from tests.races import doing_before, in_threads_at_once
from video_app.models import Favorite
from video_app.tests.films import make_film

pytestmark = pytest.mark.django_db(transaction=True)
NOBODY = sessions.Client()


def ask(user: User, **wanted: bool) -> None:
    leaving.ask_for_deletion(user, NOBODY, with_films=wanted.get("with_films", False))


def end_the_wait() -> None:
    User.objects.update(delete_at=timezone.now() - timedelta(seconds=1))


def delete(user: User) -> None:
    """Asked for long ago, and over now."""
    User.objects.filter(pk=user.pk).update(delete_at=timezone.now() - timedelta(seconds=1))
    leaving.delete_due()


def twin(client: APIClient) -> APIClient:
    """Another tab of the same browser."""
    tab = APIClient()
    tab.cookies = SimpleCookie({name: it.value for name, it in client.cookies.items()})
    return tab


def count(action: str) -> int:
    return AuditEntry.objects.filter(action=action).count()


class TestRefreshing:
    def test_refuses_refresh_overtaken_by_deletion(self, monkeypatch: Any) -> None:
        user = make_user()
        client = signed_in(user)
        doing_before(monkeypatch, sessions, "_advance", lambda: ask(user))

        assert client.post("/api/token/refresh/").status_code == 401
        assert not Session.objects.live().exists()

    def test_leaves_no_session_of_parallel_refreshes(self) -> None:
        browser = signed_in(make_user())
        tabs, leaver = [twin(browser) for _ in range(4)], twin(browser)

        in_threads_at_once(
            *((lambda tab=tab: tab.post("/api/token/refresh/")) for tab in tabs),
            lambda: leaver.delete("/api/me/", {}),
        )

        assert User.objects.get().delete_at
        assert not Session.objects.live().exists()

    def test_gives_nothing_to_session_of_deleted_account(self) -> None:
        user = make_user()
        client = signed_in(user)
        session = Session.objects.get().pk

        delete(user)

        assert client.get("/api/me/").status_code == 401
        assert client.post("/api/token/refresh/").status_code == 401
        assert cache.get(sessions.cache_key(session)) == sessions.OVER


class TestSecondDeletion:
    def test_keeps_its_day_and_mails_once(self) -> None:
        user = make_user()
        ask(user)
        day = User.objects.get().delete_at
        delivered()

        again = signed_in(user).delete("/api/me/", {"delete_films": True})

        assert again.status_code == 200
        assert (User.objects.get().delete_at, User.objects.get().delete_films) == (day, True)
        assert (delivered(), count("account.deletion_asked")) == ([], 1)

    def test_counts_parallel_ones_as_one(self) -> None:
        user = make_user()
        clients = [signed_in(user) for _ in range(4)]

        statuses = in_threads_at_once(
            *((lambda own=own: own.delete("/api/me/", {}).status_code) for own in clients)
        )

        assert set(statuses) <= {200, 401}
        assert [mail.subject for mail in delivered()] == ["Your account will be deleted"]
        assert count("account.deletion_asked") == 1

    def test_is_carried_out_once_by_two_workers(self) -> None:
        ask(make_user())
        end_the_wait()

        in_threads_at_once(leaving.delete_due, leaving.delete_due)

        assert not User.objects.exists()
        assert count("account.deleted") == 1

    def test_keeps_one_of_two_administrators(self) -> None:
        both = [make_user(name, is_staff=True, is_superuser=True) for name in (ROOT, BOB)]
        clients = [signed_in(user) for user in both]

        statuses = in_threads_at_once(
            *((lambda own=own: own.delete("/api/me/", {}).status_code) for own in clients)
        )

        assert sorted(statuses) == [200, 400]
        assert User.objects.filter(delete_at=None).count() == 1


class TestKeeping:
    def test_says_so_when_account_went_first(self, monkeypatch: Any) -> None:
        user = make_user()
        ask(user)
        client = signed_in(user)
        doing_before(monkeypatch, leaving, "keep", lambda: delete(user))

        answer = client.post("/api/me/keep/")

        assert (answer.status_code, answer.json()["detail"]) == (
            401,
            "This account has been deleted.",
        )

    def test_wins_when_it_came_first(self, monkeypatch: Any) -> None:
        user = make_user()
        film = make_film(owner=user)
        ask(user, with_films=True)
        end_the_wait()
        doing_before(monkeypatch, leaving, "_delete", lambda: leaving.keep(user, NOBODY))

        leaving.delete_due()

        film.refresh_from_db()
        assert (film.owner, count("account.deleted")) == (user, 0)

    def test_never_says_kept_of_what_is_gone(self) -> None:
        for _ in range(4):
            user = make_user()
            ask(user)
            client = signed_in(user)
            end_the_wait()

            status, _ = in_threads_at_once(
                lambda client=client: client.post("/api/me/keep/").status_code, leaving.delete_due
            )

            assert User.objects.exists() is (status == 200)
            User.objects.all().delete()


class TestTokens:
    @pytest.mark.parametrize("change", [ask, lambda user: set_password(user)])
    def test_makes_none_that_would_survive(
        self, monkeypatch: Any, change: Callable[[User], None]
    ) -> None:
        user = make_user()
        client = signed_in(user)
        doing_before(monkeypatch, api_tokens.secrets, "token_urlsafe", lambda: change(user))

        answer = client.post("/api/me/tokens/", {"name": "late", "scopes": ["read"]})

        assert answer.status_code == 401
        assert not ApiToken.objects.exists()

    def test_ends_token_made_before(self) -> None:
        user = make_user()
        _, text = api_tokens.make(user, "early", ["read"], None, NOBODY)

        ask(user)

        assert api_tokens.find(text) is None
        assert api_tokens.state(api_tokens.digest(text)) == sessions.OVER

    def test_leaves_none_of_parallel_ones(self) -> None:
        user = make_user()
        browser = signed_in(user)
        tabs, leaver = [twin(browser) for _ in range(4)], twin(browser)
        body = {"name": "late", "scopes": ["read"]}

        in_threads_at_once(
            *((lambda tab=tab: tab.post("/api/me/tokens/", body)) for tab in tabs),
            lambda: leaver.delete("/api/me/", {}),
        )

        assert not ApiToken.objects.exists()


def set_password(user: User) -> None:
    user.set_password("another long secret")
    user.save()


class TestMails:
    def test_sends_none_that_waits(self) -> None:
        user = make_user()
        ask(user)

        delete(user)

        assert delivered() == []
        assert not Mail.objects.exists()

    def test_drops_one_that_is_being_written(self, monkeypatch: Any) -> None:
        user = make_user()
        mails.ask_for(MailKind.FACTOR, ALICE, "api", user=user)
        doing_before(monkeypatch, emails, "compose", lambda: delete(user))

        assert delivered() == []
        assert not Mail.objects.exists()


def test_drops_export_that_is_being_made(monkeypatch: Any) -> None:
    user = make_user()
    export = exports.ask_for(user, NOBODY)
    doing_before(monkeypatch, exports, "_everything", lambda: delete(user))

    exports.make(export.pk)

    assert not Export.objects.exists()


def test_refuses_mark_of_who_has_just_left(monkeypatch: Any) -> None:
    user = make_user()
    client, film = signed_in(user), make_film()
    doing_before(monkeypatch, Favorite.objects, "get_or_create", lambda: delete(user))

    answer = client.put(f"/api/video/{film.pk}/favorite/")

    assert answer.status_code == 404
    assert not Favorite.objects.exists()
