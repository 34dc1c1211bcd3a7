"""How the account endpoints are described in the OpenAPI schema."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    inline_serializer,
)
from rest_framework import serializers

from auth_app.api.serializers import (
    AddressSerializer,
    LoginSerializer,
    NewPasswordSerializer,
    PasskeyAnswerSerializer,
    RegisterSerializer,
)

F = TypeVar("F", bound=Callable[..., Any])
TEXT = serializers.CharField
WITH_COOKIES = " Sets the HttpOnly cookies with the tokens."


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "auth_app.authentication.SessionTokenAuthentication"
    name = ["session", "token"]

    def get_security_definition(self, auto_schema: Any) -> Any:
        cookie = {"type": "apiKey", "in": "cookie", "name": settings.JWT_COOKIE_NAMES["api"][0]}
        bearer = {"type": "http", "scheme": "bearer"}
        return [
            cookie | {"description": "Set by signing in; requests need `credentials: include`."},
            bearer | {"description": "An API token (`vft_…`), made in the account."},
        ]

    def get_security_requirement(self, auto_schema: Any) -> Any:
        """A token opens only what names scopes, one of which is enough."""
        scopes = getattr(auto_schema.view, "token_scopes", {}).get(auto_schema.method, ())
        return [{"session": []}, *({"token": [scope]} for scope in scopes)]


def _body(name: str, **fields: Any) -> serializers.Serializer[Any]:
    return inline_serializer(name, fields)


def _described(summary: str, **options: Any) -> Callable[[F], F]:
    options["responses"] |= {429: OpenApiResponse(DETAIL, "Too often; see `Retry-After`.")}
    return extend_schema(
        summary=summary, description=summary, tags=["accounts"], auth=[], **options
    )


DETAIL = _body("Detail", detail=TEXT())
MESSAGE = _body("Message", message=TEXT())
ERRORS = OpenApiResponse(OpenApiTypes.OBJECT, "`{field: [messages]}` or `{detail}`")
USER = _body("RegisteredUser", id=serializers.IntegerField(), email=serializers.EmailField())
SIGNED_IN = _body("SignedInUser", id=serializers.IntegerField(), username=serializers.EmailField())
WELCOME = _body("SignedIn", detail=TEXT(), user=SIGNED_IN)

register = _described(
    "Make an account; its activation link is mailed.",
    request=RegisterSerializer,
    responses={
        201: _body("Registered", user=USER, token=TEXT(help_text="a placeholder")),
        400: ERRORS,
        403: OpenApiResponse(DETAIL, "Accounts are made by invitation only."),
    },
)
activate = _described(
    "Confirm the address, once. Browsers that navigate here are redirected.",
    responses={200: MESSAGE, 302: None, 400: _body("BadLink", message=TEXT(), detail=TEXT())},
)
activate_and_sign_in = _described(
    "Confirm the address, once, and sign in." + WITH_COOKIES,
    request=None,
    responses={200: MESSAGE, 400: DETAIL},
)
resend = _described(
    "Mail the activation link again, if there is an account that waits for it.",
    request=AddressSerializer,
    responses={200: DETAIL, 400: ERRORS},
)
login = _described(
    "Sign in." + WITH_COOKIES,
    request=LoginSerializer,
    responses={
        200: WELCOME,
        400: ERRORS,
        401: OpenApiResponse(
            DETAIL,
            "Wrong; or, with the header `X-Second-Factor: required`, right but without the "
            "second factor: send the same body again with `code`.",
        ),
    },
)
passkey_options = _described(
    "Begin to sign in with a passkey.",
    request=None,
    responses={
        200: _body("PasskeyOptions", attempt=TEXT(), publicKey=serializers.DictField()),
        400: OpenApiResponse(DETAIL, "This site cannot offer passkeys; `detail` says why."),
    },
)
passkey_login = _described(
    "Sign in with a passkey." + WITH_COOKIES,
    request=PasskeyAnswerSerializer,
    responses={
        200: WELCOME,
        400: ERRORS,
        401: DETAIL,
    },
)
refresh = _described(
    "Exchange the refresh cookie." + WITH_COOKIES,
    request=None,
    responses={
        200: _body("Refreshed", detail=TEXT(), access=TEXT(help_text="a placeholder")),
        400: OpenApiResponse(DETAIL, "There is no refresh cookie: nobody is signed in."),
        401: OpenApiResponse(DETAIL, "It is too old, or its session has ended: sign in again."),
    },
)
logout = _described(
    "Sign out: the session ends, all cookies are cleared.",
    request=None,
    responses={200: DETAIL, 400: OpenApiResponse(DETAIL, "Nobody was signed in.")},
)
forgot_password = _described(
    "Mail a link to choose a new password. The answer is the same for every address.",
    request=AddressSerializer,
    responses={200: DETAIL, 400: ERRORS},
)
reset_password = _described(
    "Choose a new password, once per link; all sessions end.",
    request=NewPasswordSerializer,
    responses={200: DETAIL, 400: ERRORS},
)
email_exists = _described(
    "Whether an address has an account.",
    parameters=[OpenApiParameter("email", OpenApiTypes.EMAIL, required=True)],
    responses={
        200: _body("EmailExists", exists=serializers.BooleanField()),
        400: ERRORS,
    },
)
