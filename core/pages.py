"""The built-in site's pages: templates only, their content comes from the API by script."""

from pathlib import Path
from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.gzip import gzip_page
from django.views.generic import TemplateView
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, NotFound

from core import errors, mailbox_access
from core.mailbox import Mail, mails
from core.middleware.requests import API_PREFIXES
from video_app.catalogue.greeting import public_title
from video_app.streaming.access import require_viewer


@method_decorator([never_cache, gzip_page], name="dispatch")
class Page(TemplateView):
    """Sends the page that fits the cookies; only the API knows whether these are valid."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "session": session_hint(self.request),
            "cast": settings.CAST,
            "keeps_mails": mailbox_access.is_there(),
            "sign_up": settings.SIGN_UP,
            "provider": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
            "has_mailbox": mailbox_access.may_read(self.request),
        }


class LinkPage(Page):
    """A page that a mail links to; its address holds a token that no referrer may show."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response


class FilmPage(Page):
    """A film's page. Strangers with a shared address are greeted with its name, if everybody
    who signs in may see it, and come back here."""

    template_name = "web/film.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if context["session"] != "none":
            return context
        key = self.request.GET.get("key", "")
        return context | {"greeting": public_title(kwargs["video_id"], key)}


class WatchPage(Page):
    """The player. Browsers learn at once which hls.js the film needs, not only from its master."""

    template_name = "web/watch.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if context["session"] != "access":
            return context
        return context | {"hls": likely_player(self.request, kwargs["video_id"])}


def likely_player(request: HttpRequest, video_id: int) -> str:
    """ "full" for a film of several languages or with subtitles, else "light"; "" when it is not
    known, or not for this session to know."""
    try:
        film = require_viewer(request, video_id).film
    except (AuthenticationFailed, NotAuthenticated, NotFound):
        return ""
    build = film["builds"].get(str(film["current"]))
    if build is None or build["tracks_revision"]:  # people may have added subtitles
        return ""
    return "full" if build["tracks"] or build["subtitles"] else "light"


def session_hint(request: HttpRequest) -> str:
    """Which of the session's cookies the request has: "access", only "refresh", or "none".

    Scripts cannot see the cookies; the hint spares signed-out visitors failing requests.
    """
    for position, kind in enumerate(("access", "refresh")):
        if any(pair[position] in request.COOKIES for pair in settings.JWT_COOKIE_NAMES.values()):
            return kind
    return "none"


def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for it wherever no page names an icon, as at an answer of the API."""
    return redirect(static("web/img/favicon.ico"))


@never_cache
def mailbox(request: HttpRequest) -> HttpResponse:
    if mailbox_access.is_token(request.GET.get("token", "")):
        return _opened_mailbox()
    context = {"mails": _readable_mails(request), "session": session_hint(request)}
    return render(request, "web/mailbox.html", context)


def _opened_mailbox() -> HttpResponse:
    """Redirects to the address without the token, which history and screens would show."""
    response = HttpResponseRedirect(reverse("page-mailbox"))
    response.headers["Referrer-Policy"] = "no-referrer"
    mailbox_access.remember(response)
    return response


@never_cache
def mail(request: HttpRequest, name: str) -> HttpResponse:
    found = _mail(request, name)
    response = render(request, "web/mail.html", {"mail": found, "session": session_hint(request)})
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@never_cache
@xframe_options_sameorigin
@csp_replace(  # type: ignore[arg-type]  # its stub knows no view with arguments
    {
        "default-src": ["'none'"],
        "img-src": ["data:"],
        "style-src": ["'unsafe-inline'"],
        "frame-ancestors": ["'self'"],
        "sandbox": ["allow-top-navigation-by-user-activation"],
    }
)
def mail_html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part, for a sandboxed frame: no script, nothing fetched, links lead out of it."""
    response = HttpResponse('<base target="_top">' + _mail(request, name).html)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A page for people; JSON for the API and for programs."""
    is_person = "text/html" in request.headers.get("Accept", "")
    if request.path.startswith(API_PREFIXES) or not is_person:
        return errors.not_found(request, exception)
    return render(request, "web/not_found.html", status=404)


def _mail(request: HttpRequest, name: str) -> Mail:
    for found in _readable_mails(request):
        if found.name == name:
            return found
    raise Http404


def _readable_mails(request: HttpRequest) -> list[Mail]:
    if not mailbox_access.may_read(request):
        raise Http404
    return mails(Path(settings.EMAIL_FILE_PATH))
