"""Secrets that can be guessed."""

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

# No password of production; a superuser's is none of the 20,000 most common ones either.
GUESSABLE = {
    *("admin", "adminpassword", "administrator", "changeme", "change-me", "default", "example"),
    *("letmein", "password", "postgres", "redis", "root", "secret", "superuser", "test", "valkey"),
    "videoflix",
}
PASSWORD_LENGTH, TOKEN_LENGTH, SECRET_KEY_LENGTH = 8, 16, 50
AFFIXES = "0123456789!?.,#$%&*+-_ "


def is_weak_key(key: str) -> bool:
    lower = key.lower()
    is_example = lower.startswith("django-insecure") or "change" in lower or "your_" in lower
    return is_example or len(key) < SECRET_KEY_LENGTH or len(set(key)) < 5


def is_guessable(password: str) -> bool:
    """Short, common, or a common one with digits and signs around it (`Admin123!`)."""
    if not password:
        return False
    plain = password.lower().replace("@", "a").replace("0", "o")
    spellings = {password.lower(), password.lower().strip(AFFIXES), plain.strip(AFFIXES)}
    is_common = spellings & GUESSABLE or any(map(_is_common, spellings))
    return len(password) < PASSWORD_LENGTH or len(set(password)) < 4 or bool(is_common)


def _is_common(word: str) -> bool:
    try:
        CommonPasswordValidator().validate(word)
    except ValidationError:
        return True
    return False


def is_weak_token(token: str) -> bool:
    return bool(token) and (len(token) < TOKEN_LENGTH or len(set(token)) < 6)
