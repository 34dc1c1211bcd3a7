"""Asking for a reset link and setting a new password by it."""

from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from auth_app import errors, mails, password_resets
from auth_app.api import schema
from auth_app.api.base import AccountView
from auth_app.api.registration_views import BAD_LINK
from auth_app.api.serializers import (
    AddressSerializer,
    NewPasswordSerializer,
    UsersNewPasswordSerializer,
)
from auth_app.models import MailKind

SENT = "An email has been sent to reset your password."
CHANGED = "Your Password has been successfully reset."


class ForgotPasswordView(AccountView):
    throttle_scope = "mail"

    @schema.forgot_password
    def post(self, request: Request) -> Response:
        asked = self.parsed(AddressSerializer, request.data)
        mails.ask_for(MailKind.RESET, asked["email"], self.entry_point)
        return self.message(SENT)


class ResetPasswordView(AccountView):
    throttle_scope = "link"

    @schema.reset_password
    def post(self, request: Request, **link: str) -> Response:
        """`link` holds uid and token when they are in the path; else the body has them."""
        serializer = NewPasswordSerializer if link else UsersNewPasswordSerializer
        asked = self.parsed(serializer, request.data) | link
        try:
            password_resets.reset_password(
                asked["uid"], asked["token"], asked["new_password"], self.entry_point, self.client()
            )
        except errors.InvalidLinkError:
            return Response({"detail": BAD_LINK}, status=400)
        except DjangoValidationError as error:
            raise ValidationError({"password": error.messages}) from error
        return self.message(CHANGED)
