"""The headers that tell browsers what they may do with an answer."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/api/video/", "/api/nothing/", "/users/nothing/"])
def test_json_loads_and_frames_nothing(path: str) -> None:
    response = Client().get(path)
    assert response["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/api/video/", "/admin/login/", "/login/", "/nothing"])
def test_guards_every_answer(path: str) -> None:
    response = Client().get(path)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]


def test_sends_hsts_over_https(settings: object) -> None:
    settings.SECURE_HSTS_SECONDS = 31_536_000  # type: ignore[attr-defined]
    response = Client().get("/login/", secure=True)
    assert "max-age=31536000" in response["Strict-Transport-Security"]
