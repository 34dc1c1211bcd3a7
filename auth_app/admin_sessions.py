"""One sign-in for the admin and the site: an admin's session names one of the site, and ends
with it, or when it gets into a profile of limited age."""

import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import login, logout
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from rest_framework_simplejwt.exceptions import TokenError

from auth_app import browsers, cookies, limits, rights, sessions
from auth_app.errors import FactorRequiredError
from auth_app.models import EntryPoint, Session, User
from auth_app.tokens import SessionAccessToken

KEY = "site_session"


def join(request: HttpRequest, response: HttpResponse) -> None:
    """Sign who has just signed in to the admin in on the site as well, in place of whom the
    browser knew there.

    After a change of the password nobody has just shown a second factor: who has one gets no
    new session, and signs in again.
    """
    agent = request.headers.get("User-Agent", "")
    client = sessions.Client(limits.client_address(request) or None, agent)
    with suppress(sessions.UserChangedError, FactorRequiredError):
        session = sessions.begin(cast(User, request.user), EntryPoint.API, client)
        request.session[KEY] = session.pk.hex
        browsers.welcome(response, request, session, client)


def adopt(request: HttpRequest) -> bool:
    """Sign staff who have just signed in on the site in to the admin, however they did that.

    Just: within `FRESH_SIGN_IN_MINUTES`. A cookie of the site that was stolen later must not
    be enough to change other people's accounts.
    """
    session = _of_site(request)
    if session is None or not (sessions.is_fresh(session) and _may_enter(session.viewer)):
        return False
    session.user.factor_proved = True  # where there is one, no session begins without it
    login(request, session.user)
    request.session[KEY] = session.pk.hex
    return True


def _of_site(request: HttpRequest) -> Session | None:
    """The first live session of the request's cookies."""
    for raw in cookies.access_tokens(request):
        with suppress(TokenError):
            session_id = SessionAccessToken.parse(raw).session_id
            if session := Session.objects.live().filter(pk=session_id).first():
                return session
    return None


def _may_enter(user: User) -> bool:
    return user.is_staff and not user.lacks_required_factor and user.age_limit is None


def end(session_id: str, response: HttpResponse) -> None:
    """Sign out of the site too."""
    sessions.end(uuid.UUID(session_id), "signed out")
    cookies.clear(response)


def follow_site(get_response: Callable[[HttpRequest], HttpResponse]) -> Any:
    """Whose session on the site has ended, however that came, is signed out of the admin; a
    profile of limited age has no way in either."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and _is_over(request):
            logout(request)
        return get_response(request)

    return middleware


def _is_over(request: HttpRequest) -> bool:
    """Sessions from before this was so, and those of tests, name none of the site."""
    known = request.session.get(KEY)
    if known is None:
        return False
    session_id = uuid.UUID(known)
    cached = rights.parse(cache.get(sessions.cache_key(session_id)))
    found = cached or rights.parse(sessions.state(session_id))
    return found is None or not found.is_live or found.age_limit is not None
