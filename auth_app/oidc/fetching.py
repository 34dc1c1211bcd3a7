"""Fetching JSON from the provider, and its description of itself."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

SECONDS, MAX_BYTES = 10, 1024 * 1024
DISCOVERED = 3600  # seconds


class OidcError(Exception):
    """The provider cannot be reached, refuses, or says what it cannot prove."""


def configuration() -> dict[str, Any]:
    """The provider's description of itself; its issuer has to be the configured one."""
    key = f"oidc-configuration:{settings.OIDC_ISSUER}"
    found: dict[str, Any] | None = cache.get(key)
    if found is None:
        well_known = f"{settings.OIDC_ISSUER.rstrip('/')}/.well-known/openid-configuration"
        found = fetch(well_known)
        wanted = {"authorization_endpoint", "token_endpoint", "jwks_uri"}
        if found.get("issuer") != settings.OIDC_ISSUER or not wanted <= found.keys():
            raise OidcError(_("The provider describes another issuer."))
        cache.set(key, found, DISCOVERED)
    return found


def fetch(
    url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """A JSON object; the operator names the provider, so that its address is trusted."""
    asked = urllib.request.Request(url, body, {"Accept": "application/json", **(headers or {})})  # noqa: S310 - https, by a check
    try:
        with urllib.request.urlopen(asked, timeout=SECONDS) as answer:  # noqa: S310
            found = json.loads(answer.read(MAX_BYTES))
    except (OSError, ValueError) as error:
        raise OidcError(_("The provider does not answer.")) from error
    if not isinstance(found, dict):
        raise OidcError(_("The provider does not answer in JSON."))
    return found
