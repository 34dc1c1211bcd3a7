"""Talking to the provider: discovery, the authorization address, tokens and their proof."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import jwt
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from auth_app.oidc.fetching import OidcError, configuration, fetch

# No symmetric one: the client's secret signs no identity here.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
REQUIRED = ["iss", "sub", "aud", "exp", "iat", "nonce"]
LEEWAY = 15


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to sign in; its state is used once."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> "Attempt":
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))


def redirect_uri() -> str:
    return f"{settings.BACKEND_ORIGIN}{reverse('oidc-callback')}"


def authorization_url(attempt: Attempt) -> str:
    digest = hashlib.sha256(attempt.verifier.encode()).digest()
    query = {
        "response_type": "code",
        "client_id": settings.OIDC_CLIENT_ID,
        "redirect_uri": redirect_uri(),
        "scope": settings.OIDC_SCOPES,
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    endpoint = configuration()["authorization_endpoint"]
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"


def claims(code: str, attempt: Attempt) -> dict[str, Any]:
    """What the provider proves of who has signed in."""
    found = configuration()
    answer = _tokens(found["token_endpoint"], code, attempt.verifier)
    try:
        raw = answer["id_token"]
        keys = jwt.PyJWKSet.from_dict(fetch(found["jwks_uri"]))
        header = jwt.get_unverified_header(raw)
        proved = jwt.decode(
            raw,
            _key(keys, header.get("kid")),
            algorithms=ALGORITHMS,
            audience=settings.OIDC_CLIENT_ID,
            issuer=settings.OIDC_ISSUER,
            leeway=LEEWAY,
            options={"require": REQUIRED},
        )
    except (jwt.PyJWTError, KeyError, TypeError) as error:
        raise OidcError(_("The provider's token is not valid.")) from error
    _check(proved, attempt, str(answer.get("access_token", "")), header.get("alg", ""))
    return proved


def _key(keys: jwt.PyJWKSet, name: str | None) -> Any:
    """The key of that name; without a name, the only one."""
    found = [key for key in keys.keys if name is None or key.key_id == name]
    if len(found) != 1:
        raise OidcError(_("The provider's key is unknown."))
    return found[0]


def _check(proved: dict[str, Any], attempt: Attempt, access: str, algorithm: str) -> None:
    """What the library does not: the attempt's own nonce, the party, the access token's hash."""
    if not secrets.compare_digest(str(proved["nonce"]).encode(), attempt.nonce.encode()):
        raise OidcError(_("The answer belongs to another attempt."))
    if isinstance(proved["aud"], list) and len(proved["aud"]) > 1 and "azp" not in proved:
        raise OidcError(_("The token is for several parties."))
    if proved.get("azp", settings.OIDC_CLIENT_ID) != settings.OIDC_CLIENT_ID:
        raise OidcError(_("The token is for another party."))
    if "at_hash" in proved and proved["at_hash"] != _half_hash(access, algorithm):
        raise OidcError(_("The access token is another one."))


def _half_hash(access: str, algorithm: str) -> str:
    name = {"384": "sha384", "512": "sha512"}.get(algorithm[-3:], "sha256")
    digest = hashlib.new(name, access.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def _tokens(endpoint: str, code: str, verifier: str) -> dict[str, Any]:
    body = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri(),
        "code_verifier": verifier,
    }
    names = (settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET)
    pair = ":".join(quote(name, safe="") for name in names)
    basic = base64.b64encode(pair.encode()).decode()
    headers = {"Authorization": f"Basic {basic}"}
    return fetch(endpoint, urlencode(body).encode(), headers)
