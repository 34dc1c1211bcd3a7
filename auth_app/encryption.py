"""Encrypting what the database must hold and nobody may read from a copy of it."""

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def encrypt(text: str) -> str:
    return _fernet().encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    """`cryptography.fernet.InvalidToken` when SECRET_KEY was changed without a fallback."""
    return _fernet().decrypt(text.encode()).decode()


def _fernet() -> MultiFernet:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_key(key)) for key in keys])


def _key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(
        hashlib.sha256(b"videoflix.encryption" + secret.encode()).digest()
    )
