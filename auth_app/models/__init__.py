"""The rows of accounts."""

from auth_app.models.audit import AuditEntry
from auth_app.models.exports import Export
from auth_app.models.factors import Passkey, RecoveryCode, Totp
from auth_app.models.identities import Identity
from auth_app.models.mails import Mail, MailKind, MailState
from auth_app.models.profiles import Picture, Profile
from auth_app.models.sessions import EntryPoint, Session, SessionQuerySet, idle_lifetime
from auth_app.models.tokens import ApiToken, Scope
from auth_app.models.users import SignUp, User

__all__ = [
    "ApiToken",
    "AuditEntry",
    "EntryPoint",
    "Export",
    "Identity",
    "Mail",
    "MailKind",
    "MailState",
    "Passkey",
    "Picture",
    "Profile",
    "RecoveryCode",
    "Scope",
    "Session",
    "SessionQuerySet",
    "SignUp",
    "Totp",
    "User",
    "idle_lifetime",
]
