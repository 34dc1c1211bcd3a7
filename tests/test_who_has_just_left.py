"""Whose account goes between the check of the session and the rest of the request gets an answer,
at every route. What would refer to the account the database refuses."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from auth_app import leaving
from auth_app.authentication import SessionTokenAuthentication
from auth_app.models import User
from tests.people import access_token, make_user
from tests.routes import Route, all_routes
from video_app.models import Video
from video_app.tests.films import make_film

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("quick_routes")]
BODY = {"name": "mine", "title": "Mine", "scopes": ["read"], "video_id": 1, "seconds": 5}
BODY |= {"picture": "fox", "email": "new@example.org", "language": "de", "code": "123456"}
BODY |= {"url": "https://8.8.8.8/", "events": ["video.failed"], "password": "a long password"}
TUS = {"Tus-Resumable": "1.0.0", "Upload-Length": "9", "Upload-Metadata": "filename YS5tcDQ="}


@pytest.fixture(autouse=True)
def _leaves_when_checked(own_media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check = SessionTokenAuthentication.authenticate

    def overtaken(self: Any, request: Any) -> Any:
        found = check(self, request)
        if found:
            leaving.delete_now(User.objects.get(pk=found[0].pk), None, "192.0.2.1")
        return found

    monkeypatch.setattr(SessionTokenAuthentication, "authenticate", overtaken)


def test_is_answered_at_every_route() -> None:
    routes = [route for route in all_routes() if hasattr(route.view, "cls")]

    failed = [
        (method, route.path)
        for route in routes
        for method in route.methods
        if status_of(route, method) >= 500
    ]

    assert failed == []


def status_of(route: Route, method: str) -> int:
    if not Video.objects.filter(pk=1).exists():
        make_film(pk=1)
    user = make_user("staff", is_staff=True, is_superuser=True)
    client = Client(raise_request_exception=False, headers=TUS)
    client.cookies["access_token"] = access_token(user)
    path = route.path.format(uid="MQ", token="1-x")
    response: Any = client.generic(method, path, json.dumps(BODY), "application/json")
    User.objects.all().delete()
    return int(response.status_code)
