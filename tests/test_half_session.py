"""Staff who still lack the second factor that they need set one up, and do nothing else."""

import json
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from auth_app.tests.accounts import PASSWORD, STAFF, make_user
from tests.routes import all_routes
from video_app.models import Video

pytestmark = pytest.mark.django_db
# What staff who still lack the factor that they need find open; all else is as for strangers.
OPEN_TO_HALF = {
    ("AccountDetailView", "GET"),
    ("ConfirmView", "POST"),
    ("FactorsView", "GET"),
    ("AppView", "POST"),
    ("AppView", "DELETE"),
    ("NewPasskeyView", "POST"),
    ("RefreshView", "POST"),
    ("LogoutView", "POST"),
}


@pytest.mark.usefixtures("quick_routes")
def test_half_a_session_only_sets_up_a_factor(settings: Any) -> None:
    settings.SECOND_FACTOR_FOR_STAFF = True
    settings.BACKEND_ORIGIN, settings.PASSKEY_RP_ID = "http://localhost:8000", "localhost"
    make_user(STAFF, is_staff=True, is_superuser=True)
    client, body = Client(), {"email": STAFF, "password": PASSWORD}
    assert client.post("/api/login/", body, "application/json").status_code == 200
    half = {name: morsel.value for name, morsel in client.cookies.items()}
    Video.objects.create(title="A film")
    link = {"uid": "MQ", "token": "1-x"}

    opened = {
        (route.view.cls.__name__, method)
        for route in all_routes()
        if hasattr(route.view, "cls")
        for method in route.methods
        if does(half, method, route.path.format(**link), body)
        and not does({}, method, route.path.format(**link), body)
    }

    assert opened == OPEN_TO_HALF


def does(tokens: dict[str, str], method: str, address: str, body: dict[str, str]) -> bool:
    """Whether the request is answered with success; what it changes is taken back."""
    client = Client()
    client.cookies = SimpleCookie(tokens)
    with transaction.atomic():
        response = client.generic(method, address, json.dumps(body), "application/json")
        transaction.set_rollback(True)
    return bool(response.status_code < 300)
