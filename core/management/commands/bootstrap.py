"""`manage.py bootstrap`: make database, static files and superuser ready, in one start.

Used by `./videoflix up` and by the containers; may run any number of times, also at once.
"""

import logging
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection

from core import mailbox_access
from core.apps import UMASK
from core.components import migrations_are_applied
from video_app.ingest import room
from video_app.store import local

logger = logging.getLogger(__name__)

MIGRATION_LOCK = 0x5646  # any number that nobody else uses in this database
RETRY_SECONDS = 0.5


class Command(BaseCommand):
    help = "Wait for the database, migrate, create the superuser, collect the static files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--wait", type=float, default=60, help="seconds, for the database")
        parser.add_argument(
            "--only-wait", action="store_true", help="until somebody else has migrated"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        wait_for_database(options["wait"])
        if options["only_wait"]:
            wait_for_migrations()
            return
        with one_at_a_time():
            call_command("migrate", interactive=False, verbosity=options["verbosity"])
            call_command("ensure_superuser", stdout=self.stdout)
        room.prepare()  # what is wrong with the media is health's to say
        close_media()
        if mailbox_access.is_there():
            self.stdout.write(mailbox_access.url())
        if settings.STATIC_COLLECTED:
            call_command("collectstatic", interactive=False, verbosity=0)


def close_media() -> None:
    """Nobody but our user and group enters the media, whatever older releases left open in it.

    The group is this process's own, which nginx's workers share in the images.
    """
    root = local.root()
    try:
        found = root.stat()
        if found.st_uid == os.getuid():
            os.chown(root, -1, os.getgid())
            root.chmod(stat.S_IMODE(found.st_mode) & ~UMASK)
    except OSError as error:
        logger.warning("media_not_closed", extra={"reason": str(error)})


def wait_for_database(seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            connection.ensure_connection()
        except OperationalError as error:
            if time.monotonic() > deadline:
                raise CommandError(f"The database cannot be reached: {error}") from error
            time.sleep(RETRY_SECONDS)
        else:
            return


def wait_for_migrations() -> None:
    """As long as it takes: migrating a big database does."""
    while not migrations_are_applied():
        time.sleep(RETRY_SECONDS)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two containers that start together must not migrate together."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])
