"""`setup_bucket`: prepare the bucket of `USE_S3_MEDIA`, and try it."""

import tempfile
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from video_app import bucket

ANSWER_SECONDS = 20


class Command(BaseCommand):
    help = "Lets the front ends' pages read from the bucket, and tries it with a small file."

    def handle(self, **options: Any) -> None:
        if not settings.USE_S3_MEDIA:
            raise CommandError("USE_S3_MEDIA is not set.")
        origins = sorted({settings.BACKEND_ORIGIN, *settings.CORS_ALLOWED_ORIGINS})
        try:
            bucket.allow_pages(origins)
            _try()
        except OSError as error:
            raise CommandError(f"The bucket does not work: {error}") from error
        self.stdout.write(f"The bucket works. Pages of {', '.join(origins)} may read from it.")


def _try() -> None:
    """Write, read by a signed link, remove."""
    prefix = f"trial-{uuid.uuid4()}"
    with tempfile.NamedTemporaryFile(suffix=".txt") as file:
        file.write(b"works")
        file.flush()
        bucket.put([(Path(file.name), f"{prefix}/works.txt")], watch=lambda: None)
    try:
        with urllib.request.urlopen(  # noqa: S310 - a link of our own making
            bucket.url(f"{prefix}/works.txt"), timeout=ANSWER_SECONDS
        ) as answer:
            if answer.read() != b"works":
                raise CommandError("The bucket gave back something else than was put in.")
    finally:
        bucket.remove(prefix)
