"""An API token opens what its scopes name, and nothing else, at every route and alias."""

import json
from typing import Any

import pytest
from django.db import transaction

from auth_app import api_tokens, sessions
from auth_app.models import Scope
from auth_app.tests.accounts import ROOT, make_user
from tests.people import ReadingClient
from tests.routes import Route, all_routes
from video_app.models import Webhook
from video_app.streaming import views as streams
from video_app.tests.films import make_film

pytestmark = pytest.mark.django_db
LINK = {"uid": "MQ", "token": "1-x"}


@pytest.fixture(autouse=True)
def _rows(quick_routes: None) -> None:
    """What the routes name by 1, and its file's bytes."""
    make_film(pk=1)
    Webhook.objects.create(pk=1, url="https://hooks.example/", events=[])


@pytest.mark.parametrize("scope", [*Scope.values])
def test_opens_nothing_beyond_its_scope(scope: str) -> None:
    root = make_user(ROOT, is_staff=True, is_superuser=True)
    _, text = api_tokens.make(root, "script", [scope], None, sessions.Client())

    routes = [it for it in all_routes() if scope == Scope.MANAGE or not it.is_of_operators]
    beyond, opened = [], 0
    for route in routes:
        for method in route.methods:
            if does(route, method, f"Bearer {text}") and not does(route, method, ""):
                opened += 1
                if not is_open(route, method, scope):
                    beyond.append(f"{method} {route.path}")

    assert beyond == []
    assert opened


def is_open(route: Route, method: str, scope: str) -> bool:
    named = getattr(getattr(route.view, "cls", None), "token_scopes", {}).get(method, ())
    is_stream = route.view.__module__.startswith(streams.__name__)
    return scope in named or (is_stream and method == "GET" and scope == "read")


def does(route: Route, method: str, authorization: str) -> bool:
    """Whether the request is answered with success; what it changes is taken back."""
    headers = {"Authorization": authorization} if authorization else {}
    with transaction.atomic():
        response: Any = ReadingClient().generic(
            method, route.path.format(**LINK), json.dumps({}), "application/json", headers=headers
        )
        transaction.set_rollback(True)
    return bool(response.status_code < 300)
