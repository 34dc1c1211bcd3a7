"""Second factors: an authenticator app, passkeys, recovery codes."""

import segno
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from auth_app import factors, passkeys, recovery_codes
from auth_app.api.me import schema
from auth_app.api.me.base import MeView
from auth_app.api.me.serializers import CodeSerializer, FactorsSerializer, NewPasskeySerializer
from auth_app.errors import FactorRequiredError
from auth_app.models import Passkey, Totp
from auth_app.passkey_attempts import PasskeyError


class FactorView(MeView):
    """Open to staff who still lack the factor that they need."""

    sets_up_factors = True
    fresh_methods = ("POST", "DELETE")


class FactorsView(FactorView):
    @schema.factors
    def get(self, request: Request) -> Response:
        user = self.user
        state = {
            "is_on": user.second_factor_at is not None,
            "is_required": user.lacks_required_factor,
            "has_app": Totp.objects.filter(user=user, confirmed_at__isnull=False).exists(),
            "passkeys": Passkey.objects.filter(user=user),
            "recovery_codes_left": user.recovery_codes.count(),
            "passkeys_problem": passkeys.problem(),
        }
        return Response(FactorsSerializer(state).data)


class AppView(FactorView):
    @schema.new_app
    def post(self, request: Request) -> Response:
        if Totp.objects.filter(user=self.user, confirmed_at__isnull=False).exists():
            return Response({"detail": _("Remove your present app first.")}, status=400)
        secret = factors.new_app(self.user)
        uri = factors.uri_of(self.user, secret)
        image = segno.make(uri, error="m").svg_data_uri(scale=5, border=4, light="#fff")
        return Response({"secret": secret, "uri": uri, "image": image}, status=201)

    @schema.remove_app
    def delete(self, request: Request) -> Response:
        factors.remove_app(self.user, self.client())
        return Response(status=204)


class ConfirmAppView(FactorView):
    @schema.confirm_app
    def post(self, request: Request) -> Response:
        asked = self.parsed(CodeSerializer)
        try:
            codes = factors.confirm_app(self.session, asked["code"], self.client())
        except FactorRequiredError as error:
            raise ValidationError({"code": [error.text]}) from error
        return Response({"recovery_codes": codes})


class RecoveryView(FactorView):
    @schema.new_codes
    def post(self, request: Request) -> Response:
        if self.user.second_factor_at is None:
            return Response({"detail": _("There is no second factor to recover.")}, status=400)
        return Response({"recovery_codes": recovery_codes.renew(self.user)}, status=201)


class NewPasskeyView(FactorView):
    @schema.passkey_options
    def post(self, request: Request) -> Response:
        if problem := passkeys.problem():
            return Response({"detail": problem}, status=400)
        return Response(passkeys.begin_registration(self.user))


class PasskeysView(FactorView):
    @schema.add_passkey
    def post(self, request: Request) -> Response:
        asked = self.parsed(NewPasskeySerializer)
        given = asked["attempt"], asked["name"], asked["credential"]
        try:
            _passkey, codes = passkeys.register(self.session, *given, self.client())
        except PasskeyError as error:
            raise ValidationError({"detail": _("That did not work. Please try again.")}) from error
        return Response({"recovery_codes": codes}, status=201)


class PasskeyView(FactorView):
    @schema.remove_passkey
    def delete(self, request: Request, passkey_id: int) -> Response:
        passkey = Passkey.objects.filter(user=self.user, pk=passkey_id).first()
        if passkey is None:
            raise Http404
        passkeys.remove(passkey, self.client())
        return Response(status=204)
