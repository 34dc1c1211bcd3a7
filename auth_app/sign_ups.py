"""Signing up: from the form to the proof of the address, or to the end of what nobody proved."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from auth_app import audit, links, mails, sign_ins
from auth_app.errors import AddressTakenError, InvalidLinkError, SignUpClosedError
from auth_app.managers import normalized
from auth_app.models import Mail, MailKind, Session, SignUp, User
from auth_app.sessions import Client

logger = logging.getLogger(__name__)

BATCH = 500
# An invitation lives for a week, and staff may send it again.
INVITED = timedelta(days=30)


def register(
    email: str,
    password: str,
    entry_point: str,
    client: Client,
    *,
    language: str = "",
    **profile: str,
) -> User:
    """The address's inactive account, with an activation mail enqueued in that language.

    `AddressTakenError` when the address was proved. Until then anybody may sign up with it,
    and the link that is opened decides which sign-up counts. `SignUpClosedError` where
    accounts are made by invitation only.
    """
    if settings.SIGN_UP != "open":
        raise SignUpClosedError
    wanted = profile | {"password": make_password(password)}
    try:
        with transaction.atomic():
            user = _unproved_user(normalized(email), wanted, language)
            sign_up = SignUp.objects.create(user=user, **wanted)
            mails.ask_for(MailKind.ACTIVATION, user.email, entry_point, sign_up)
    except IntegrityError as error:
        raise AddressTakenError from error
    logger.info(
        "registered", extra={"user_id": user.pk, "ip": client.ip, "entry_point": entry_point}
    )
    return user


def _unproved_user(email: str, wanted: dict[str, str], language: str) -> User:
    """The address's account, locked.

    It carries the password and profile of its only sign-up, so that staff can activate it
    by hand; after a second sign-up it carries neither, because either could be a stranger's.
    """
    defaults = wanted | {"username": email, "is_active": False, "language": language}
    locked = User.objects.select_for_update()
    user: User
    user, is_new = locked.get_or_create(email=email, defaults=defaults)
    if not user.is_awaiting_activation:
        raise AddressTakenError
    if not is_new:
        unknown = {"password": make_password(None), "phone": "", "address": ""}
        User.objects.filter(pk=user.pk).update(**unknown, language=language)
        user.language = language
    return user


def has_account(email: str) -> bool:
    """Whether the address was proved, by an activation or a reset link."""
    return User.objects.filter(email=normalized(email), activated_at__isnull=False).exists()


def activate(uid: str, token: str, client: Client) -> User:
    """Prove the address, once, and set the password that was given with the link's sign-up."""
    sign_up = links.sign_up_of(uid, token)
    if sign_up is None:
        raise InvalidLinkError
    with transaction.atomic():
        unproved = User.objects.unproved().select_for_update()
        user: User | None = unproved.filter(pk=sign_up.user_id).first()
        if user is None:
            raise InvalidLinkError
        prove(user, sign_up.password, phone=sign_up.phone, address=sign_up.address)
    logger.info("activated", extra={"user_id": user.pk, "ip": client.ip})
    audit.record("user.activated", user.pk, "user", user.pk, ip=client.ip)
    return user


def activate_and_sign_in(uid: str, token: str, entry_point: str, client: Client) -> Session:
    """Prove the address and begin the first session: the link's reader is who signed up."""
    user = User.objects.get(pk=activate(uid, token, client).pk)
    return sign_ins.begin(user, entry_point, client, remember=False)


def prove(user: User, password: str, *, phone: str = "", address: str = "") -> None:
    """Activate an unproved user, whose row is locked, with a password's hash and a profile."""
    User.objects.filter(pk=user.pk).update(
        password=password,
        phone=phone,
        address=address,
        is_active=True,
        activated_at=timezone.now(),
    )
    user.sign_ups.all().delete()


def make_way(email: str) -> None:
    """Free an address that has only unproved sign-ups."""
    User.objects.unproved().filter(email=email, is_staff=False, is_superuser=False).delete()


def flush_expired() -> None:
    """Delete sign-ups whose links have expired, and accounts that no link can prove any more.

    After twice the life of a link, which begins when its mail is sent, perhaps hours later.
    """
    before = timezone.now() - timedelta(seconds=2 * settings.PASSWORD_RESET_TIMEOUT)
    SignUp.objects.filter(created_at__lt=before).delete()
    with transaction.atomic():
        # A parallel sign-up locks the row too; only a new query sees what it has added.
        found = _unproved_since(before).select_for_update()
        ids = list(found.values_list("pk", flat=True)[:BATCH])
        _unproved_since(before).filter(pk__in=ids).delete()


def _unproved_since(before: datetime) -> QuerySet[User]:
    """Without inactive staff, whom only staff can have made, and those invited lately."""
    mailed = Mail.objects.filter(to=OuterRef("email"), created_at__gte=before)
    signed_up = SignUp.objects.filter(user=OuterRef("pk"))
    unproved: QuerySet[User] = User.objects.unproved().filter(
        date_joined__lt=before, is_staff=False, is_superuser=False
    )
    uninvited = Q(invited_at=None) | Q(invited_at__lt=timezone.now() - INVITED)
    return unproved.filter(uninvited, ~Exists(signed_up), ~Exists(mailed))
