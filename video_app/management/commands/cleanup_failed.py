"""`cleanup_failed`: what to do with videos that could not be transcoded."""

from typing import Any

from django.core.management.base import BaseCommand
from django.template.defaultfilters import pluralize

from video_app.management.rows import shown
from video_app.models import State, Video


class Command(BaseCommand):
    help = (
        "Lists the failed videos. With --delete-files removes them, rows and files; a video "
        "whose earlier film still plays is kept."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--delete-files", action="store_true")
        parser.add_argument("--json", action="store_true")

    def handle(self, *, delete_files: bool, **options: Any) -> None:
        failed = Video.objects.filter(state=State.FAILED, current_build=None).with_progress()
        self.stdout.write(shown(failed, as_json=options["json"]))
        if not delete_files:
            return
        for video in failed:
            video.delete()
        if not options["json"]:
            self.stdout.write(f"{len(failed)} video{pluralize(len(failed))} removed.")
