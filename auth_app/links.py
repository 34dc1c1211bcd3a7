"""The links in the mails: who they are for, what they prove, where they lead."""

import re
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from auth_app.models import User

PRIMARY_KEY = re.compile(r"[0-9]{1,18}")  # ASCII digits that fit the column


class ActivationTokenGenerator(PasswordResetTokenGenerator):
    """Worth nothing after the first activation, whatever becomes of the account."""

    key_salt = "auth_app.links.activation"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{user.pk}{user.email}{user.is_active}{user.activated_at}{timestamp}"


class ResetTokenGenerator(PasswordResetTokenGenerator):
    """Worth nothing once the password or the address is another.

    Unlike with Django's own, a sign-in leaves the link alive: whoever knows a stolen
    password could else keep its owner from changing it.
    """

    key_salt = "auth_app.links.reset"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{user.pk}{user.email}{user.password}{timestamp}"


activation_tokens = ActivationTokenGenerator()
reset_tokens = ResetTokenGenerator()


def activation_link(user: User, door: str) -> str:
    return _link("activate", door, user, activation_tokens.make_token(user))


def reset_link(user: User, door: str) -> str:
    return _link("reset", door, user, reset_tokens.make_token(user))


def page(name: str, door: str) -> str:
    """A page of the front end that uses this door; never from the request's Host."""
    return str(settings.FRONTEND_PAGES[door][name])


def user_of(uid: str) -> User | None:
    """Whom a link's `uid` means; None for anything that is not one of our links."""
    try:
        key = urlsafe_base64_decode(uid).decode("ascii")
    except ValueError:
        return None
    return User.objects.filter(pk=key).first() if PRIMARY_KEY.fullmatch(key) else None


def _link(name: str, door: str, user: User, token: str) -> str:
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return f"{page(name, door)}?{urlencode({'uid': uid, 'token': token})}"
