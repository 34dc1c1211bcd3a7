"""The second factor: proving it, turning it on and off. Asked wherever sessions are made."""

import logging
import time
from typing import Any

import pyotp
from cryptography.fernet import InvalidToken
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from auth_app import audit, limits, mails, recovery_codes, sessions
from auth_app.encryption import decrypt, encrypt
from auth_app.errors import FactorRequiredError, TooManyAttemptsError
from auth_app.models import EntryPoint, MailKind, Passkey, Session, Totp, User
from auth_app.sessions import Client

logger = logging.getLogger(__name__)

ASK = _("Please enter the code of your authenticator app, or a recovery code.")
WRONG = _("This code is wrong, was used already or is too old.")
SCOPES = ("factor", "factor_long")
STEP = 30  # seconds that a code of an app lives; one step early or late is fine


def prove(user: User, code: str) -> None:
    """Let the user pass whose password was right, if no factor is on or the code is right.

    `FactorRequiredError` without a code or with a wrong one; tries are counted per account.
    """
    if user.second_factor_at is None:
        return
    if not code:
        raise FactorRequiredError(str(ASK))
    for scope in SCOPES:
        if wait := limits.hit(scope, str(user.pk)):
            raise TooManyAttemptsError(wait)
    if not (_is_apps_code(user, code) or recovery_codes.burn(user, code)):
        logger.warning("second_factor_failed", extra={"user_id": user.pk})
        raise FactorRequiredError(str(WRONG))
    for scope in SCOPES:
        limits.forget(scope, str(user.pk))
    user.factor_proved = True


def _is_apps_code(user: User, code: str) -> bool:
    app = Totp.objects.filter(user=user, confirmed_at__isnull=False).first()
    return app is not None and _uses(app, code)


def _uses(app: Totp, code: str) -> bool:
    """Whether it is a present code of the app's that this call, of parallel ones, uses up."""
    given = code.replace(" ", "")
    try:
        generator = pyotp.TOTP(decrypt(app.secret))
    except InvalidToken:
        logger.error("second_factor_unreadable", extra={"user_id": app.user_id})
        return False
    now = int(time.time()) // STEP
    for step in (now - 1, now, now + 1):
        if constant_time_compare(generator.at(step * STEP), given):
            unused = Totp.objects.filter(pk=app.pk, last_step__lt=step)
            # Encrypted anew, so that after a change of SECRET_KEY the old one is needed no more.
            return bool(unused.update(last_step=step, secret=encrypt(generator.secret)))
    return False


def new_app(user: User) -> str:
    """A key for an authenticator app, unconfirmed; replaces an earlier unconfirmed one."""
    secret = pyotp.random_base32()
    Totp.objects.filter(user=user, confirmed_at=None).delete()
    Totp.objects.create(user=user, secret=encrypt(secret))
    return secret


def uri_of(user: User, secret: str) -> str:
    """What the app scans."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name="Videoflix")


def confirm_app(session: Session, code: str, client: Client) -> list[str]:
    """Turn the app's codes on by a first one; new recovery codes, unless there were some.

    `FactorRequiredError` for a wrong code.
    """
    app = Totp.objects.filter(user_id=session.user_id, confirmed_at=None).first()
    if app is None or not _uses(app, code):
        raise FactorRequiredError(str(WRONG))
    with transaction.atomic():
        Totp.objects.filter(pk=app.pk).update(confirmed_at=timezone.now())
        return turned_on(session, "app", client)


def turned_on(session: Session, kind: str, client: Client) -> list[str]:
    """What follows a new factor: every other session ends, and the owner is told."""
    user = User.objects.select_for_update().get(pk=session.user_id)
    User.objects.filter(pk=user.pk, second_factor_at=None).update(second_factor_at=timezone.now())
    sessions.end_others(session, "second factor")
    _tell(user, "factor.added", user.pk, client.ip, kind=kind)
    return [] if user.recovery_codes.exists() else recovery_codes.renew(user)


def remove_app(user: User, client: Client) -> None:
    Totp.objects.filter(user=user).delete()
    removed(user, "app", user.pk, client.ip)


def removed(user: User, kind: str, by: int | None, ip: str | None = None) -> None:
    """What follows the loss of a factor; with the last one it is no longer asked for."""
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        has_app = Totp.objects.filter(user=user, confirmed_at__isnull=False).exists()
        if not has_app and not locked.passkeys.exists():
            User.objects.filter(pk=user.pk).update(second_factor_at=None)
            locked.recovery_codes.all().delete()
        _tell(user, "factor.removed", by, ip, kind=kind)


def remove_all(user: User, by: int | None, ip: str | None = None) -> None:
    """For somebody who has lost everything: by staff, or by the operator's command."""
    with transaction.atomic():
        Totp.objects.filter(user=user).delete()
        Passkey.objects.filter(user=user).delete()
        removed(user, "all", by, ip)
        sessions.end_all(user.pk, "second factor")


def _tell(user: User, action: str, by: int | None, ip: str | None, **details: Any) -> None:
    audit.record(action, by, "user", user.pk, ip=ip, **details)
    mails.ask_for(MailKind.FACTOR, user.email, EntryPoint.API, user=user)
