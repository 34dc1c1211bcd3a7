"""The database: `DATABASE_URL`, else `DB_*`, else SQLite in WAL mode."""

from typing import Any

from core.settings.env import VAR_DIR, env


def _postgres_from_parts() -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": env.str("DB_HOST"),
        "PORT": str(env.int("DB_PORT", default=5432, minimum=1, maximum=65535)),
        "NAME": env.str("DB_NAME", default="videoflix"),
        "USER": env.str("DB_USER", default="videoflix"),
        "PASSWORD": env.str("DB_PASSWORD", default=""),
    }


def _database() -> dict[str, Any]:
    if env.str("DATABASE_URL", default=""):
        return env.db_url("DATABASE_URL")
    if env.str("DB_HOST", default=""):
        return _postgres_from_parts()
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": env.str("SQLITE_PATH", default=str(VAR_DIR / "db.sqlite3")),
    }


default = _database()
default["CONN_MAX_AGE"] = env.int("DB_CONN_MAX_AGE", default=60, maximum=86400)
if "sqlite" in default["ENGINE"]:
    default["OPTIONS"] = {
        # Web and workers write at once: wait for the lock, and take it at BEGIN
        # so that a read-then-write transaction cannot fail half-way.
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    default["CONN_HEALTH_CHECKS"] = True
    default.setdefault("OPTIONS", {})["connect_timeout"] = 3
    if env.bool("DB_SSL_REQUIRE", default=False):
        default["OPTIONS"]["sslmode"] = "require"
    if root_certificate := env.str("DB_SSL_ROOTCERT", default=""):
        default["OPTIONS"] |= {"sslmode": "verify-full", "sslrootcert": root_certificate}

DATABASES = {"default": default}
