"""The base class of all account views."""

from typing import Any

from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from auth_app import limits, sessions
from auth_app.api.throttles import AddressThrottle
from auth_app.authentication import CHALLENGE
from auth_app.models import EntryPoint


class AccountView(APIView):
    """Open to everyone; access tokens are ignored, stale ones included.

    `entry_point` is the set of paths that the view belongs to: it decides cookies and bodies.
    """

    authentication_classes = ()
    permission_classes = [AllowAny]
    throttle_classes = [AddressThrottle]
    throttle_scope: str
    entry_point: str = EntryPoint.API

    def get_authenticate_header(self, request: Request) -> str:
        return CHALLENGE  # makes it a 401 although no authentication class is set

    def finalize_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(*args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    @property
    def is_users(self) -> bool:
        return self.entry_point == EntryPoint.USERS

    def parsed(self, serializer: type[BaseSerializer[Any]], given: Any) -> dict[str, Any]:
        """The validated body, or a 400."""
        bound = serializer(data=given)
        bound.is_valid(raise_exception=True)
        return dict(bound.validated_data)

    def message(self, text: str, status: int = 200) -> Response:
        """A message, under the key that the entry point's clients read."""
        return Response({"message" if self.is_users else "detail": text}, status=status)

    def client(self) -> sessions.Client:
        request = self.request._request
        agent = request.headers.get("User-Agent", "")
        return sessions.Client(limits.client_address(request) or None, agent)
