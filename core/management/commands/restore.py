"""`restore`: an installation from a backup."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.backups import backup
from core.backups.places import at


class Command(BaseCommand):
    help = (
        "Fills an empty installation of the same release from a backup, and compares it with the "
        "backup. Stop the workers first."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("place", help="a folder, or s3://bucket/prefix")

    def handle(self, *, place: str, **options: Any) -> None:
        try:
            manifest, problems = backup.restore(at(place))
        except (backup.BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        if problems:
            raise CommandError("Restored, but: " + "; ".join(problems[:20]))
        count = sum(manifest.rows.values())
        self.stdout.write(f"Restored {count} rows and {len(manifest.files)} files.")
