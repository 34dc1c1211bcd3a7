"""Signing in, refreshing, signing out."""

from typing import Any

from django.middleware.csrf import get_token
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt.exceptions import TokenError

from auth_app import browsers, cookies, errors, passkeys, sessions, sign_ins
from auth_app.api import schema
from auth_app.api.base import AccountView
from auth_app.api.serializers import (
    LoginSerializer,
    PasskeyAnswerSerializer,
    ProfileSerializer,
    UsersLoginSerializer,
)
from auth_app.authentication import bearer_token
from auth_app.models import Session
from auth_app.passkey_attempts import PasskeyError
from auth_app.tokens import SessionRefreshToken, tokens_of

WRONG_CREDENTIALS = _("Wrong e-mail address or password, or the account is not active yet.")
WRONG_PASSKEY = _("This passkey is not known here, or it took too long. Please try again.")
SIGNED_OUT = "Log-Out successfully! All Tokens will be deleted. Refresh token is now invalid."
NO_COOKIE = _("There is no refresh cookie.")


class LoginView(AccountView):
    throttle_scope = "login"

    @schema.login
    def post(self, request: Request) -> Response:
        serializer = UsersLoginSerializer if self.is_users else LoginSerializer
        asked = self.parsed(serializer, request.data)
        try:
            session = sign_ins.sign_in(
                sign_ins.Credentials(
                    request._request, asked["email"], asked["password"], asked["code"] or ""
                ),
                self.entry_point,
                self.client(),
                remember=bool(asked.get("remember")),
            )
        except errors.WrongCredentialsError:
            return self._refusal()
        except errors.FactorRequiredError as error:
            return self._ask_for_factor(error.text)
        except errors.TooManyAttemptsError as error:
            raise Throttled(error.wait) from error
        return self.signed_in(request, session)

    def signed_in(self, request: Request, session: Session) -> Response:
        response = self._answer(session)
        browsers.welcome(response, request._request, session, self.client())
        get_token(request._request)  # sets the readable csrftoken cookie that V reads
        return response

    def _ask_for_factor(self, text: str) -> Response:
        """In the shape that the entry point's clients show; new ones see the header."""
        headers = {"X-Second-Factor": "required"}
        if self.is_users:
            return Response({"non_field_errors": [text]}, status=400, headers=headers)
        return Response({"detail": text}, status=401, headers=headers)

    def _refusal(self) -> Response:
        if self.is_users:
            raise ValidationError({"non_field_errors": [WRONG_CREDENTIALS]})
        return Response({"detail": WRONG_CREDENTIALS}, status=401)

    def _answer(self, session: Session) -> Response:
        if self.is_users:
            return Response(ProfileSerializer(session.user).data)
        user = {"id": session.user.pk, "username": session.user.email}
        return Response({"detail": "Login successful", "user": user})


class PasskeyOptionsView(AccountView):
    """Begins signing in with a passkey."""

    throttle_scope = "login"

    @schema.passkey_options
    def post(self, request: Request) -> Response:
        if passkeys.problem():
            return Response({"detail": passkeys.problem()}, status=400)
        return Response(passkeys.begin_sign_in())


class PasskeyLoginView(LoginView):
    """Signs in with a passkey."""

    @schema.passkey_login
    def post(self, request: Request) -> Response:
        asked = self.parsed(PasskeyAnswerSerializer, request.data)
        try:
            session = sign_ins.sign_in_with_passkey(
                asked["attempt"], asked["credential"], self.client()
            )
        except (PasskeyError, sessions.UserChangedError):
            return Response({"detail": WRONG_PASSKEY}, status=401)
        return self.signed_in(request, session)


class RefreshView(AccountView):
    throttle_scope = "refresh"

    @schema.refresh
    def post(self, request: Request) -> Response:
        tokens = cookies.refresh_tokens(request, self.entry_point)
        if not tokens:
            return Response({"detail": NO_COOKIE}, status=401 if self.is_users else 400)
        session = _rotated(tokens, self.client())
        if session is None:
            # The cookies stay: this answer may come after that of a sign-in, whose they are then.
            return Response({"detail": _("The refresh token is invalid.")}, status=401)
        response = Response({"detail": "Token refreshed", "access": "new_access_token"})
        cookies.put(response, request, self.entry_point, tokens_of(session))
        return response


class LogoutView(AccountView):
    throttle_classes = []  # signing out always works

    @schema.logout
    def post(self, request: Request) -> Response:
        refresh = cookies.refresh_tokens(request, self.entry_point)
        access = [*cookies.access_tokens(request), bearer_token(request)]
        sign_ins.sign_out(refresh, access, self.client())
        return self.message(SIGNED_OUT) if refresh else Response({"detail": NO_COOKIE}, status=400)

    def finalize_response(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Every answer clears the cookies, errors included."""
        response = super().finalize_response(request, *args, **kwargs)
        if request.method == "POST":
            cookies.clear(response)
        return response


def _rotated(tokens: list[str], client: sessions.Client) -> Session | None:
    """The session of the first valid refresh token."""
    for raw in tokens:
        try:
            return sessions.rotate(SessionRefreshToken.parse(raw), client)
        except (TokenError, sessions.SessionOverError):
            continue
    return None
