"""`adopt_films`: bring films that lie in older places into the bucket."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from video_app.store import identity
from video_app.work import adopting


class Command(BaseCommand):
    help = (
        "Brings films that lie in this machine's media folder, or where the first release put "
        "them, into the bucket. Stop the workers first. May be broken off and run again."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say how many there are")

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        if not settings.USE_S3_MEDIA:
            raise CommandError("USE_S3_MEDIA is not set.")
        if problem := identity.problem():
            raise CommandError(f"{problem} 'manage.py setup_bucket' prepares an empty bucket.")
        waiting = adopting.waiting()
        self.stdout.write(f"{len(waiting)} films lie in older places.")
        lost = [] if dry_run else [video for video in waiting if not self._adopt(video)]
        if lost:
            raise CommandError(f"{len(lost)} films are not whole; their files were left alone.")

    def _adopt(self, video: Any) -> bool:
        try:
            adopting.adopt(video)
        except OSError as error:
            self.stderr.write(f"Film {video.pk} was left where it is: {error}")
            return False
        self.stdout.write(f"Film {video.pk} lies in the bucket.")
        return True
