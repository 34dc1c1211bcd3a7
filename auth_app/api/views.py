"""Signing in and out. One view for each thing; `door` is the set of paths it hangs in."""

from typing import Any, ClassVar

from django.middleware.csrf import get_token
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.exceptions import TokenError

from auth_app import cookies, limits, services, sessions
from auth_app.api.serializers import LoginSerializer, ProfileSerializer, UsersLoginSerializer
from auth_app.api.throttles import AddressThrottle
from auth_app.authentication import CHALLENGE
from auth_app.models import Door, Session
from auth_app.tokens import SessionRefreshToken, tokens_of

WRONG_CREDENTIALS = "Wrong e-mail address or password, or the account is not active yet."
SIGNED_OUT = "Log-Out successfully! All Tokens will be deleted. Refresh token is now invalid."


class AccountView(APIView):
    """Open to everyone, whatever stale cookies they bring."""

    authentication_classes: ClassVar[list[Any]] = []
    permission_classes = [AllowAny]
    throttle_classes = [AddressThrottle]
    throttle_scope = "login"
    door = Door.API

    def get_authenticate_header(self, request: Request) -> str:
        return CHALLENGE  # makes it a 401 although nothing authenticates here

    def finalize_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(*args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    def origin(self) -> sessions.Origin:
        request = self.request._request
        agent = request.headers.get("User-Agent", "")
        return sessions.Origin(limits.client_address(request) or None, agent)


class LoginView(AccountView):
    def post(self, request: Request) -> Response:
        serializer = self._serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        asked = serializer.validated_data
        try:
            user = services.check_credentials(request._request, asked["email"], asked["password"])
        except services.WrongCredentialsError:
            return self._refusal()
        except services.TooManyAttemptsError as error:
            raise Throttled(error.wait) from error
        session = services.sign_in(
            user, self.door, self.origin(), remember=asked.get("remember", False)
        )
        response = self._answer(session)
        cookies.put(response, request, self.door, tokens_of(session))
        get_token(request._request)  # sets the readable csrftoken cookie that V reads
        return response

    @property
    def _serializer(self) -> type[LoginSerializer]:
        return UsersLoginSerializer if self.door == Door.USERS else LoginSerializer

    def _refusal(self) -> Response:
        if self.door == Door.USERS:
            raise ValidationError({"non_field_errors": [WRONG_CREDENTIALS]})
        return Response({"detail": WRONG_CREDENTIALS}, status=401)

    def _answer(self, session: Session) -> Response:
        if self.door == Door.USERS:
            return Response(ProfileSerializer(session.user).data)
        user = {"id": session.user.pk, "username": session.user.email}
        return Response({"detail": "Login successful", "user": user})


class RefreshView(AccountView):
    throttle_scope = "refresh"

    def post(self, request: Request) -> Response:
        tokens = cookies.refresh_tokens(request, self.door)
        if not tokens:
            status = 401 if self.door == Door.USERS else 400
            return Response({"detail": "There is no refresh cookie."}, status=status)
        session = _rotated(tokens)
        if session is None:
            response = Response({"detail": "The refresh token is invalid."}, status=401)
            cookies.clear(response)
            return response
        response = Response({"detail": "Token refreshed", "access": "new_access_token"})
        cookies.put(response, request, self.door, tokens_of(session))
        return response


class LogoutView(AccountView):
    throttle_scope = "refresh"

    def post(self, request: Request) -> Response:
        tokens = cookies.refresh_tokens(request, self.door)
        for token in tokens:
            services.sign_out(token, self.origin())
        response = self._answer(had_cookie=bool(tokens))
        cookies.clear(response)
        return response

    def _answer(self, *, had_cookie: bool) -> Response:
        if not had_cookie:
            return Response({"detail": "There is no refresh cookie."}, status=400)
        return Response({"message" if self.door == Door.USERS else "detail": SIGNED_OUT})


def _rotated(tokens: list[str]) -> Session | None:
    """The session of the first refresh token that is still good."""
    for raw in tokens:
        try:
            return sessions.rotate(SessionRefreshToken(raw))
        except (TokenError, sessions.SessionOverError):
            continue
    return None
