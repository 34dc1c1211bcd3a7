"""Every error is JSON, and says nothing twice."""

import pytest
from django.db import OperationalError
from django.http import Http404
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.test import APIClient

from core import origins
from core.errors import exception_handler
from tests.people import access_token, make_user


def test_repeats_no_message_in_body() -> None:
    error = ValidationError({"a": ["Same."], "b": ["Same.", "Other."], "c": {"d": ["Other."]}})
    response = exception_handler(error, {})
    assert response is not None
    assert response.data == {"a": ["Same."], "b": ["Other."]}


def test_returns_503_when_database_is_away() -> None:
    response = exception_handler(OperationalError("connection refused"), {})
    assert response is not None
    assert response.status_code == 503
    assert response["Retry-After"]
    assert "refused" not in str(response.data)


def test_returns_json_500_with_request_id(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(request: object) -> bool:
        raise ValueError("a secret detail")

    monkeypatch.setattr(origins, "is_trusted", fail)
    response = APIClient(raise_request_exception=False).post("/api/login/", {})
    assert response.status_code == 500
    assert list(response.json()) == ["detail"]
    assert response["X-Request-ID"] in response.json()["detail"]
    assert "secret" not in response.content.decode()


def test_returns_one_body_for_not_found() -> None:
    response = exception_handler(Http404("No Video matches the given query."), {})
    assert response is not None
    assert response.status_code == 404
    assert response.data == APIClient().get("/api/nothing/").json() == {"detail": "Not found."}


@pytest.mark.parametrize("format", ["xml", "api", "json"])
def test_ignores_format_in_query(format: str) -> None:
    assert APIClient().get("/api/video/", {"format": format}).status_code == 401


@pytest.mark.django_db
def test_logs_denial_with_user_and_address(caplog: pytest.LogCaptureFixture) -> None:
    user = make_user("member")
    client = APIClient(HTTP_AUTHORIZATION=f"Bearer {access_token(user)}")
    assert client.post("/api/video/upload/", {}, format="multipart").status_code == 403
    [record] = [record for record in caplog.records if record.message == "permission_denied"]
    assert (record.user_id, record.ip) == (user.pk, "127.0.0.1")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "in a moment"),
        (1, "in 1 second"),
        (50.2, "in 51 seconds"),
        (91, "in 2 minutes"),
        (3599, "in 60 minutes"),
        (5401, "in 2 hours"),
    ],
)
def test_says_in_words_when_to_try_again(seconds: float | None, words: str) -> None:
    response = exception_handler(Throttled(seconds), {})

    assert response
    assert response.data["detail"] == f"That was too often. Please try again {words}."
