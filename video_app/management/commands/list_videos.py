"""`list_videos`: the catalogue as ops see it."""

from typing import Any

from django.core.management.base import BaseCommand

from video_app.management.rows import shown
from video_app.models import State, Video


class Command(BaseCommand):
    help = "Lists all videos with their state, progress and error."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--state", choices=State.values, help="only videos in this state")
        parser.add_argument("--json", action="store_true")

    def handle(self, *, state: str | None, **options: Any) -> None:
        videos = Video.objects.filter(state=state) if state else Video.objects.all()
        self.stdout.write(shown(videos.with_progress(), as_json=options["json"]))
