"""API tokens: made once, checked everywhere, ended at once."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import RequestFactory
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from auth_app import api_tokens, sessions
from auth_app.authentication import StreamTokenAuthentication
from auth_app.models import ApiToken, Scope, Session, User
from auth_app.tests.accounts import BOB, PASSWORD, make_user, signed_in

pytestmark = pytest.mark.django_db
NOBODY = sessions.Client()
# Which operations are open to which scopes; all others are closed to tokens.
OPEN = {
    ("get", "/api/video/"): {"read"},
    ("get", "/content/"): {"read"},
    ("get", "/api/video/continue/"): {"read"},
    ("get", "/api/video/{video_id}/"): {"read", "upload"},
    ("get", "/api/video/{video_id}/status/"): {"read", "upload"},
    ("get", "/api/video/{video_id}/position/"): {"read"},
    ("put", "/api/video/{video_id}/position/"): {"manage"},
    ("delete", "/api/video/{video_id}/position/"): {"manage"},
    ("put", "/api/video/{video_id}/favorite/"): {"manage"},
    ("delete", "/api/video/{video_id}/favorite/"): {"manage"},
    ("post", "/content/add-favorite/"): {"manage"},
    ("get", "/api/categories/"): {"read"},
    ("get", "/api/history/"): {"read"},
    ("delete", "/api/history/"): {"manage"},
    ("get", "/api/home/"): {"read"},
    ("get", "/api/preferences/"): {"read"},
    ("patch", "/api/preferences/"): {"manage"},
    ("get", "/api/series/"): {"read"},
    ("get", "/api/series/{series_id}/"): {"read"},
    ("get", "/api/suggestions/"): {"read"},
    ("get", "/api/tags/"): {"read"},
    ("patch", "/api/video/{video_id}/"): {"manage"},
    ("delete", "/api/video/{video_id}/"): {"manage"},
    ("get", "/api/video/{video_id}/go-back/"): {"manage"},
    ("post", "/api/video/{video_id}/go-back/"): {"manage"},
    ("put", "/api/video/{video_id}/watched/"): {"manage"},
    ("delete", "/api/video/{video_id}/watched/"): {"manage"},
    ("post", "/api/video/upload/"): {"upload"},
    ("get", "/api/uploads/"): {"upload"},
    ("post", "/api/uploads/"): {"upload"},
    ("get", "/api/uploads/{upload_id}/"): {"upload"},
    ("patch", "/api/uploads/{upload_id}/"): {"upload"},
    ("delete", "/api/uploads/{upload_id}/"): {"upload"},
}
METHODS = {"get", "put", "post", "patch", "delete", "head", "options"}
ID = "00000000-0000-4000-8000-000000000000"


def filled(path: str) -> str:
    number = ID if "upload" in path or "session" in path else "1"
    return re.sub(r"\{\w+\}", "x", re.sub(r"\{\w+_id\}", number, path))


def made(user: User, *scopes: str, expires_at: Any = None) -> str:
    return api_tokens.make(user, "script", scopes, expires_at, NOBODY)[1]


def program(text: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client


def may_stream(text: str) -> bool:
    request = RequestFactory().get("/", HTTP_AUTHORIZATION=f"Bearer {text}")
    found = StreamTokenAuthentication().authenticate(request)
    assert found
    return found[1].rights(cache.get(found[1].cache_key)).is_live


def operations() -> list[tuple[str, str]]:
    """Every operation that asks who one is, but the streams, which are added later."""
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    return [
        (method, path)
        for path, found in paths.items()
        for method in METHODS & found.keys()
        if {"session": []} in found[method]["security"] and found[method]["tags"] != ["stream"]
    ]


def test_shows_text_once_and_stores_a_hash() -> None:
    client = signed_in(make_user())
    body = {"name": "backup", "scopes": ["read"]}
    answer = client.post("/api/me/tokens/", body)
    assert answer.status_code == 201
    text = answer.json()["token"]
    assert text.startswith("vft_")
    [listed] = client.get("/api/me/tokens/").json()
    assert text not in str(listed)
    assert text not in str(ApiToken.objects.values().get())


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["everything"]},
        {"name": "", "scopes": ["read"]},
        {"name": "x", "scopes": ["read"], "expires": "2001-01-01T00:00:00Z"},
    ],
)
def test_refuses_senseless_token(body: dict[str, Any]) -> None:
    assert signed_in(make_user()).post("/api/me/tokens/", body).status_code == 400


def test_needs_fresh_sign_in_to_make_one() -> None:
    client = signed_in(make_user())
    Session.objects.update(created_at=timezone.now() - timedelta(hours=1))
    answer = client.post("/api/me/tokens/", {"name": "x", "scopes": ["read"]})
    assert (answer.status_code, answer["X-Confirm"]) == (403, "required")


def test_ends_only_own_token() -> None:
    text = made(make_user(BOB), "read")
    token = ApiToken.objects.get()
    alice = make_user()
    assert signed_in(alice).delete(f"/api/me/tokens/{token.pk}/").status_code == 404
    assert signed_in(token.user).delete(f"/api/me/tokens/{token.pk}/").status_code == 204
    assert program(text).get("/api/video/").status_code == 401


@pytest.mark.parametrize("scope", [*Scope.values])
def test_opens_every_operation_to_its_scopes_alone(scope: str) -> None:
    root = make_user(is_staff=True, is_superuser=True)
    client = program(made(root, scope))
    wrong = []
    for method, path in operations():
        url = filled(path)
        status = getattr(client, method)(url, {} if method != "get" else None).status_code
        is_open = scope in OPEN.get((method, path), set())
        if (status == 403) is is_open:
            wrong.append((method, path, status))
    assert wrong == []


def test_knows_every_open_operation() -> None:
    assert OPEN.keys() <= set(operations())


def test_has_no_more_rights_than_its_user() -> None:
    text = made(make_user(), "upload")
    assert program(text).post("/api/video/upload/", {}, "multipart").status_code == 403


def test_expires() -> None:
    user = make_user()
    text = made(user, "read", expires_at=timezone.now() + timedelta(days=1))
    assert program(text).get("/api/video/").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert program(text).get("/api/video/").status_code == 401
        cache.clear()
        assert not may_stream(text)


def deactivate(user: User) -> None:
    user.is_active = False
    user.save()


def change_password(user: User) -> None:
    user.set_password("another long secret")
    user.save()


def change_own_password(user: User) -> None:
    body = {"old_password": PASSWORD, "new_password": "another long secret"}
    assert signed_in(user).post("/api/me/password/", body).status_code == 200


@pytest.mark.parametrize("change", [deactivate, change_password, change_own_password])
@pytest.mark.django_db(transaction=True)
def test_ends_with_account(change: Any) -> None:
    user = make_user()
    text = made(user, "read")
    assert may_stream(text)
    change(user)
    assert not may_stream(text)
    assert program(text).get("/api/video/").status_code == 401


def test_opens_streams_by_read_only() -> None:
    user = make_user()
    assert may_stream(made(user, "read"))
    assert not may_stream(made(user, "upload", "manage"))


def test_opens_streams_without_query_when_cached(django_assert_num_queries: Any) -> None:
    text = made(make_user(), "read")
    assert may_stream(text)
    with django_assert_num_queries(0):
        assert may_stream(text)


def test_notes_use_every_five_minutes(django_assert_num_queries: Any) -> None:
    text = made(make_user(), "read")
    api_tokens.find(text)
    first = ApiToken.objects.get().last_used_at
    assert first
    with django_assert_num_queries(1):
        api_tokens.find(text)
    assert ApiToken.objects.get().last_used_at == first


@pytest.mark.parametrize("text", ["vft_", "vft_wrong", "vft_" + "x" * 5000])
def test_refuses_unknown_token(text: str) -> None:
    assert program(text).get("/api/video/").status_code == 401
    assert not may_stream(text)
