"""No route of the site lets somebody in without the second factor, whatever else they have.

The routes come from the URL resolver. Who has no second factor shows that the walk finds every
route that signs in: a new one fails here until it is looked at and added to `WAYS_IN`.
"""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings as project
from django.http import HttpRequest, HttpResponse
from django.urls import path, resolve

from auth_app import cookies, sessions
from auth_app.models import User
from auth_app.tests.accounts import ROOT, STAFF, make_sign_up, make_user
from auth_app.tests.provider import Provider, running
from auth_app.tokens import tokens_of
from tests.burglar import Burglar, has_app, has_passkey
from tests.routes import all_routes

pytestmark = pytest.mark.django_db
WAYS_IN = {
    "POST /api/login/",
    "POST /api/auth/login/",
    "POST /users/login/",
    "POST /api/login/passkey/",
    "POST /api/auth/login/passkey/",
    "POST /api/activate/{uid}/{token}/",
    "POST /api/activate/{uid}/",
    "POST /api/auth/activate/{uid}/{token}/",
    "POST /api/auth/activate/{uid}/",
    "POST /users/confirm/",
    "POST /admin/login/",
    "GET /oidc/callback/",
}


@pytest.fixture(scope="module")
def _running() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture(autouse=True)
def provider(_running: Provider, settings: Any, quick_routes: None) -> Provider:
    _running.__init__(_running.url)  # type: ignore[misc]  # as new
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID = _running.url, "videoflix"
    settings.BACKEND_ORIGIN, settings.PASSKEY_RP_ID = "http://localhost:8000", "localhost"
    settings.SECOND_FACTOR_FOR_STAFF = True
    return _running


def test_knows_a_path_to_every_route() -> None:
    link = {"uid": "MQ", "token": "1-x"}
    lost = [route for route in all_routes() if not leads_to(route.path.format(**link), route.view)]
    assert not lost


def leads_to(address: str, view: Any) -> bool:
    found = resolve(address).func
    return found is view or getattr(found, "cls", found) is getattr(view, "cls", view)


def test_finds_every_way_in(provider: Provider, settings: Any) -> None:
    settings.SECOND_FACTOR_FOR_STAFF = False
    burglar = Burglar(make_user(STAFF, is_staff=True), provider)
    burglar.device = has_passkey(make_user(ROOT))
    burglar.newcomer = make_sign_up()

    assert burglar.ways_in() == WAYS_IN


def test_asks_for_apps_code_at_every_route(provider: Provider) -> None:
    burglar = Burglar(make_user(), provider)
    burglar.remember_old_sessions()
    has_app(burglar.user)

    assert burglar.ways_in(of_operators=False) == set()
    assert burglar.ways_in(slash="", of_operators=False) == set()


def test_asks_for_passkey_at_every_route(provider: Provider) -> None:
    burglar = Burglar(make_user(), provider)
    burglar.keep_program()
    has_passkey(burglar.user)

    assert burglar.ways_in(of_operators=False) == set()


def test_asks_staff_at_every_route(provider: Provider) -> None:
    burglar = Burglar(make_user(STAFF, is_staff=True, is_superuser=True), provider)
    burglar.remember_old_sessions()
    has_app(burglar.user)
    has_passkey(burglar.user)

    assert burglar.ways_in() == set()


def careless(request: HttpRequest) -> HttpResponse:
    """A way in that forgets the factor."""
    response = HttpResponse()
    given = json.loads(request.body) if request.content_type == "application/json" else {}
    user = User.objects.by_login(given.get("email", ""))
    if user and user.check_password(given["password"]):
        session = sessions._create(user, "api", sessions.Client(), remember=False)
        cookies.put(response, request, "api", tokens_of(session))
    return response


def test_notices_a_careless_route(provider: Provider, settings: Any) -> None:
    urls: Any = ModuleType("careless_urls")
    urls.urlpatterns = [path("api/short-cut/", careless)]
    burglar = Burglar(make_user(), provider)
    has_app(burglar.user)

    settings.ROOT_URLCONF = urls

    assert burglar.ways_in(oidc=False) == {"GET /api/short-cut/", "POST /api/short-cut/"}


# Where sessions and tokens are made, and where a factor is said to have been shown.
MAKERS = {
    ("auth_app/sessions.py", "Session.objects.create"),  # `begin` asks for the factor
    ("auth_app/api_tokens.py", "ApiToken.objects.create"),  # in a session
    ("auth_app/tokens.py", "SessionAccessToken.of"),
    ("auth_app/tokens.py", "SessionRefreshToken.of"),
    ("auth_app/browsers.py", "tokens_of"),  # of a session that has just begun
    ("auth_app/api/session_views.py", "tokens_of"),  # refresh
    ("auth_app/admin_sessions.py", "login"),  # `user_logged_in` asks for the factor
    ("auth_app/admin_sessions.py", "factor_proved"),  # of a session that has begun with it
    ("auth_app/models/users.py", "factor_proved"),  # False
    ("auth_app/factors.py", "factor_proved"),
    ("auth_app/passkeys.py", "factor_proved"),
}
NAMES = {name for _, name in MAKERS} | {"Session.objects.get_or_create", "Session", "ApiToken"}
LAST_NAMES = {name.rpartition(".")[2] for name in NAMES}


def test_makes_sessions_and_tokens_only_where_the_factor_is_asked() -> None:
    root = Path(project.BASE_DIR)
    found = {
        (str(file.relative_to(root)), name)
        for app in ("auth_app", "core", "video_app")
        for file in (root / app).rglob("*.py")
        if not {"tests", "migrations"} & set(file.parts)
        for name in makers_in(file.read_text())
    }
    assert found == MAKERS


def makers_in(text: str) -> Iterator[str]:
    """Calls by their whole name, and columns that are assigned by theirs."""
    if not any(name in text for name in NAMES):
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func) if last_name(node.func) in LAST_NAMES else ""
        else:
            name = last_name(node.targets[0]) if isinstance(node, ast.Assign) else ""
            name = name if name == "factor_proved" else ""
        if name in NAMES:
            yield name


def last_name(node: ast.AST) -> str:
    return str(getattr(node, "attr", getattr(node, "id", "")))
