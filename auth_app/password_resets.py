"""A new password by a mailed link: also the first one of who was invited."""

import logging

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from auth_app import api_tokens, audit, limits, links, mails, sessions, sign_ups
from auth_app.errors import InvalidLinkError
from auth_app.models import MailKind, User
from auth_app.sessions import Client

logger = logging.getLogger(__name__)


def reset_password(uid: str, token: str, password: str, entry_point: str, client: Client) -> None:
    """Set a new password and end all sessions; an unproved address is proved by it.

    `InvalidLinkError` for a bad or used link; `ValidationError` for a weak password, after
    which the link still works. Of parallel uses only the first finds the link valid.
    """
    user = _resettable(links.user_of(uid), token)
    validate_password(password, user)
    changed_to = make_password(password)
    with transaction.atomic():
        user = _resettable(User.objects.select_for_update().filter(pk=user.pk).first(), token)
        if user.is_awaiting_activation:
            sign_ups.prove(user, changed_to)
        else:
            User.objects.filter(pk=user.pk).update(password=changed_to)
        sessions.end_all(user.pk, "password")
        api_tokens.end_all(user.pk)
        mails.ask_for(MailKind.PASSWORD_CHANGED, user.email, entry_point)
    for scope in limits.ACCOUNT_SCOPES:
        limits.forget(scope, user.email)
    logger.info("password_reset", extra={"user_id": user.pk, "ip": client.ip})
    audit.record("password.reset", user.pk, "user", user.pk, ip=client.ip)


def _resettable(user: User | None, token: str) -> User:
    if user is None or not (user.is_active or user.is_awaiting_activation):
        raise InvalidLinkError
    if not (links.reset_tokens.check_token(user, token) or links.invites(user, token)):
        raise InvalidLinkError
    return user
