"""`list_videos`: the catalogue as ops see it."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from video_app import services
from video_app.models import State, Video

COLUMNS = ("id", "state", "percent", "seconds", "published", "title", "error")


class Command(BaseCommand):
    help = "Lists all videos with their state, progress and error."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--state", choices=State.values, help="only videos in this state")
        parser.add_argument("--json", action="store_true")

    def handle(self, *, state: str | None, **options: Any) -> None:
        videos = Video.objects.filter(state=state) if state else Video.objects.all()
        rows = [_row(video) for video in videos.with_progress()]
        if options["json"]:
            self.stdout.write(json.dumps(rows, indent=2))
        else:
            self.stdout.write(table(rows))


def _row(video: Video) -> dict[str, Any]:
    return {
        "id": video.pk,
        "state": video.state,
        "percent": services.progress(video),
        "seconds": round(video.duration, 1) if video.duration else None,
        "published": video.is_published,
        "title": video.title,
        "error": video.error,
    }


def table(rows: list[dict[str, Any]]) -> str:
    """The rows as aligned columns, or a sentence when there are none."""
    if not rows:
        return "There are no videos."
    texts = [[_text(row[name]) for name in COLUMNS] for row in rows]
    widths = [max(map(len, column)) for column in zip(COLUMNS, *texts, strict=True)]
    lines = [COLUMNS, *texts]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "".join(character if character.isprintable() else "?" for character in str(value))
