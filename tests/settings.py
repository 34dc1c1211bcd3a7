"""The project's settings as the tests see them: nothing of this machine shines in.

Each pytest process gets a Valkey port and a media folder of its own;
`TEST_DATABASE_URL` chooses PostgreSQL instead of SQLite.
"""

import os
import shutil
import socket
import tempfile
from pathlib import Path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _own_ffmpeg() -> str:
    """A folder with the ffmpeg that the product brings, for machines that have none."""
    from imageio_ffmpeg import get_ffmpeg_exe

    folder = TEST_DIR / "bin"
    folder.mkdir()
    (folder / "ffmpeg").symlink_to(get_ffmpeg_exe())
    return str(folder)


TEST_DIR = Path(tempfile.mkdtemp(prefix="videoflix-test-"))
REDIS_PORT = _free_port()

os.environ |= {
    "IGNORE_DOTENV": "1",
    "PRODUCTION": "0",
    "DEBUG": "0",
    "SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests-only-for-tests",
    "MEDIA_ROOT": str(TEST_DIR / "media"),
    "REDIS_URL": f"redis://127.0.0.1:{REDIS_PORT}/0",
    "DATABASE_URL": os.environ.get("TEST_DATABASE_URL", ""),
    "DB_HOST": "",
    "EMAIL_HOST": "",
    "MAILBOX_TOKEN": "only-for-tests",
    "USE_S3_MEDIA": "0",
    "FRONTEND_URL": "http://127.0.0.1:5500",
    "BACKEND_URL": "http://127.0.0.1:8000",
}

if shutil.which("ffmpeg") is None or os.environ.get("TEST_FFMPEG") == "own":
    os.environ["PATH"] = _own_ffmpeg() + os.pathsep + os.environ["PATH"]

from core.settings import *  # noqa: E402, F403

ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver"]  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
if "sqlite" in DATABASES["default"]["ENGINE"]:  # noqa: F405
    # In memory, threads would share one cache, which knows no waiting for a lock.
    DATABASES["default"]["TEST"] = {"NAME": str(TEST_DIR / "test.sqlite3")}  # noqa: F405

# A loaded machine is no dead Redis; tests of one take the product's own time-outs.
PRODUCT_CACHE = CACHES["default"]  # noqa: F405
PATIENT = {"SOCKET_CONNECT_TIMEOUT": 10, "SOCKET_TIMEOUT": 10}
CACHES = {"default": PRODUCT_CACHE | {"OPTIONS": PRODUCT_CACHE["OPTIONS"] | PATIENT}}
