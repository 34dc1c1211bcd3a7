"""Name, address, password, and the end of the account."""

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import AuthenticationFailed, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from auth_app import account, cookies, errors, invitations, leaving, profiles, sessions
from auth_app.api.base import AccountView
from auth_app.api.me import schema
from auth_app.api.me.base import MeView
from auth_app.api.me.serializers import (
    AddressLinkSerializer,
    ChangeSerializer,
    InvitationSerializer,
    LeaveSerializer,
    MeSerializer,
)
from auth_app.api.registration_views import BAD_LINK
from auth_app.models import User
from auth_app.permissions import MayInvite

TAKEN = _("This address already has an account.")
LAST = _("You are the last administrator. Give somebody else these rights first.")
GONE = _("This account has been deleted.")


class AccountDetailView(MeView):
    """One's own account."""

    fresh_methods = ("DELETE",)
    limited_may = ("GET",)

    @property
    def sets_up_factors(self) -> bool:
        """Who still lacks the factor that they need sees the account, and changes nothing."""
        return self.request.method == "GET"

    @schema.me
    def get(self, request: Request) -> Response:
        return self._answer()

    @schema.change_me
    def patch(self, request: Request) -> Response:
        asked = self.parsed(ChangeSerializer)
        if "email" in asked:
            self._ask_for_address(asked.pop("email"))
        if "name" in asked:
            asked["first_name"] = asked.pop("name")
        if asked:
            account.change(self.user, asked, self.client())
        return self._answer()

    @schema.leave
    def delete(self, request: Request) -> Response:
        asked = self.parsed(LeaveSerializer)
        try:
            delete_at = leaving.ask_for_deletion(
                self.user, self.client(), with_films=asked["delete_films"]
            )
        except errors.LastAdministratorError as error:
            raise ValidationError({"detail": LAST}) from error
        except sessions.SessionOverError as error:
            raise AuthenticationFailed(GONE) from error
        text = _("Your account will be deleted. Sign in before then to keep it.")
        response = Response({"detail": text, "delete_at": delete_at})
        cookies.clear(response)
        return response

    def _answer(self) -> Response:
        user = User.objects.get(pk=self.user.pk)
        has_films = not user.is_staff and account.personal_data().has_films(user)
        about = {"has_films": has_films, "profile": profiles.current(self.user)}
        return Response(MeSerializer(user, context=about).data)

    def _ask_for_address(self, email: str | None) -> None:
        if email is None or email == self.user.email:
            account.withdraw_address(self.user)
            return
        self.require_fresh()
        try:
            account.ask_for_address(self.user, email, self.client())
        except errors.AddressTakenError as error:
            raise ValidationError({"email": [TAKEN]}) from error


class KeepView(MeView):
    @schema.keep
    def post(self, request: Request) -> Response:
        try:
            leaving.keep(self.user, self.client())
        except sessions.SessionOverError as error:
            raise AuthenticationFailed(GONE) from error
        return Response({"detail": _("Your account stays.")})


class MarksView(MeView):
    """Clears the profile's favourites or history; `clear` names the function that does."""

    limited_may = ("DELETE",)
    clear = ""

    @schema.clear_marks
    def delete(self, request: Request) -> Response:
        getattr(account.personal_data(), self.clear)(self.user)
        return Response(status=204)


class ProveAddressView(AccountView):
    """The link that was mailed to a new address; it needs no session."""

    throttle_scope = "link"

    @schema.prove_address
    def post(self, request: Request) -> Response:
        asked = self.parsed(AddressLinkSerializer, request.data)
        try:
            email = account.prove_address(asked["uid"], asked["token"], self.client())
        except errors.InvalidLinkError:
            return Response({"detail": BAD_LINK}, status=400)
        except errors.AddressTakenError:
            return Response({"detail": TAKEN}, status=400)
        return Response({"detail": _("Your address has been changed."), "email": email})


class InvitationView(MeView):
    """Staff invite an address."""

    permission_classes = [*MeView.permission_classes, MayInvite]

    @schema.invite
    def post(self, request: Request) -> Response:
        asked = self.parsed(InvitationSerializer)
        try:
            user = invitations.invite(
                asked["email"], self.user.pk, asked["name"], ip=self.client().ip
            )
        except errors.AddressTakenError as error:
            raise ValidationError({"email": [TAKEN]}) from error
        except errors.SignUpClosedError as error:
            raise ValidationError({"detail": _("This site takes no new accounts.")}) from error
        return Response({"id": user.pk, "email": user.email}, status=201)
