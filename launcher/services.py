"""The parts of the product: their command lines, environment and configuration."""

import secrets
import socket
from pathlib import Path

from launcher.installation import PYTHON, ROOT, Installation, private_file
from launcher.runlock import publish_redis
from launcher.tools import usable_ffmpeg, valkey_binary

ADMIN_EMAIL = "admin@videoflix.local"
GUNICORN = ["-c", "python:core.gunicorn", "core.wsgi", "--graceful-timeout=5"]
MANAGE = [str(PYTHON), str(ROOT / "manage.py")]
PASSWORD_CHANGED = 3
ASK_FOR_PASSWORD = f"""
import sys
from django.conf import settings
from django.contrib.auth import get_user_model

admin = get_user_model().objects.filter(email=settings.SUPERUSER_EMAIL).first()
holds = admin is not None and admin.check_password(settings.SUPERUSER_PASSWORD)
sys.exit(0 if holds else {PASSWORD_CHANGED})
"""
# Snapshots only: the database is the truth, Redis may forget. A full disk must not stop it.
VALKEY_CONFIG = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{directory}"
save 60 1
stop-writes-on-bgsave-error no
"""


class Product:
    """Name → command line, in the order of their start, and the environment of all."""

    def __init__(self, installation: Installation) -> None:
        self.commands: dict[str, list[str]] = {}
        extra = {"FFMPEG_BINARY": usable_ffmpeg(installation.get("FFMPEG_BINARY"))}
        if installation.own_redis:
            extra["REDIS_URL"] = self._plan_valkey(installation)
        self.commands["web"] = web_command(installation)
        self.commands["worker"] = [*MANAGE, "worker"]
        self.commands["demo"] = [*MANAGE, "make_demo"]
        self.commands["password"] = [*MANAGE, "shell", "-v", "0", "-c", ASK_FOR_PASSWORD]
        self.has_new_password = not _password_file(installation).exists()
        self.env = _admin(installation) | installation.child_environ(**extra)

    def _plan_valkey(self, installation: Installation) -> str:
        port, password = free_port(), secrets.token_urlsafe(24)
        directory = installation.var / "valkey"
        config = directory / "valkey.conf"
        text = VALKEY_CONFIG.format(port=port, password=password, directory=directory)
        private_file(config, text)
        self.commands["valkey"] = [str(valkey_binary()), str(config)]
        url = f"redis://:{password}@127.0.0.1:{port}/0"
        publish_redis(installation, url)
        return url


def web_command(installation: Installation) -> list[str]:
    host = f"[{installation.host}]" if ":" in installation.host else installation.host
    bind = f"{host}:{installation.port}"
    return [str(PYTHON), "-m", "gunicorn", *GUNICORN, "-b", bind]


def _admin(installation: Installation) -> dict[str, str]:
    """The superuser's sign-in, unless the person chose one."""
    path = _password_file(installation)
    stored = path.read_text().strip() if path.exists() else ""
    if not installation.get("DJANGO_SUPERUSER_PASSWORD") and not stored:
        stored = secrets.token_urlsafe(12)
        private_file(path, stored)
    return {
        "DJANGO_SUPERUSER_USERNAME": "admin",
        "DJANGO_SUPERUSER_EMAIL": ADMIN_EMAIL,
        "DJANGO_SUPERUSER_PASSWORD": stored,
    }


def _password_file(installation: Installation) -> Path:
    return installation.var / "admin_password"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
