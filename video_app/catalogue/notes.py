"""What people are told of a film: what of the file is not in it, and what it waits for."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from video_app.catalogue import progress
from video_app.catalogue.sentences import translated
from video_app.models import Build, Video, Worker


@dataclass(frozen=True, slots=True)
class Note:
    code: str  # for programs
    text: str  # for people, one sentence


WAITING = "waiting"
FILM_QUEUES = {"urgent", "transcode"}
SILENCE = timedelta(seconds=10)


def of_film(video: Video) -> list[Note]:
    """What was left out of the newest source, and the machine's fault that it waits for; in the
    reader's language."""
    reason = progress.waiting(video) or (_outage() if video.is_unfinished else "")
    return [*([Note(WAITING, translated(reason))] if reason else []), *left_out(video)]


def _outage() -> str:
    """Why no worker takes films now; "" when one does, or none lives."""
    living = Worker.objects.filter(seen_at__gt=Now() - SILENCE)
    rows = living.values_list("queues", "problem")
    problems = [problem for queues, problem in rows if FILM_QUEUES & set(queues)]
    return problems[0] if problems and all(problems) else ""


def left_out(video: Video) -> list[Note]:
    """Of the newest source that was planned, and what came with it; none when all was kept."""
    build = progress.newest_unfinished_build(video) or video.current_build
    in_file = [(note.code, note.text) for note in _source_notes(build)] if build else []
    beside = [(note["code"], note["text"]) for note in video.notes or ()]
    return [Note(code, translated(text)) for code, text in (*in_file, *beside)]


def remember(video_id: int, code: str, texts: list[str]) -> None:
    """Have these English sentences told of a film, in place of others with that code."""
    with transaction.atomic():
        rows = Video.objects.filter(pk=video_id)
        video = rows.select_for_update(of=("self",)).only("notes").first()
        if video is None:
            return
        others = [note for note in video.notes or () if note["code"] != code]
        told = [*others, *({"code": code, "text": text} for text in texts)]
        if told or video.notes:
            rows.update(notes=told or None)


def _source_notes(build: Build) -> tuple[Any, ...]:
    # Older sources have none.
    notes: tuple[Any, ...] = getattr(build.plan.source, "notes", ())
    return notes
