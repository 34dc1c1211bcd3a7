"""The base class of the views of one's own account."""

from typing import Any, cast

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from auth_app import limits, sessions
from auth_app.models import Session, User

CONFIRM = _("Please confirm that it is you: give your password again.")
CONFIRM_WITHOUT_PASSWORD = _("Please confirm that it is you: with a passkey, or sign in again.")


class MeView(APIView):
    """For the user of a session. API tokens are refused: no scope opens an account.

    The methods in `fresh_methods` need a password that was given lately; without one the
    answer is 403 with the header `X-Confirm: required`. To profiles of limited age the account
    is closed, but for the methods in `limited_may`.
    """

    permission_classes = [IsAuthenticated]
    fresh_methods: tuple[str, ...] = ()
    limited_may: tuple[str, ...] = ()
    wants_confirmation = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method in self.fresh_methods:
            self.require_fresh()

    def require_fresh(self) -> None:
        if not sessions.is_fresh(self.session):
            self.wants_confirmation = True
            has_password = self.user.has_usable_password()
            raise PermissionDenied(CONFIRM if has_password else CONFIRM_WITHOUT_PASSWORD)

    def finalize_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(*args, **kwargs)
        response["Cache-Control"] = "no-store"
        if self.wants_confirmation:
            response["X-Confirm"] = "required"
        return response

    @property
    def session(self) -> Session:
        return cast(Session, self.request.auth)

    @property
    def user(self) -> User:
        return cast(User, self.request.user)

    def parsed(self, serializer: type[BaseSerializer[Any]]) -> dict[str, Any]:
        """The validated body, or a 400."""
        bound = serializer(data=self.request.data)
        bound.is_valid(raise_exception=True)
        return dict(bound.validated_data)

    def client(self) -> sessions.Client:
        request = self.request._request
        agent = request.headers.get("User-Agent", "")
        return sessions.Client(limits.client_address(request) or None, agent)
