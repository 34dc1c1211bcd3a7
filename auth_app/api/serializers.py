"""Shapes and field rules of the account endpoints."""

from typing import Any

from rest_framework import serializers

from auth_app.models import User

PASSWORD_MAX = 1024


class _Named:
    """No two fields share a message: clients show every message of a body."""

    name: str

    def __init__(self, **kwargs: Any) -> None:
        name = kwargs.pop("name", self.name)
        asked = f"Please enter {name}."
        kwargs["error_messages"] = {
            "required": asked,
            "blank": asked,
            "null": asked,
            "invalid": f"This is not {name}.",
            "max_length": f"This is too long for {name}.",
        }
        super().__init__(**kwargs)


class AddressField(_Named, serializers.EmailField):
    name = "a valid e-mail address"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)
        # The validator has a message of its own, which would win.
        for validator in self.validators:
            if validator.__class__.__name__ == "EmailValidator":
                validator.message = "This is not a valid e-mail address."


class LoginField(_Named, serializers.CharField):
    """An address as typed at the door: whatever it is, it is right or wrong."""

    name = "your e-mail address"


class PasswordField(_Named, serializers.CharField):
    """Kept exactly as typed, spaces included."""

    name = "a password"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=PASSWORD_MAX, trim_whitespace=False, write_only=True, **kwargs)


class LoginSerializer(serializers.Serializer[Any]):
    email = LoginField()
    password = PasswordField()


class UsersLoginSerializer(LoginSerializer):
    remember = serializers.BooleanField(default=False)


class ProfileSerializer(serializers.ModelSerializer[User]):
    """What `/users/login/` returns."""

    favorite_videos = serializers.PrimaryKeyRelatedField(many=True, read_only=True)

    class Meta:
        model = User
        fields = ["id", "username", "email", "phone", "address", "favorite_videos"]
        read_only_fields = fields
