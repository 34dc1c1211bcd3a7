"""Signing in to the admin: e-mail address or user name, with the API's limits."""

from functools import wraps
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from auth_app import admin_sessions, audit, errors, limits, sign_ins

SET_UP = _("Staff need a second factor here. Sign in at /account/ and set it up first.")


class AdminLoginForm(AdminAuthenticationForm):
    """Its field for the code stands in our own template, after Django's."""

    code = forms.CharField(max_length=40, required=False)
    wait = 0

    def clean(self) -> dict[str, Any]:
        username = self.cleaned_data.get("username")
        password = self.cleaned_data.get("password")
        if username and password:
            code = self.cleaned_data.get("code", "")
            self.user_cache = self._user(username, password, code)
            self.confirm_login_allowed(self.user_cache)
        return self.cleaned_data

    @property
    def _request(self) -> HttpRequest:
        return cast(HttpRequest, self.request)  # the admin site always gives its form one

    def _user(self, username: str, password: str, code: str) -> Any:
        try:
            self._count_address()
            return sign_ins.check_credentials(self._request, username, password, code)
        except errors.WrongCredentialsError as error:
            raise self.get_invalid_login_error() from error
        except errors.FactorRequiredError as error:
            raise ValidationError(error.text, code="second_factor") from error
        except errors.TooManyAttemptsError as error:
            self.wait = error.wait
            text = _("Too many attempts. Please wait %(count)s seconds.") % {"count": error.wait}
            raise ValidationError(text, code="throttled") from error

    def confirm_login_allowed(self, user: Any) -> None:
        super().confirm_login_allowed(user)
        if user.lacks_required_factor:
            raise ValidationError(SET_UP, code="second_factor")

    def _count_address(self) -> None:
        who = limits.network(limits.client_address(self._request))
        if wait := limits.hit("login", who):
            raise errors.TooManyAttemptsError(wait)


class GuardedAdminSite(admin.AdminSite):
    site_title = site_header = "Videoflix"
    login_form = AdminLoginForm

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """What was changed goes to the audit log as well."""

        @wraps(view)
        def audited(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.method != "POST":
                return view(request, *args, **kwargs)
            before = audit.newest_of_admin()
            response = view(request, *args, **kwargs)
            audit.record_admin(request, before)
            return response

        return super().admin_view(audited, cacheable)

    def has_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return super().has_permission(request) and not user.lacks_required_factor

    @method_decorator(never_cache)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Without the form for who has just signed in on the site."""
        is_in = self.has_permission(request)
        if request.method == "GET" and not is_in and admin_sessions.adopt(request):
            return HttpResponseRedirect(_wanted_page(request))
        provider = settings.OIDC_NAME if settings.OIDC_ISSUER else ""
        response = super().login(request, {"provider": provider, **(extra_context or {})})
        form = (getattr(response, "context_data", None) or {}).get("form")
        if wait := getattr(form, "wait", 0):
            response.status_code = 429
            response["Retry-After"] = str(wait)
        if request.method == "POST" and response.status_code == 302:
            admin_sessions.join(request, response)
        return response

    def logout(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        site_session = request.session.get(admin_sessions.KEY)
        response = super().logout(request, extra_context)
        if site_session:
            admin_sessions.end(site_session, response)
        return response

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """A new password ends every session, and begins one here."""
        response = super().password_change(request, extra_context)
        if request.method == "POST" and response.status_code == 302:
            admin_sessions.join(request, response)
        return response


def _wanted_page(request: HttpRequest) -> str:
    """`next`, as long as it stays on this site; else the admin's first page."""
    page = request.GET.get("next", "")
    hosts = {request.get_host()}
    if url_has_allowed_host_and_scheme(page, hosts, require_https=request.is_secure()):
        return page
    return reverse("admin:index")
