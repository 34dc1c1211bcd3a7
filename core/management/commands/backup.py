"""`backup`: database and files into a folder or a bucket."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.backups import backup
from core.backups.places import at


class Command(BaseCommand):
    help = (
        "Backs up the database and all files while everything runs. Again into the same place "
        "copies only what is new."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("place", help="a folder, or s3://bucket/prefix")
        parser.add_argument(
            "--sources-only", action="store_true", help="films are encoded again after a restore"
        )

    def handle(self, *, place: str, **options: Any) -> None:
        prefixes = backup.SOURCES if options["sources_only"] else backup.ALL
        try:
            manifest, lost = backup.make(at(place), prefixes=prefixes)
        except OSError as error:
            raise CommandError(f"The backup is not whole: {error}") from error
        for key in lost:
            self.stderr.write(f"{key} was deleted meanwhile.")
        count = sum(manifest.rows.values())
        self.stdout.write(f"Backed up {count} rows and {len(manifest.files)} files.")
        self.stdout.write("Keep SECRET_KEY (and JWT_SIGNING_KEY) elsewhere: sessions need it.")
