"""What people are told of a film: what of the file is not in it, and what it waits for."""

from dataclasses import dataclass
from typing import Any

from video_app.catalogue import progress
from video_app.models import Build, Video


@dataclass(frozen=True, slots=True)
class Note:
    code: str  # for programs
    text: str  # for people, one sentence


WAITING = "waiting"


def of_film(video: Video) -> list[Note]:
    """What was left out of the newest source, and the machine's fault that it waits for."""
    reason = progress.waiting(video)
    return [*([Note(WAITING, reason)] if reason else []), *left_out(video)]


def left_out(video: Video) -> list[Note]:
    """Of the newest source that was planned; none before that, or when all was kept."""
    build = progress.newest_unfinished_build(video) or video.current_build
    return [Note(note.code, note.text) for note in _source_notes(build)] if build else []


def _source_notes(build: Build) -> tuple[Any, ...]:
    # Older sources have none.
    notes: tuple[Any, ...] = getattr(build.plan.source, "notes", ())
    return notes
