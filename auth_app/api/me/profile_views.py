"""Profiles of one's account, and changing to another one."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import PermissionDenied, Throttled, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from auth_app import errors, profiles
from auth_app.api.me import schema
from auth_app.api.me.base import MeView
from auth_app.api.me.profile_serializers import (
    AccountProfileSerializer,
    ChangedProfileSerializer,
    EnterSerializer,
    NewProfileSerializer,
)
from auth_app.models import Profile

TOO_MANY = _("An account has %(count)s profiles at most.")
MAIN_IS_OPEN = _("The main profile can have no age limit.")
MAIN_STAYS = _("The main profile cannot be removed.")
ASKS = {
    profiles.PIN: _("Please give the PIN."),
    profiles.PASSWORD: _("Please give the password of the account."),
}
WRONG = {
    profiles.PIN: _("This is not the PIN."),
    profiles.PASSWORD: _("This is not the password of the account."),
}
GUARDED = {"pin", "age_limit"}


class ProfilesView(MeView):
    limited_may = ("GET",)

    @schema.profiles
    def get(self, request: Request) -> Response:
        found = profiles.of(self.user)
        return Response(_shown(found, profiles.current(self.user), many=True))

    @schema.make_profile
    def post(self, request: Request) -> Response:
        asked = self.parsed(NewProfileSerializer)
        try:
            made = profiles.make(self.user, asked, self.client())
        except profiles.TooManyProfilesError as error:
            raise ValidationError(
                {"detail": TOO_MANY % {"count": profiles.MAX_PER_USER}}
            ) from error
        return Response(_shown(made, profiles.current(self.user)), status=201)


class ProfileView(MeView):
    @schema.change_profile
    def patch(self, request: Request, profile_id: int) -> Response:
        profile = _found(self, profile_id)
        asked = self.parsed(ChangedProfileSerializer)
        if profile.is_main and asked.get("age_limit") is not None:
            raise ValidationError({"age_limit": [MAIN_IS_OPEN]})
        if GUARDED & asked.keys():
            self.require_fresh()
        profiles.change(profile, asked, self.client())
        return Response(_shown(_found(self, profile_id), profiles.current(self.user)))

    @schema.remove_profile
    def delete(self, request: Request, profile_id: int) -> Response:
        profile = _found(self, profile_id)
        if profile.is_main:
            raise ValidationError({"detail": MAIN_STAYS})
        self.require_fresh()
        profiles.remove(profile, self.client())
        return Response(status=204)


class UseProfileView(MeView):
    limited_may = ("POST",)

    @schema.use_profile
    def post(self, request: Request, profile_id: int) -> Response:
        wanted = _found(self, profile_id)
        asked = self.parsed(EnterSerializer)
        try:
            profiles.enter(request._request, self.session, wanted, asked)
        except profiles.LockedProfileError as error:
            raise PermissionDenied((WRONG if error.is_wrong else ASKS)[error.asks]) from error
        except errors.TooManyAttemptsError as error:
            raise Throttled(error.wait) from error
        return Response(_shown(wanted, wanted))


def _found(view: MeView, profile_id: int) -> Profile:
    profile = profiles.find(view.user, profile_id)
    if profile is None:
        raise Http404
    return profile


def _shown(found: Any, current: Profile, *, many: bool = False) -> Any:
    return AccountProfileSerializer(found, many=many, context={"current": current}).data
