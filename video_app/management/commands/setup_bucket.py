"""`setup_bucket`: prepare the bucket of `USE_S3_MEDIA`, and try it."""

import tempfile
import urllib.request
import uuid
from email.message import Message
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from video_app.models import Installation
from video_app.store import cors, identity, the_store
from video_app.work import orphans

ANSWER_SECONDS = 20
CREDENTIALS = "Access-Control-Allow-Credentials"


class Command(BaseCommand):
    help = "Lets the front ends' pages read from the bucket, and tries it with a small file."

    def handle(self, **options: Any) -> None:
        if not settings.USE_S3_MEDIA:
            raise CommandError("USE_S3_MEDIA is not set.")
        origins = sorted({settings.BACKEND_ORIGIN, *settings.CORS_ALLOWED_ORIGINS})
        try:
            cors.allow_pages(origins)
            headers = _try(origins[0])
            _mark()
        except OSError as error:
            raise CommandError(f"The bucket does not work: {error}") from error
        self.stdout.write(f"The bucket works. Pages of {', '.join(origins)} may read from it.")
        if headers.get(CREDENTIALS) != "true":
            self.stderr.write(
                f"But it answers without {CREDENTIALS}: front ends whose player sends cookies "
                "with every request cannot play from it. The built-in site can."
            )


def _mark() -> None:
    """Make an empty bucket, or one of films that this database knows, its own."""
    if not (problem := identity.problem()):
        return
    if problem != identity.AWAY or list(orphans.orphan_folders()):
        raise CommandError(problem)
    installation = Installation.objects.get(pk=1)
    identity.write_mark(installation.media_id)


def _try(origin: str) -> Message:
    """Write, read by a signed link as a page of `origin` does, remove; the answer's headers."""
    prefix = f"trial-{uuid.uuid4()}"
    key = f"{prefix}/works.txt"
    with tempfile.NamedTemporaryFile(suffix=".txt") as file:
        file.write(b"works")
        file.flush()
        the_store().put([(Path(file.name), key)])
    link = the_store().url(key, ANSWER_SECONDS)
    if not link:
        the_store().remove(prefix)
        return Message()
    request = urllib.request.Request(link, headers={"Origin": origin})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310
            if answer.read() != b"works":
                raise CommandError("The bucket gave back something else than was put in.")
            headers: Message = answer.headers
    finally:
        the_store().remove(prefix)
    return headers
