"""The bodies of `/api/me/profiles/`."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from auth_app import profiles
from auth_app.models import Picture, Profile

OLDEST = 120


class AccountProfileSerializer(serializers.ModelSerializer[Profile]):
    """One profile of the account."""

    id = serializers.SerializerMethodField(help_text="0: the main profile.")
    has_pin = serializers.BooleanField()
    is_current = serializers.SerializerMethodField(help_text="The one that this session is in.")
    asks = serializers.SerializerMethodField(
        help_text="What entering it from the current one needs: `pin`, `password` or nothing."
    )

    class Meta:
        model = Profile
        fields = ["id", "name", "picture", "age_limit", "has_pin", "is_main", "is_current", "asks"]
        read_only_fields = fields
        extra_kwargs = {
            "age_limit": {"help_text": "Films from a higher or unknown age are hidden; null: none."}
        }

    def get_id(self, profile: Profile) -> int:
        return profiles.number(profile)

    def get_is_current(self, profile: Profile) -> bool:
        return profiles.number(profile) == profiles.number(self.context["current"])

    def get_asks(self, profile: Profile) -> str:
        return profiles.lock(self.context["current"], profile).asks


class NewProfileSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=30)
    picture = serializers.ChoiceField(Picture.choices, required=False)
    pin = serializers.RegexField(
        r"\A[0-9]{4,8}\Z",
        required=False,
        allow_null=True,
        allow_blank=True,
        error_messages={"invalid": _("A PIN has four to eight digits.")},
        help_text="Four to eight digits; null or empty: none.",
    )
    age_limit = serializers.IntegerField(
        min_value=0, max_value=OLDEST, required=False, allow_null=True
    )


class ChangedProfileSerializer(NewProfileSerializer):
    """What it leaves out stays."""

    name = serializers.CharField(max_length=30, required=False)


class EnterSerializer(serializers.Serializer[Any]):
    pin = serializers.CharField(max_length=8, required=False, allow_blank=True)
    password = serializers.CharField(
        max_length=128, required=False, allow_blank=True, trim_whitespace=False,
        help_text="Of the account; opens whatever a PIN opens.",
    )  # fmt: skip
