"""Tokens that are signed by our key and say nonsense: 401, never a 500."""

from typing import Any

import jwt
import pytest
from django.conf import settings
from rest_framework.test import APIClient

from auth_app.authentication import SessionTokenAuthentication, StreamTokenAuthentication
from auth_app.tests.accounts import make_user, signed_in

pytestmark = pytest.mark.django_db

VALUES = ["soon", "9999999999", "1e3", "", [], {}, None, 1e300, 10**20, -(10**20), float("inf")]
NAMES = {"access": "access_token", "refresh": "refresh_token"}


def forged(kind: str, **claims: Any) -> str:
    """A token of a running session in which these claims are others."""
    raw = signed_in(make_user()).cookies[NAMES[kind]].value
    said = jwt.decode(raw, options={"verify_signature": False})
    return jwt.encode(said | claims, settings.SIMPLE_JWT["SIGNING_KEY"], "HS256")


@pytest.fixture
def client() -> APIClient:
    return APIClient(raise_request_exception=False)


@pytest.mark.parametrize("value", VALUES, ids=repr)
@pytest.mark.parametrize("claim", ["exp", "sid", "token_type"])
class TestClaimsThatCount:
    def test_refuses_access_token(self, client: APIClient, claim: str, value: Any) -> None:
        client.cookies["access_token"] = forged("access", **{claim: value})
        assert client.get("/api/video/").status_code == 401
        assert client.get("/api/video/1/720p/index.m3u8").status_code == 401
        assert client.get("/api/video/1/720p/000.ts").status_code == 401

    def test_refuses_bearer_token(self, client: APIClient, claim: str, value: Any) -> None:
        bearer = f"Bearer {forged('access', **{claim: value})}"
        assert client.get("/api/video/", HTTP_AUTHORIZATION=bearer).status_code == 401
        playlist = "/api/video/1/720p/index.m3u8"
        assert client.get(playlist, HTTP_AUTHORIZATION=bearer).status_code == 401

    def test_refuses_refresh_token(self, client: APIClient, claim: str, value: Any) -> None:
        client.cookies["refresh_token"] = forged("refresh", **{claim: value})
        assert client.post("/api/token/refresh/").status_code == 401

    def test_signs_out(self, client: APIClient, claim: str, value: Any) -> None:
        client.cookies["refresh_token"] = forged("refresh", **{claim: value})
        client.cookies["access_token"] = "garbage"
        assert client.post("/api/logout/").status_code == 200


@pytest.mark.parametrize("value", VALUES, ids=repr)
@pytest.mark.parametrize("claim", ["iat", "nbf", "user_id", "jti", "aud", "sub"])
@pytest.mark.parametrize("kind", NAMES)
def test_survives_any_claim(client: APIClient, kind: str, claim: str, value: Any) -> None:
    client.cookies[NAMES[kind]] = forged(kind, **{claim: value})
    paths = ["/api/video/", "/api/video/1/720p/index.m3u8", "/content/"]
    assert {client.get(path).status_code for path in paths} <= {200, 401, 404}
    assert client.post("/api/token/refresh/").status_code in (200, 400, 401)
    assert client.post("/api/logout/").status_code in (200, 400)


@pytest.mark.parametrize("value", [0, -1, "x", None, 10**30, "\uff11", float("inf")])
def test_rejects_token_that_names_no_user(rf: Any, value: Any) -> None:
    token = forged("access", user_id=value)
    request = rf.get("/", HTTP_COOKIE=f"access_token={token}")
    for authentication in (SessionTokenAuthentication(), StreamTokenAuthentication()):
        assert authentication.authenticate(request) is None
