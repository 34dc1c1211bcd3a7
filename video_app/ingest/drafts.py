"""Films before they are whole: what they are called, and what of that is a suggestion."""

from typing import Any

from video_app.ingest import names
from video_app.models import Category, Series, Video


def describe(video: Video, given: dict[str, Any]) -> list[str]:
    """Put what was given into a video that is not saved yet; the names of those columns."""
    columns = ("title", "description", "category", "year", "season", "episode")
    changed = [name for name in columns if name in given]
    for name in changed:
        setattr(video, name, given[name])
    if "series" in given:
        changed.append("series")
        video.series = _series(given["series"])
    return changed


def draft(given: dict[str, Any]) -> Video:
    """A video of what was given, and else of what the file's name suggests."""
    guess = names.suggest(given["filename"])
    suggested = {
        "title": guess.title,
        "category": Category.OTHER,
        "year": guess.year,
        "series": guess.series,
        "season": guess.season,
        "episode": guess.episode,
    }
    video = Video()
    describe(video, suggested | given)
    return video


def _series(title: str) -> Series | None:
    """The series of that title; a new one when there is none."""
    if not title:
        return None
    known = Series.objects.filter(title__iexact=title).order_by("pk").first()
    return known or Series.objects.create(title=title)
