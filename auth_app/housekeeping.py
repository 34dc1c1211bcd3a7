"""What the worker tidies up every minute."""

from django.contrib.sessions.backends.db import SessionStore

from auth_app import mails, sessions, sign_ups


def flush_expired() -> None:
    """Delete expired rows, the admin's sessions included."""
    sign_ups.flush_expired()
    sessions.flush_expired()
    mails.flush_old()
    SessionStore.clear_expired()
