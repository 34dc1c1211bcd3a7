"""Registration and activation."""

from django.http import HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import PermissionDenied, Throttled, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from auth_app import browsers, errors, languages, links, mails, sign_ups
from auth_app.api import schema
from auth_app.api.base import AccountView
from auth_app.api.serializers import AddressSerializer, RegisterSerializer
from auth_app.models import MailKind, User

ACTIVATED = "Account successfully activated."
BAD_LINK = _("This link is invalid, has expired or was used already.")
CLOSED = _("Accounts are made by invitation only here.")
SENT_AGAIN = _("If an account waits for its activation, the link has been sent again.")


class RegisterView(AccountView):
    throttle_scope = "register"

    def check_throttles(self, request: Request) -> None:
        """Later, in `post`: only valid forms count, because a class may share an address."""

    @schema.register
    def post(self, request: Request) -> Response:
        asked = self.parsed(RegisterSerializer, request.data)
        super().check_throttles(request)
        try:
            user = sign_ups.register(
                asked["email"],
                asked["password"],
                self.entry_point,
                self.client(),
                phone=asked["phone"] or "",
                address=asked["address"] or "",
                language=languages.of_script(request._request),
            )
        except errors.SignUpClosedError as error:
            raise PermissionDenied(CLOSED) from error
        except errors.AddressTakenError as error:
            raise ValidationError({"email": [_("This address already has an account.")]}) from error
        return Response(self._body(user), status=201)

    def _body(self, user: User) -> dict[str, object]:
        if self.is_users:
            return {"email": user.email}
        # The clients expect a token; the real one is only ever in the mail.
        return {"user": {"id": user.pk, "email": user.email}, "token": "activation_token"}


class ActivateView(AccountView):
    """The link of the activation mail, for scripts and for navigations."""

    throttle_scope = "link"

    @schema.activate
    def get(
        self, request: Request, uid: str | None = None, token: str | None = None
    ) -> HttpResponseBase:
        try:
            sign_ups.activate(*_link(request, uid, token), self.client())
        except errors.InvalidLinkError:
            return self._answer(request, str(BAD_LINK), 400, "activation_error")
        return self._answer(request, ACTIVATED, 200, "login")

    @schema.activate_and_sign_in
    def post(self, request: Request, uid: str | None = None, token: str | None = None) -> Response:
        """By the site's own page: its reader is signed in, which a link alone must not do."""
        try:
            given = *_link(request, uid, token), self.entry_point
            session = sign_ups.activate_and_sign_in(*given, self.client())
        except errors.InvalidLinkError:
            return Response({"detail": BAD_LINK}, status=400)
        response = Response({"message": ACTIVATED})
        browsers.welcome(response, request._request, session, self.client())
        return response

    def head(self, request: Request, **kwargs: str) -> Response:
        return Response()  # link scanners must not use the link up

    def handle_exception(self, exc: Exception) -> HttpResponseBase:  # type: ignore[override]
        """A throttled navigation gets a page too, not JSON."""
        if isinstance(exc, Throttled) and self._leads_to_a_page(self.request):
            return self._page("activation_error")
        return super().handle_exception(exc)

    def _answer(self, request: Request, text: str, status: int, page: str) -> HttpResponseBase:
        if self._leads_to_a_page(request):
            return self._page(page)
        # Some clients show a failure's `message`, others its `detail`.
        body = {"message": text} if status == 200 else {"message": text, "detail": text}
        return Response(body, status=status)

    def _leads_to_a_page(self, request: Request) -> bool:
        return self.is_users or _is_navigation(request)

    def _page(self, name: str) -> HttpResponseRedirect:
        return HttpResponseRedirect(links.page(name, self.entry_point))


class ResendView(AccountView):
    throttle_scope = "mail"

    @schema.resend
    def post(self, request: Request) -> Response:
        asked = self.parsed(AddressSerializer, request.data)
        mails.ask_for(MailKind.ACTIVATION, asked["email"], self.entry_point)
        return self.message(str(SENT_AGAIN))


class EmailExistsView(AccountView):
    """Asked by one client's forms on every pause in typing."""

    throttle_scope = "email_exists"

    @schema.email_exists
    def get(self, request: Request) -> Response:
        # No address has a space, but a + that was not encoded arrives as one.
        email = request.query_params.get("email", "").strip().replace(" ", "+")
        asked = self.parsed(AddressSerializer, {"email": email})
        return Response({"exists": sign_ups.has_account(asked["email"])})


def _link(request: Request, uid: str | None, token: str | None) -> tuple[str, str]:
    """The parts of a link, out of its path or its query."""
    query = request.query_params
    return uid or query.get("uid", ""), token or query.get("token", "")


def _is_navigation(request: Request) -> bool:
    """Whether a browser navigates here, rather than a script fetching."""
    if mode := request.headers.get("Sec-Fetch-Mode"):
        return bool(mode == "navigate")
    try:
        preferred = request._request.get_preferred_type(["application/json", "text/html"])
    except ValueError:  # a header that cannot be read, which no browser sends
        return False
    return bool(preferred == "text/html")
