"""Videos as rows of a table, for commands."""

import json
from collections.abc import Iterable
from typing import Any

from video_app.catalogue import progress
from video_app.models import Video

COLUMNS = ("id", "state", "percent", "seconds", "published", "title", "error")


def shown(videos: Iterable[Video], *, as_json: bool) -> str:
    """JSON, or aligned columns, or a sentence when there are none."""
    rows = [_row(video) for video in videos]
    if as_json:
        return json.dumps(rows, indent=2)
    return _table(rows) if rows else "There are no videos."


def _row(video: Video) -> dict[str, Any]:
    return {
        "id": video.pk,
        "state": video.state,
        "percent": progress.percent(video),
        "seconds": round(video.duration, 1) if video.duration else None,
        "published": video.is_published,
        "title": video.title,
        "error": video.error,
    }


def _table(rows: list[dict[str, Any]]) -> str:
    texts = [[_text(row[name]) for name in COLUMNS] for row in rows]
    widths = [max(map(len, column)) for column in zip(COLUMNS, *texts, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in [COLUMNS, *texts]
    )


def _text(value: Any) -> str:
    """Without characters that a terminal would act on."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "".join(character if character.isprintable() else "?" for character in str(value))
