"""Passkeys: signing in with what a device keeps, which replaces password and code at once."""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
)

from auth_app import factors
from auth_app.models import Passkey, Session, User
from auth_app.passkey_attempts import VERIFIED, PasskeyError, recall, remember
from auth_app.sessions import Client


def problem() -> str:
    """Why this site cannot offer passkeys; "" when it can."""
    url = urlsplit(settings.BACKEND_ORIGIN)
    if _is_address(url.hostname or ""):
        return _("Passkeys need a host name; this site is set up under an address (BACKEND_URL).")
    if url.scheme != "https" and url.hostname != "localhost":
        return _("Passkeys need HTTPS.")
    return ""


def begin_registration(user: User) -> dict[str, Any]:
    """What the browser makes a passkey of, as `attempt` and `publicKey`."""
    known = [AttestedCredentialData(bytes(row.credential)) for row in user.passkeys.all()]
    options, state = _server().register_begin(
        PublicKeyCredentialUserEntity(id=_handle(user), name=user.email, display_name=user.email),
        known,
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=VERIFIED,
    )
    return {"attempt": remember(state, user.pk), **dict(options)}


def register(
    session: Session, attempt: str, name: str, answer: dict[str, Any], client: Client
) -> tuple[Passkey, list[str]]:
    """Keep the new passkey; with it the recovery codes, when it is the first factor."""
    state = recall(attempt, session.user_id)
    try:
        found = _server().register_complete(state, answer).credential_data
    except (ValueError, KeyError, TypeError) as error:
        raise PasskeyError from error
    if found is None:
        raise PasskeyError
    try:
        with transaction.atomic():
            passkey = Passkey.objects.create(
                user_id=session.user_id,
                name=name,
                credential_id=websafe_encode(found.credential_id),
                credential=bytes(found),
                rp_id=settings.PASSKEY_RP_ID,
            )
            return passkey, factors.turned_on(session, "passkey", client)
    except IntegrityError as error:
        raise PasskeyError from error


def begin_sign_in() -> dict[str, Any]:
    """What the browser signs; it finds the passkey, and with it the user, itself."""
    options, state = _server().authenticate_begin(user_verification=VERIFIED)
    return {"attempt": remember(state, None), **dict(options)}


def user_of(attempt: str, answer: dict[str, Any]) -> User:
    """The active user whose passkey has signed. The device has checked who it is, so that no
    other factor is asked for."""
    state = recall(attempt, None)
    passkey = (
        Passkey.objects.select_related("user")
        .filter(credential_id=str(answer.get("id", ""))[:1400], user__is_active=True)
        .first()
    )
    if passkey is None:
        raise PasskeyError
    known = AttestedCredentialData(bytes(passkey.credential))
    try:
        _server().authenticate_complete(state, [known], answer)
    except (ValueError, KeyError, TypeError) as error:
        raise PasskeyError from error
    Passkey.objects.filter(pk=passkey.pk).update(last_used_at=timezone.now())
    passkey.user.factor_proved = True
    return passkey.user


def remove(passkey: Passkey, client: Client) -> None:
    user = passkey.user
    passkey.delete()
    factors.removed(user, "passkey", user.pk, client.ip)


def _server() -> Fido2Server:
    entity = PublicKeyCredentialRpEntity(name="Videoflix", id=settings.PASSKEY_RP_ID)
    return Fido2Server(entity, verify_origin=_is_ours)


def _is_ours(origin: str) -> bool:
    return _spelled(origin) == _spelled(settings.BACKEND_ORIGIN)


def _spelled(origin: str) -> tuple[str, str, int | None]:
    """Browsers leave out a scheme's own port, settings may name it."""
    url = urlsplit(origin)
    return url.scheme, url.hostname or "", url.port or {"https": 443, "http": 80}.get(url.scheme)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _handle(user: User) -> bytes:
    """What devices call the user: it says nothing about them."""
    return salted_hmac("auth_app.passkeys", str(user.pk), algorithm="sha256").digest()
