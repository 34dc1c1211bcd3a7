"""Somebody who has everything of an account but its second factor, and tries every route."""

import json
import re
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import pyotp
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils import timezone
from rest_framework.renderers import JSONRenderer

from auth_app import api_tokens, encryption, links, passkeys, sessions
from auth_app.models import ApiToken, Session, SignUp, Totp, User
from auth_app.tests.accounts import PASSWORD
from auth_app.tests.authenticator import Authenticator
from auth_app.tests.post import parts
from auth_app.tests.provider import Provider
from auth_app.tokens import tokens_of
from tests.routes import Route, all_routes

ORIGIN = "http://localhost:8000"
NOBODY = sessions.Client()
TOKEN = re.compile(rb"eyJ[\w-]+\.eyJ|vft_[\w-]{40}")
PASSWORDS = ("password", "old_password", "new_password", "confirm_password", "new_password1")


def has_app(user: User) -> None:
    """Its owner signs in with an authenticator app, from now on."""
    secret = encryption.encrypt(pyotp.random_base32())
    Totp.objects.create(user=user, secret=secret, confirmed_at=timezone.now())
    user.second_factor_at = timezone.now()
    user.save()


def has_passkey(user: User) -> Authenticator:
    """Its owner signs in with that device, from now on."""
    user.factor_proved = True
    device, session = Authenticator(ORIGIN), sessions.begin(user, "api", NOBODY)
    options = _sent(passkeys.begin_registration(user))
    given = options["attempt"], "Key", device.create(options)
    passkeys.register(session, *given, NOBODY)
    sessions.end_all(user.pk, "test")
    user.refresh_from_db()
    return device


def _sent(options: dict[str, Any]) -> Any:
    return json.loads(JSONRenderer().render(options))


@dataclass
class Burglar:
    """Knows the password, reads the mails, is signed in at the provider, and has a device, but
    not the owner's."""

    user: User
    provider: Provider
    device: Authenticator = field(default_factory=lambda: Authenticator(ORIGIN))
    newcomer: SignUp | None = None
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    _client: Client = field(default_factory=Client)
    _query: dict[str, str] = field(default_factory=dict)
    _passkey: dict[str, Any] = field(default_factory=dict)

    def remember_old_sessions(self) -> None:
        """Cookies of the time before the factor: of both entry points and of the admin."""
        for entry_point, names in settings.JWT_COOKIE_NAMES.items():
            tokens = tokens_of(sessions.begin(self.user, entry_point, NOBODY))
            self.cookies |= dict(zip(names, (tokens.access, tokens.refresh), strict=True))
        sessions.end_all(self.user.pk, "second factor")
        self._client.force_login(self.user)
        self.cookies["sessionid"] = self._client.cookies["sessionid"].value

    def keep_program(self) -> None:
        """An API token that may do all that tokens may."""
        _, text = api_tokens.make(self.user, "old", ["read", "upload", "manage"], None, NOBODY)
        self.headers["Authorization"] = f"Bearer {text}"

    def ways_in(
        self, slash: str = "/", *, oidc: bool = True, of_operators: bool = True
    ) -> set[str]:
        """The routes that signed in, or gave a token."""
        self.provider.claims = {"email": self.user.email, "email_verified": True}
        self._links = self._mailed()
        return {
            f"{method} {route.path}"
            for route in all_routes()
            if of_operators or not route.is_of_operators or route.path == "/admin/login/"
            for method in route.methods
            if self._gets_in(route, method, slash, oidc)
        }

    def _mailed(self) -> list[dict[str, str]]:
        sign_up = self.newcomer or SignUp.objects.create(user=self.user, password="x")
        mailed = links.activation_link(sign_up, "api"), links.reset_link(self.user, "api")
        return [parts(link) for link in (*mailed, links.invitation_link(self.user, "api"))]

    def _gets_in(self, route: Route, method: str, slash: str, oidc: bool) -> bool:
        tried = self._links if "{" in route.path else self._links[:1]
        kinds = ["application/json"]
        if method == "POST" and not hasattr(route.view, "cls"):
            kinds.append("application/x-www-form-urlencoded")
        self._prepare(oidc)
        return any(
            self._is_let_in(method, route.path.format(**link).removesuffix("/") + slash, kind)
            for link in tried
            for kind in kinds
        )

    def _prepare(self, oidc: bool) -> None:
        """New attempts, when a route has used up the last ones."""
        if not cache.get(f"passkey:{self._passkey.get('attempt')}"):
            options = _sent(passkeys.begin_sign_in())
            self._passkey = {"attempt": options["attempt"], "credential": self.device.get(options)}
        if oidc and not cache.get(f"oidc:{self._query.get('state')}"):
            self._client.cookies = SimpleCookie()
            location = self._client.get("/oidc/login/")["Location"]
            self._query = self.provider.authorize(location)
            self.cookies |= {name: it.value for name, it in self._client.cookies.items()}

    def _is_let_in(self, method: str, path: str, kind: str) -> bool:
        """What the request changes is taken back, so that all routes meet the same account."""
        self._client.cookies = SimpleCookie(self.cookies)
        given = self._body() | self._passkey
        body = json.dumps(given) if kind.endswith("json") else urlencode(self._body())
        query = urlencode(self._links[0] | self._query)
        with transaction.atomic():
            before = _rows()
            response: Any = self._client.generic(
                method, path, body, kind, headers=self.headers, QUERY_STRING=query
            )
            is_in = bool(_rows() - before) or _hands_out(response)
            transaction.set_rollback(True)
        return is_in

    def _body(self) -> dict[str, Any]:
        names = {"email": self.user.email, "username": self.user.email, "name": "mine"}
        return names | dict.fromkeys(PASSWORDS, PASSWORD) | self._links[1] | {"scopes": ["read"]}


def _rows() -> set[Any]:
    """Sessions that live, and tokens."""
    live = Session.objects.filter(revoked_at=None).values_list("pk", flat=True)
    return {*live, *ApiToken.objects.values_list("digest", flat=True)}


def _hands_out(response: Any) -> bool:
    """A session's cookie, one of the admin, or a token in the body."""
    given = {name: morsel.value for name, morsel in response.cookies.items() if morsel.value}
    if any(given.keys() & set(names) for names in settings.JWT_COOKIE_NAMES.values()):
        return True
    if "_auth_user_id" in SessionStore(given.get("sessionid")).load():
        return True
    return not response.streaming and bool(TOKEN.search(response.content))
