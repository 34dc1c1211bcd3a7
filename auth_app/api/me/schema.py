"""How `/api/me/` is described in the OpenAPI schema."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers

from auth_app.api.me.profile_serializers import (
    AccountProfileSerializer,
    ChangedProfileSerializer,
    EnterSerializer,
    NewProfileSerializer,
)
from auth_app.api.me.serializers import (
    AddressLinkSerializer,
    ApiTokenSerializer,
    ChangeSerializer,
    CodeSerializer,
    ConfirmSerializer,
    ExportSerializer,
    FactorsSerializer,
    InvitationSerializer,
    LeaveSerializer,
    MeSerializer,
    NewApiTokenSerializer,
    NewPasskeySerializer,
    OwnPasswordSerializer,
    SessionSerializer,
)
from auth_app.api.schema import DETAIL, ERRORS
from auth_app.api.serializers import PasskeyAnswerSerializer

TEXT = serializers.CharField
UNCONFIRMED = OpenApiResponse(
    DETAIL,
    "The password was not given lately: `X-Confirm: required` asks for `POST /api/me/confirm/`.",
)
SIGNED_OUT = OpenApiResponse(DETAIL, "Nobody is signed in.")
TOO_OFTEN = OpenApiResponse(DETAIL, "Too often; see `Retry-After`.")


def described(summary: str, **options: Any) -> Callable[[Any], Any]:
    options.setdefault("tags", ["me"])
    options["responses"] |= {401: SIGNED_OUT}
    return extend_schema(summary=summary, description=options.pop("more", summary), **options)


me = described("One's own account.", responses={200: MeSerializer})
change_me = described(
    "Change one's name, telephone, postal or e-mail address.",
    more="A new e-mail address counts once the link that is mailed there was opened.",
    request=ChangeSerializer,
    responses={200: MeSerializer, 400: ERRORS, 403: UNCONFIRMED},
)
leave = described(
    "Delete the account after a wait; signs out everywhere.",
    request=LeaveSerializer,
    responses={
        200: inline_serializer(
            "Leaving", {"detail": TEXT(), "delete_at": serializers.DateTimeField()}
        ),
        400: ERRORS,
        403: UNCONFIRMED,
    },
)
keep = described("Take a planned deletion back.", request=None, responses={200: DETAIL})
clear_marks = described("Forget all of them.", responses={204: None})
confirm = described(
    "Give the password again, before changing what matters.",
    request=ConfirmSerializer,
    responses={200: DETAIL, 400: ERRORS, 429: TOO_OFTEN},
)
confirm_with_passkey = described(
    "The same with a passkey, whose question is `POST /api/login/passkey/options/`.",
    request=PasskeyAnswerSerializer,
    responses={200: DETAIL, 400: ERRORS},
)
change_password = described(
    "Change the password; every other session ends.",
    request=OwnPasswordSerializer,
    responses={200: DETAIL, 400: ERRORS, 429: TOO_OFTEN},
)
prove_address = extend_schema(
    summary="Open the link that was mailed to a new address.",
    description="Needs no session: the link is the proof. It works once.",
    tags=["me"],
    auth=[],
    request=AddressLinkSerializer,
    responses={
        200: inline_serializer("NewAddress", {"detail": TEXT(), "email": TEXT()}),
        400: ERRORS,
        429: TOO_OFTEN,
    },
)
invite = described(
    "Invite somebody by mail. Staff who may add users only.",
    tags=["accounts"],
    request=InvitationSerializer,
    responses={
        201: inline_serializer("Invited", {"id": serializers.IntegerField(), "email": TEXT()}),
        400: ERRORS,
        403: DETAIL,
    },
)
sessions = described("Where one is signed in.", responses={200: SessionSerializer(many=True)})
end_other_sessions = described(
    "Sign out everywhere else.",
    operation_id="api_me_sessions_destroy_others",
    responses={204: None},
)
end_session = described("End one session.", responses={204: None, 404: DETAIL})


class MadeTokenSerializer(ApiTokenSerializer):
    token = TEXT(help_text="Shown this once.")

    class Meta(ApiTokenSerializer.Meta):
        fields = [*ApiTokenSerializer.Meta.fields, "token"]
        read_only_fields = fields


tokens = described("One's API tokens.", responses={200: ApiTokenSerializer(many=True)})
make_token = described(
    "Make an API token for a program.",
    more="Send it as `Authorization: Bearer …`. `read` opens lists and streams, `upload` adds "
    "films, `manage` changes them; no token opens an account. A password reset ends it.",
    request=NewApiTokenSerializer,
    responses={201: MadeTokenSerializer, 400: ERRORS, 403: UNCONFIRMED},
)
end_token = described("End an API token.", responses={204: None, 404: DETAIL})
CODES = serializers.ListField(
    child=TEXT(), help_text="Recovery codes, shown this once; empty when there are some already."
)
CODES_BODY = inline_serializer("RecoveryCodes", {"recovery_codes": CODES})
OPTIONS = inline_serializer(
    "PasskeyCreation", {"attempt": TEXT(), "publicKey": serializers.DictField()}
)

factors = described("The state of the second factor.", responses={200: FactorsSerializer})
new_app = described(
    "A key for an authenticator app; a first code turns it on.",
    request=None,
    responses={
        201: inline_serializer(
            "NewApp", {"secret": TEXT(), "uri": TEXT(), "image": TEXT(help_text="data: address")}
        ),
        400: DETAIL,
        403: UNCONFIRMED,
    },
)
remove_app = described("Remove the app.", responses={204: None, 403: UNCONFIRMED})
confirm_app = described(
    "Turn the app's codes on by a first one. Every other session ends.",
    request=CodeSerializer,
    responses={200: CODES_BODY, 400: ERRORS, 403: UNCONFIRMED},
)
new_codes = described(
    "New recovery codes; the earlier ones no longer work.",
    request=None,
    responses={201: CODES_BODY, 400: DETAIL, 403: UNCONFIRMED},
)
passkey_options = described(
    "Begin to add a passkey.",
    request=None,
    responses={200: OPTIONS, 400: DETAIL, 403: UNCONFIRMED},
)
add_passkey = described(
    "Add a passkey. Every other session ends.",
    request=NewPasskeySerializer,
    responses={201: CODES_BODY, 400: ERRORS, 403: UNCONFIRMED},
)
remove_passkey = described(
    "Remove a passkey.", responses={204: None, 403: UNCONFIRMED, 404: DETAIL}
)
LIMITED = OpenApiResponse(DETAIL, "The session is in a profile with an age limit.")
profiles = described(
    "The profiles of the account, the main one first.",
    more="A session is in one of them, after signing in in the main one. Favourites, positions "
    "and rows are the profile's. With an `age_limit` one sees, in lists and streams, only films "
    "whose age rating is known and not above it, and may not change the account.",
    responses={200: AccountProfileSerializer(many=True)},
)
make_profile = described(
    "Make a profile.",
    request=NewProfileSerializer,
    responses={201: AccountProfileSerializer, 400: ERRORS, 403: LIMITED},
)
change_profile = described(
    "Change a profile.",
    more="A change of `pin` or `age_limit` wants a password that was given lately.",
    request=ChangedProfileSerializer,
    responses={200: AccountProfileSerializer, 400: ERRORS, 403: UNCONFIRMED},
)
remove_profile = described(
    "Remove a profile with its favourites and positions; sessions in it end.",
    responses={204: None, 400: ERRORS, 403: UNCONFIRMED},
)
use_profile = described(
    "Put this session into another profile.",
    more="`asks` in the list says what is needed: the profile's PIN; where it has none, and sees "
    "more than the limited one that is left, the PIN of this one; else the account's password, "
    "which opens whatever a PIN opens.",
    request=EnterSerializer,
    responses={
        200: AccountProfileSerializer,
        400: ERRORS,
        403: OpenApiResponse(DETAIL, "The PIN or password is missing or wrong."),
        429: TOO_OFTEN,
    },
)
export_state = described("Whether the file is ready.", responses={200: ExportSerializer})
ask_for_export = described(
    "Ask for everything of the account in one file.",
    request=None,
    responses={202: ExportSerializer, 403: UNCONFIRMED},
)
export_file = described(
    "The file; kept for three days.",
    responses={200: OpenApiTypes.OBJECT, 403: UNCONFIRMED, 404: DETAIL},
)
