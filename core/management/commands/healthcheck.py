"""`manage.py healthcheck`: for containers, whose only client is this Python."""

import os
import socket
import urllib.error
import urllib.request
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error as DatabaseError

from video_app.work import workers

TIMEOUT = 8


class Command(BaseCommand):
    help = "Exit 0 when the web process (or the worker) of this container is healthy."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("part", choices=["web", "worker"])

    def handle(self, *args: Any, **options: Any) -> None:
        check_web() if options["part"] == "web" else check_worker()


def check_web() -> None:
    url = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/health/ready/"
    host = next(iter(settings.ALLOWED_HOSTS), "localhost").lstrip(".").replace("*", "localhost")
    request = urllib.request.Request(url, headers={"Host": host})
    try:
        urllib.request.urlopen(request, timeout=TIMEOUT).close()  # noqa: S310
    except urllib.error.HTTPError as error:
        raise CommandError(error.read(500).decode(errors="replace")) from error
    except OSError as error:
        raise CommandError(f"The web process does not answer: {error}") from error


def check_worker() -> None:
    """Whether a worker of this very container has said lately that it lives."""
    try:
        lives = workers.living().filter(host=socket.gethostname()).exists()
    except DatabaseError as error:
        raise CommandError(f"The database does not answer: {error}") from error
    if not lives:
        raise CommandError("No worker of this machine is registered.")
