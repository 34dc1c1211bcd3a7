"""What people changed of a film's tracks: added subtitles, and corrections of those in its file.

`Video.track_edits` is `{"sounds": {place: language}, "subtitles": {place: language or null}}`;
places are those in the plan, languages codes, and null stands for a track that is left out.
"""

from dataclasses import asdict, replace
from fractions import Fraction
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import F

from video_app.models import Build, Subtitle, Video
from video_app.pipeline import subtitles, text_tracks
from video_app.pipeline.text_tracks import TextTrack
from video_app.pipeline.types import Plan
from video_app.streaming import film_cache

SOUNDS, SUBTITLES = "sounds", "subtitles"
LIFETIME = 3600  # seconds; the keys name a revision, so that nothing in it is ever stale


def corrected(plan: Plan, edits: Any) -> Plan:
    """The plan with the languages that people gave its tracks."""
    source, given = plan.source, edits or {}
    sounds = _with_languages(source.audios, given.get(SOUNDS, {}))
    texts = _with_languages(source.subtitles, given.get(SUBTITLES, {}))
    return replace(plan, source=replace(source, audios=sounds, subtitles=texts))


def _with_languages(streams: tuple[Any, ...], languages: dict[str, str | None]) -> tuple[Any, ...]:
    """A language that was corrected has no title that says another."""
    return tuple(
        replace(stream, language=language, title="")
        if (language := languages.get(str(place))) and language != stream.language
        else stream
        for place, stream in enumerate(streams)
    )


def text_tracks_of(build: Build, plan: Plan) -> list[TextTrack]:
    """The subtitles that can be chosen now; the source's are there once its build is whole."""
    was_edited = build.video.tracks_revision > 0  # which spares most films a query
    rows = _shown(build.video_id).defer("text") if was_edited else ()
    return [*_own(build, plan), *(_added(row) for row in rows)]


def listed(video: Video) -> list[dict[str, Any]]:
    """The same for programs: those of the current build, whose `id` is None, and added ones."""
    fields = ("id", "language", "label", "is_forced", "is_sdh", "is_automatic", "offset")
    own: list[TextTrack] = []
    if build := video.current_build:
        build.video = video  # which spares a query
        own = _own(build, corrected(build.plan, video.track_edits))
    unchanged = {"id": None, "is_automatic": False, "offset": 0.0}
    return [
        *(asdict(track) | {"label": track.title} | unchanged for track in own),
        *_shown(video.pk).values(*fields),
    ]


def _shown(video_id: int) -> Any:
    """Added tracks that viewers may choose."""
    return Subtitle.objects.filter(video_id=video_id, is_draft=False)


def _own(build: Build, plan: Plan) -> list[TextTrack]:
    """Of the source, without those that people left out."""
    edits = (build.video.track_edits or {}).get(SUBTITLES, {})
    removed = {int(place) for place, language in edits.items() if language is None}
    return text_tracks.of_source(plan, removed) if build.subtitles else []


def _added(row: Subtitle) -> TextTrack:
    title = " ".join(filter(None, [row.label, "(automatic)" if row.is_automatic else ""]))
    return TextTrack(
        folder=f"text-{row.pk}",
        language=row.language,
        title=title if row.label else "",
        is_forced=row.is_forced,
        is_sdh=row.is_sdh,
    )


def segment(video_id: int, subtitle_id: int, number: int, build: film_cache.PlayableBuild) -> str:
    """A minute of an added track on the clock of a build. `IndexError` beyond the film's end,
    `Subtitle.DoesNotExist` when it was removed."""
    key = f"text:{video_id}:{subtitle_id}:{build['id']}:{build['tracks_revision']}"
    segments: list[str] | None = cache.get(key)
    if segments is None:
        segments = _segments(Subtitle.objects.get(pk=subtitle_id, video_id=video_id), build["id"])
        cache.set(key, segments, LIFETIME)
    return segments[number]


def _segments(row: Subtitle, build_id: int) -> list[str]:
    plan = Build.objects.get(pk=build_id, video_id=row.video_id).plan
    # The text is on the clock of the source, whose first frame may come a little later.
    shift = Fraction(row.offset).limit_denominator(1000) - plan.origin
    return list(subtitles.cut(row.text, plan.duration, shift))


def correct(video_id: int, edits: dict[str, dict[str, str | None]]) -> None:
    """Have other languages for the tracks in the file, or leave some out."""
    Video.objects.filter(pk=video_id).update(track_edits=edits)
    announce(video_id)


def announce(video_id: int) -> None:
    """Players that load the master from now on see the tracks as they are now."""
    Video.objects.filter(pk=video_id).update(tracks_revision=F("tracks_revision") + 1)
    transaction.on_commit(lambda: film_cache.forget([video_id]))
