"""The links in the mails: making and checking their tokens."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.signing import BadSignature, TimestampSigner
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from auth_app.models import SignUp, User
from auth_app.tokens import PRIMARY_KEY


class ActivationTokenGenerator(PasswordResetTokenGenerator):
    """Tokens of one sign-up; invalid for ever after the account's first activation."""

    key_salt = "auth_app.links.activation"

    def _make_hash_value(self, sign_up: SignUp, timestamp: int) -> str:  # type: ignore[override]
        user = sign_up.user
        state = (user.email, user.is_active, user.activated_at)
        return "|".join(map(str, (sign_up.pk, sign_up.password, user.pk, *state, timestamp)))


class ResetTokenGenerator(PasswordResetTokenGenerator):
    """Tokens of a user; invalid once the password or the address has changed.

    Unlike Django's own they survive a sign-in: otherwise a thief of the password could keep
    its owner from changing it. The password of an unproved address is left out, because
    every stranger's sign-up changes it.
    """

    key_salt = "auth_app.links.reset"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        password = "" if user.is_awaiting_activation else user.password
        return f"{user.pk}{user.email}{password}{timestamp}"


class AddressTokenGenerator(PasswordResetTokenGenerator):
    """Tokens of a new address; invalid once it, the present one or the password has changed."""

    key_salt = "auth_app.links.address"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{user.pk}|{user.email}|{user.new_email}|{user.password}|{timestamp}"


activation_tokens = ActivationTokenGenerator()
reset_tokens = ResetTokenGenerator()
address_tokens = AddressTokenGenerator()
invitation_signer = TimestampSigner(salt="auth_app.links.invitation")
INVITATION_SECONDS = 7 * 24 * 3600


def activation_link(sign_up: SignUp, entry_point: str) -> str:
    token = activation_tokens.make_token(sign_up)  # type: ignore[arg-type]
    return _link("activate", entry_point, sign_up.user, f"{sign_up.pk}-{token}")


def reset_link(user: User, entry_point: str) -> str:
    return _link("reset", entry_point, user, reset_tokens.make_token(user))


def address_link(user: User) -> str:
    return _link("address", "api", user, address_tokens.make_token(user))


def moves_address(user: User, token: str) -> bool:
    """Whether the token proves the address that the user has asked for."""
    return bool(user.is_active and user.new_email) and address_tokens.check_token(user, token)


def invitation_link(user: User, entry_point: str) -> str:
    """It sets the first password, as a reset link does, and lives for a week."""
    return _link("reset", entry_point, user, invitation_signer.sign(str(user.pk)))


def invites(user: User, token: str) -> bool:
    """Whether the token is an invitation of a user who has not followed one yet."""
    if not (user.is_awaiting_activation and user.invited_at):
        return False
    try:
        return invitation_signer.unsign(token, max_age=INVITATION_SECONDS) == str(user.pk)
    except BadSignature:
        return False


def page(name: str, entry_point: str) -> str:
    """A page of the front end that uses this entry point; never from the request's Host."""
    return str(settings.FRONTEND_PAGES[entry_point][name])


def user_of(uid: str) -> User | None:
    """The user of a link's `uid`; None when it names none."""
    try:
        key = urlsafe_base64_decode(uid).decode("ascii")
    except ValueError:
        return None
    return User.objects.filter(pk=key).first() if PRIMARY_KEY.fullmatch(key) else None


def sign_up_of(uid: str, token: str) -> SignUp | None:
    """The sign-up of an activation link; None when the link is invalid."""
    user = user_of(uid)
    number, _, rest = token.partition("-")
    if user is None or not PRIMARY_KEY.fullmatch(number):
        return None
    sign_up = user.sign_ups.select_related("user").filter(pk=number).first()
    is_good = activation_tokens.check_token(sign_up, rest)  # type: ignore[arg-type]
    return sign_up if is_good else None


def _link(name: str, entry_point: str, user: User, token: str) -> str:
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return f"{page(name, entry_point)}?{urlencode({'uid': uid, 'token': token})}"
