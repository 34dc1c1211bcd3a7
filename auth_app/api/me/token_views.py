"""API tokens: made, listed and ended by their owner."""

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import AuthenticationFailed, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from auth_app import api_tokens
from auth_app.api.me import schema
from auth_app.api.me.base import MeView
from auth_app.api.me.serializers import ApiTokenSerializer, NewApiTokenSerializer
from auth_app.models import ApiToken
from auth_app.sessions import UserChangedError

TOO_MANY = _("You have %(count)s tokens. End one that is no longer used.")
CHANGED = _("Your account has changed meanwhile. Please sign in again.")


class TokenListView(MeView):
    fresh_methods = ("POST",)

    @schema.tokens
    def get(self, request: Request) -> Response:
        return Response(ApiTokenSerializer(ApiToken.objects.filter(user=self.user), many=True).data)

    @schema.make_token
    def post(self, request: Request) -> Response:
        asked = self.parsed(NewApiTokenSerializer)
        given = asked["name"], asked["scopes"], asked["expires"]
        try:
            token, text = api_tokens.make(self.user, *given, self.client())
        except api_tokens.TooManyTokensError as error:
            raise ValidationError(
                {"detail": TOO_MANY % {"count": api_tokens.MAX_PER_USER}}
            ) from error
        except UserChangedError as error:
            raise AuthenticationFailed(CHANGED) from error
        return Response(ApiTokenSerializer(token).data | {"token": text}, status=201)


class TokenDetailView(MeView):
    @schema.end_token
    def delete(self, request: Request, token_id: int) -> Response:
        token = ApiToken.objects.filter(user=self.user, pk=token_id).first()
        if token is None:
            raise Http404
        api_tokens.end(token, self.user.pk, ip=self.client().ip)
        return Response(status=204)
