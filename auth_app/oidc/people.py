"""Whom the provider's claims mean here."""

import logging
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from auth_app import audit, sign_ups
from auth_app.managers import normalized
from auth_app.models import Identity, User
from auth_app.oidc.fetching import OidcError

logger = logging.getLogger(__name__)


@transaction.atomic
def user_of(claims: dict[str, Any]) -> User:
    """The active user of an identity; at first sight linked by a proved address, or made.

    `OidcError` when the address is not proved on both sides, or the account is inactive.
    """
    known = Identity.objects.filter(issuer=claims["iss"], subject=str(claims["sub"]))
    identity = known.select_related("user").first()
    user = identity.user if identity else _linked(claims)
    if not user.is_active:
        raise OidcError(_("This account is not active."))
    _follow_groups(user, claims)
    return user


def _linked(claims: dict[str, Any]) -> User:
    # Some providers send the word "false"; only the truth counts.
    if claims.get("email_verified") is not True or not claims.get("email"):
        raise OidcError(_("The provider has not proved your e-mail address."))
    email = normalized(str(claims["email"]))
    sign_ups.make_way(email)  # nobody has proved it here
    user = User.objects.filter(email=email).first() or _made(email, claims)
    if user.activated_at is None:
        raise OidcError(_("This account is not active."))
    Identity.objects.create(user=user, issuer=claims["iss"], subject=str(claims["sub"]))
    audit.record("identity.linked", user.pk, "user", user.pk)
    return user


def _made(email: str, claims: dict[str, Any]) -> User:
    if not settings.OIDC_CREATE_USERS:
        raise OidcError(_("You have no account here."))
    name = str(claims.get("name", ""))[:150]
    user: User = User.objects.prepared(email, first_name=name, activated_at=timezone.now())
    user.save()
    return user


def _follow_groups(user: User, claims: dict[str, Any]) -> None:
    """Staff are who the provider says, at each sign-in. A missing claim changes nothing, and an
    administrator of this site stays."""
    groups = claims.get(settings.OIDC_GROUPS_CLAIM)
    if not settings.OIDC_STAFF_GROUP or not isinstance(groups, list) or user.is_superuser:
        return
    is_staff = settings.OIDC_STAFF_GROUP in groups
    if is_staff != user.is_staff:
        User.objects.filter(pk=user.pk).update(is_staff=is_staff)
        user.is_staff = is_staff
        audit.record("user.staff_by_group", user.pk, "user", user.pk, is_staff=is_staff)
