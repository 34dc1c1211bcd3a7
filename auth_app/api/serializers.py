"""The account endpoints' bodies and their field rules."""

from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.module_loading import import_string
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from auth_app.managers import normalized
from auth_app.models import User

A_PASSWORD = _("a password")


def _asking_for(name: Any) -> dict[str, Any]:
    """Messages that differ for every field, because clients show all messages of a body."""
    asked = format_lazy(_("Please enter {name}."), name=name)
    return {
        "required": asked,
        "blank": asked,
        "null": asked,
        "invalid": format_lazy(_("This is not {name}."), name=name),
        "max_length": format_lazy(_("This is too long for {name}."), name=name),
    }


class AddressField(serializers.EmailField):
    """An address in its one spelling, of which the rules are checked: `İ` grows in lower case."""

    def __init__(self, **options: Any) -> None:
        messages = _asking_for(_("a valid e-mail address"))
        super().__init__(max_length=254, error_messages=messages, **options)

    def to_internal_value(self, data: Any) -> str:
        return normalized(super().to_internal_value(data))


def password_field(name: Any = A_PASSWORD) -> serializers.CharField:
    """Kept as typed, spaces included."""
    return serializers.CharField(
        max_length=1024,
        trim_whitespace=False,
        write_only=True,
        error_messages=_asking_for(name),
    )


def _confirmation() -> serializers.CharField:
    """Optional; only `_match` reports errors of it."""
    return serializers.CharField(
        required=False,
        allow_blank=True,
        allow_null=True,
        trim_whitespace=False,
        write_only=True,
    )


def code_field() -> serializers.CharField:
    return serializers.CharField(
        max_length=40,
        default="",
        allow_blank=True,
        allow_null=True,
        write_only=True,
        help_text="Of an authenticator app, or a recovery code; when `X-Second-Factor` asks.",
    )


class PasskeyAnswerSerializer(serializers.Serializer[Any]):
    """What the browser's authenticator has answered, in base64url."""

    attempt = serializers.CharField(max_length=64)
    credential = serializers.DictField(help_text="A PublicKeyCredential as its `toJSON` spells it.")


class LoginSerializer(serializers.Serializer[Any]):
    # Also a user name, so it need not be an address.
    email = serializers.CharField(
        max_length=254, error_messages=_asking_for(_("your e-mail address"))
    )
    password = password_field(_("your password"))
    code = code_field()


class UsersLoginSerializer(LoginSerializer):
    remember = serializers.BooleanField(default=False, allow_null=True)


class RegisterSerializer(serializers.Serializer[Any]):
    """Fields that it does not name (`is_staff`, `privacy_policy`, …) are ignored."""

    email = AddressField()
    password = password_field()
    confirmed_password = _confirmation()
    confirm_password = _confirmation()
    phone = serializers.CharField(max_length=40, default="", allow_blank=True, allow_null=True)
    address = serializers.CharField(max_length=200, default="", allow_blank=True, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        _match(attrs, attrs["password"], "confirmed_password", "confirm_password")
        user = User(email=attrs["email"], username=attrs["email"])
        try:
            validate_password(attrs["password"], user)
        except DjangoValidationError as error:
            raise serializers.ValidationError({"password": error.messages}) from error
        return attrs


class AddressSerializer(serializers.Serializer[Any]):
    email = AddressField()


class NewPasswordSerializer(serializers.Serializer[Any]):
    new_password = password_field(_("a new password"))
    confirm_password = _confirmation()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        _match(attrs, attrs["new_password"], "confirm_password")
        return attrs


class UsersNewPasswordSerializer(NewPasswordSerializer):
    """`/users/` sends the parts of the link in the body."""

    uid = serializers.CharField(error_messages=_asking_for(_("the link's uid")))
    token = serializers.CharField(error_messages=_asking_for(_("the link's token")))


class ProfileSerializer(serializers.ModelSerializer[User]):
    """What `/users/login/` returns."""

    favorite_videos = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ["id", "username", "email", "phone", "address", "favorite_videos"]
        read_only_fields = fields

    def get_favorite_videos(self, user: User) -> list[int]:
        return list(import_string(settings.FAVORITES)(user))


def _match(attrs: dict[str, Any], password: str, *names: str) -> None:
    """Errors stand under `password`, the only key that every client shows."""
    if any(attrs.get(name, password) != password for name in names):
        raise serializers.ValidationError({"password": [_("The passwords do not match.")]})
