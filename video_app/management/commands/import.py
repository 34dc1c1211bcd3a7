"""`import`: films from a file, a folder, a bucket or an address, fetched by the workers."""

from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from video_app.ingest import imports
from video_app.models import Import


class Command(BaseCommand):
    help = "Imports films: the workers fetch them. A second import goes on with nothing twice."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "locations", nargs="*", help="a file, a folder, s3://bucket/prefix or an address"
        )
        parser.add_argument("--owner", default="", help="e-mail address of their owner")
        parser.add_argument("--unpublished", action="store_true", help="leave them as drafts")
        parser.add_argument("--list", action="store_true", help="show how far imports are")
        parser.add_argument("--cancel", type=int, help="end the import with this number")
        parser.add_argument("--retry", type=int, help="fetch what failed again")

    def handle(self, *, locations: list[str], **options: Any) -> None:
        if options["cancel"]:
            self._change(options["cancel"], imports.cancel, "Cancelled", "unfinished")
        if options["retry"]:
            self._change(options["retry"], imports.retry, "Fetching again", "failed")
        given = {"owner": _owner(options["owner"]), "publishes": not options["unpublished"]}
        for location in locations:
            self._import(location, given)
        if options["list"]:
            for row in Import.objects.select_related("video"):
                self.stdout.write(f"{row.pk}  {_progress(row)}  {row.filename}")

    def _change(self, pk: int, change: Any, done: str, kind: str) -> None:
        row = Import.objects.filter(pk=pk).first()
        if row is None or not change(row):
            raise CommandError(f"There is no {kind} import {pk}.")
        self.stdout.write(f"{done}: {row.filename}")

    def _import(self, location: str, given: dict[str, Any]) -> None:
        is_path = "://" not in location
        try:
            for found, row in imports.begin(
                str(Path(location).absolute()) if is_path else location, **given
            ):
                done = f"Importing as video {row.video_id}" if row else "Imported before"
                self.stdout.write(f"{done}: {found}")
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except OSError as error:
            raise CommandError(str(error)) from error


def _owner(address: str) -> Any:
    if not address:
        return None
    user = get_user_model().objects.filter(email__iexact=address).first()
    if user is None:
        raise CommandError(f"There is no account {address}.")
    return user


def _progress(row: Import) -> str:
    if row.error:
        return f"failed: {row.error}"
    if row.finished_at:
        return "done"
    return f"{100 * row.offset // row.length} %" if row.length else f"{row.offset} bytes"
