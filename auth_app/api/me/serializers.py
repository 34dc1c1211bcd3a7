"""The bodies of `/api/me/`."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from auth_app.api.me.profile_serializers import AccountProfileSerializer
from auth_app.api.serializers import (
    AddressField,
    NewPasswordSerializer,
    PasskeyAnswerSerializer,
    code_field,
    password_field,
)
from auth_app.devices import in_words
from auth_app.models import ApiToken, Passkey, Scope, Session, User


class MeSerializer(serializers.ModelSerializer[User]):
    """The account as its owner sees it."""

    name = serializers.CharField(source="first_name")
    new_email = serializers.CharField(
        read_only=True, help_text='An address whose link was not opened yet, or "".'
    )
    profile = serializers.SerializerMethodField(help_text="The one that this session is in.")
    has_password = serializers.BooleanField(
        source="has_usable_password",
        read_only=True,
        help_text="Accounts of a provider, and of passkeys alone, may have none.",
    )
    has_films = serializers.SerializerMethodField(
        help_text="Whether deleting the account may take films along."
    )

    class Meta:
        model = User
        fields = ["id", "email", "username", "name", "phone", "address", "new_email", "is_staff"]
        fields += ["date_joined", "delete_at", "has_password", "has_films", "language", "profile"]
        read_only_fields = fields
        extra_kwargs = {
            "delete_at": {"help_text": "When the account will be deleted; null: never."},
        }

    @extend_schema_field(AccountProfileSerializer)
    def get_profile(self, user: User) -> Any:
        current = self.context["profile"]
        return AccountProfileSerializer(current, context={"current": current}).data

    def get_has_films(self, user: User) -> bool:
        return bool(self.context["has_films"])


class ChangeSerializer(serializers.Serializer[Any]):
    """What `PATCH` takes; what it leaves out stays."""

    name = serializers.CharField(max_length=150, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    address = serializers.CharField(max_length=200, required=False, allow_blank=True)
    language = serializers.ChoiceField(
        settings.LANGUAGES,
        required=False,
        allow_blank=True,
        help_text='Of the site and of mails; "": the browser\'s, and English in mails.',
    )
    email = AddressField(
        required=False,
        allow_null=True,
        help_text="A link is mailed there; null withdraws an address whose link is unopened.",
    )


class LeaveSerializer(serializers.Serializer[Any]):
    delete_films = serializers.BooleanField(
        default=False, help_text="Also the films that you uploaded; those of staff stay."
    )


class OwnPasswordSerializer(NewPasswordSerializer):
    old_password = password_field(_("your present password"))


class ConfirmSerializer(serializers.Serializer[Any]):
    password = password_field(_("your password"))
    code = code_field()


class AddressLinkSerializer(serializers.Serializer[Any]):
    """The parts of the mailed link."""

    uid = serializers.CharField(max_length=100)
    token = serializers.CharField(max_length=200)


class InvitationSerializer(serializers.Serializer[Any]):
    email = AddressField()
    name = serializers.CharField(max_length=150, default="", allow_blank=True)


class SessionSerializer(serializers.ModelSerializer[Session]):
    """One sign-in."""

    browser = serializers.SerializerMethodField(help_text="in words")
    last_used_at = serializers.DateTimeField(source="rotated_at")
    expires_at = serializers.DateTimeField(source="refresh_expires_at")
    is_current = serializers.SerializerMethodField(help_text="the one that asks")

    class Meta:
        model = Session
        fields = ["id", "browser", "ip", "created_at", "last_used_at", "expires_at", "is_current"]
        read_only_fields = fields

    def get_browser(self, session: Session) -> str:
        return in_words(session.user_agent)

    def get_is_current(self, session: Session) -> bool:
        return bool(session.pk == self.context["current"])


class ApiTokenSerializer(serializers.ModelSerializer[ApiToken]):
    """A token as it is listed; its text is shown once, when it is made."""

    scopes = serializers.ListField(child=serializers.ChoiceField(Scope.choices))

    class Meta:
        model = ApiToken
        fields = ["id", "name", "scopes", "hint", "created_at", "expires_at", "last_used_at"]
        read_only_fields = fields


class NewApiTokenSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=100)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(Scope.choices), allow_empty=False, max_length=3
    )
    expires = serializers.DateTimeField(required=False, allow_null=True, default=None)

    def validate_expires(self, expires: datetime | None) -> datetime | None:
        if expires and expires <= timezone.now():
            raise serializers.ValidationError(_("This is in the past."))
        return expires


class PasskeySerializer(serializers.ModelSerializer[Passkey]):
    class Meta:
        model = Passkey
        fields = ["id", "name", "created_at", "last_used_at"]
        read_only_fields = fields


class FactorsSerializer(serializers.Serializer[Any]):
    """The state of the second factor."""

    is_on = serializers.BooleanField(help_text="whether signing in asks for it")
    is_required = serializers.BooleanField(help_text="staff who need one")
    has_app = serializers.BooleanField()
    passkeys = PasskeySerializer(many=True)
    recovery_codes_left = serializers.IntegerField()
    passkeys_problem = serializers.CharField(help_text="why there can be no passkeys; or empty")


class CodeSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=40)


class NewPasskeySerializer(PasskeyAnswerSerializer):
    name = serializers.CharField(max_length=100)


class ExportSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(["none", "due", "ready"])
    created_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    url = serializers.CharField(allow_null=True, help_text="of the file, for its owner alone")
