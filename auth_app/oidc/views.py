"""Leaving for the provider, and coming back."""

import logging
import secrets
from dataclasses import asdict
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from auth_app import browsers, limits, profiles, sessions
from auth_app.errors import FactorRequiredError
from auth_app.models import EntryPoint
from auth_app.oidc import people, provider
from auth_app.oidc.fetching import OidcError

logger = logging.getLogger(__name__)

ATTEMPT_SECONDS = 600
COOKIE = "oidc_"
FACTOR = _("Please sign in here with your password and your second factor, or with a passkey.")


@never_cache
@require_GET
def leave(request: HttpRequest) -> HttpResponse:
    """To the provider. Each attempt has a record and a cookie of its own, so that tabs do not
    disturb each other and no answer works in another browser."""
    if not settings.OIDC_ISSUER:
        raise Http404
    attempt = provider.Attempt.new()
    binding, following = secrets.token_urlsafe(32), _local(request.GET.get("next", "/"))
    try:
        response = HttpResponseRedirect(provider.authorization_url(attempt))
    except OidcError as error:
        return _refused(str(error))
    record = {"attempt": asdict(attempt), "binding": binding, "next": following}
    cache.set(f"oidc:{attempt.state}", record, ATTEMPT_SECONDS)
    response.set_cookie(
        _cookie_of(attempt.state),
        binding,
        max_age=ATTEMPT_SECONDS,
        path="/oidc/",
        secure=settings.JWT_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@never_cache
@require_GET
def come_back(request: HttpRequest) -> HttpResponse:
    """From the provider: a session, or the sign-in page with the reason."""
    if not settings.OIDC_ISSUER:
        raise Http404
    state = request.GET.get("state", "")[:100]
    record = _used_up(state, request.COOKIES.get(_cookie_of(state), ""))
    if record is None:
        return _refused(gettext("That took too long, or was used already. Please try again."))
    try:
        response = _signed_in(request, record)
    except OidcError as error:
        return _refused(str(error))
    except (sessions.UserChangedError, IntegrityError):  # another tab was first, or they left
        return _refused(gettext("Please try again."))
    except FactorRequiredError:
        return _refused(str(FACTOR))
    response.delete_cookie(_cookie_of(state), path="/oidc/")
    return response


def _signed_in(request: HttpRequest, record: dict[str, object]) -> HttpResponse:
    if "code" not in request.GET:
        raise OidcError(_("The provider has not signed you in."))
    if request.GET.get("iss", settings.OIDC_ISSUER) != settings.OIDC_ISSUER:  # RFC 9207
        raise OidcError(_("The answer belongs to another attempt."))
    attempt = provider.Attempt(**record["attempt"])  # type: ignore[arg-type]  # made above
    user = people.user_of(provider.claims(request.GET["code"], attempt))
    agent = request.headers.get("User-Agent", "")
    client = sessions.Client(limits.client_address(request) or None, agent)
    session = sessions.begin(user, EntryPoint.API, client)
    logger.info("signed_in", extra={"user_id": user.pk, "ip": client.ip, "entry_point": "oidc"})
    following = profiles.after_provider(session, str(record["next"]))
    response = HttpResponseRedirect(following)
    browsers.welcome(response, request, session, client)
    return response


def _used_up(state: str, binding: str) -> dict[str, object] | None:
    """The attempt's record, once, for the browser that began it."""
    record: dict[str, object] | None = cache.get(f"oidc:{state}")
    if record is None or not secrets.compare_digest(str(record["binding"]), binding):
        return None
    return record if cache.delete(f"oidc:{state}") else None


def _cookie_of(state: str) -> str:
    return f"{COOKIE}{state[:16]}"


def _local(path: str) -> str:
    is_local = url_has_allowed_host_and_scheme(path, allowed_hosts=None) and path[:1] == "/"
    return path if is_local and not path.startswith(("/api", "/users", "/content")) else "/"


def _refused(text: str) -> HttpResponse:
    return HttpResponseRedirect(f"/login/?{urlencode({'why': 'provider', 'text': text})}")
