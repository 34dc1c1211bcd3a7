"""Showing again that it is oneself, by password or passkey; a new password."""

from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from auth_app import account, errors, passkeys, sessions, sign_ins
from auth_app.api.me import schema
from auth_app.api.me.base import MeView
from auth_app.api.me.serializers import ConfirmSerializer, OwnPasswordSerializer
from auth_app.api.serializers import PasskeyAnswerSerializer
from auth_app.passkey_attempts import PasskeyError

WRONG_PASSWORD = _("This is not your password.")
WRONG_PASSKEY = _("This is not a passkey of this account, or it took too long. Please try again.")


class ConfirmView(MeView):
    """Giving the password again, and the second factor if there is one."""

    sets_up_factors = True

    @schema.confirm
    def post(self, request: Request) -> Response:
        refusal = self._check(**self.parsed(ConfirmSerializer))
        if refusal:
            return refusal
        sessions.confirm(self.session)
        return Response({"detail": _("Thank you.")})

    def _check(self, password: str, code: str | None) -> Response | None:
        try:
            sign_ins.check_credentials(self.request._request, self.user.email, password, code or "")
        except errors.FactorRequiredError as error:
            headers = {"X-Second-Factor": "required"}
            return Response({"code": [error.text]}, status=400, headers=headers)
        except errors.WrongCredentialsError as error:
            raise ValidationError({"password": [WRONG_PASSWORD]}) from error
        except errors.TooManyAttemptsError as error:
            raise Throttled(error.wait) from error
        return None


class ConfirmPasskeyView(MeView):
    """The same with a passkey, also for accounts without a password."""

    @schema.confirm_with_passkey
    def post(self, request: Request) -> Response:
        asked = self.parsed(PasskeyAnswerSerializer)
        try:
            owner = passkeys.user_of(asked["attempt"], asked["credential"])
        except PasskeyError as error:
            raise ValidationError({"detail": WRONG_PASSKEY}) from error
        if owner.pk != self.user.pk:
            raise ValidationError({"detail": WRONG_PASSKEY})
        sessions.confirm(self.session)
        return Response({"detail": _("Thank you.")})


class OwnPasswordView(MeView):
    @schema.change_password
    def post(self, request: Request) -> Response:
        asked = self.parsed(OwnPasswordSerializer)
        try:
            checked = sign_ins.check_password(
                self.request._request, self.user.email, asked["old_password"]
            )
            account.change_password(self.session, checked, asked["new_password"], self.client())
        except (errors.WrongCredentialsError, sessions.UserChangedError) as error:
            raise ValidationError({"old_password": [WRONG_PASSWORD]}) from error
        except errors.TooManyAttemptsError as error:
            raise Throttled(error.wait) from error
        except DjangoValidationError as error:
            raise ValidationError({"new_password": error.messages}) from error
        return Response({"detail": _("Your password has been changed.")})
