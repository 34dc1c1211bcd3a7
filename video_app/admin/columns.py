"""What the lists and pages of films show: words and small pictures, live where they change."""

from typing import Any

from django.contrib import admin
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join

from video_app.catalogue import notes, progress
from video_app.models import State, Video


class FilmColumns:
    """Columns of the list, and read-only fields of a film's page."""

    @admin.display(description="poster")
    def poster_image(self, video: Video) -> str:
        if url := poster_url(video):
            return format_html('<img class="vf-poster" src="{}" alt="" loading="lazy">', url)
        return format_html('<span class="{}"></span>', "vf-poster")

    @admin.display(description="state", ordering="state")
    def progress_bar(self, video: Video) -> str:
        shown = progress_of(video)
        return format_html(
            '<span class="vf-progress" data-id="{}" data-state="{}" data-url="{}">'
            '<progress max="100" value="{}" aria-label="Encoded"></progress> '
            "<span>{}</span></span>",
            video.pk,
            shown["state"],
            reverse("admin:video_app_video_progress"),
            shown["percent"],
            shown["label"],
        )

    @admin.display(description="publication", ordering="is_published")
    def publication(self, video: Video) -> str:
        return publication(video)

    @admin.display(description="length", ordering="duration")
    def length(self, video: Video) -> str:
        return clock(video.duration) if video.duration else "-"

    @admin.display(description="size", ordering="size")
    def source_size(self, video: Video) -> str:
        return filesizeformat(video.size)

    @admin.display(description="frame size")
    def frame_size(self, video: Video) -> str:
        return f"{video.width} x {video.height}" if video.width else "-"

    @admin.display(description="left out")
    def left_out(self, video: Video) -> str:
        """What of the file is not in the film."""
        lines = [(note.text,) for note in notes.left_out(video)]
        return format_html_join("", "<div>{}</div>", lines) or "nothing"


def poster_url(video: Video) -> str:
    if not video.picture:
        return ""
    return reverse("admin:video_app_video_poster", args=[video.pk])


def publication(video: Video) -> str:
    """Who sees a film from when until when, in a few words."""
    now = timezone.now()
    if video.is_published:
        is_ending = video.unpublish_at and video.unpublish_at > now
        return f"published until {_date(video.unpublish_at)}" if is_ending else "published"
    is_coming = video.publish_at and video.publish_at > now
    return f"draft, published on {_date(video.publish_at)}" if is_coming else "draft"


def _date(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


def progress_of(video: Video) -> dict[str, Any]:
    """`{state, percent, label}`: how far a film is, for programs and for people."""
    percent = progress.percent(video)
    labels = {
        State.PENDING: "waiting for a worker" if video.video_file else "being uploaded",
        State.PROCESSING: f"encoding {percent:.0f} %{_outlook(video)}",
        State.COMPLETED: "ready",
        State.FAILED: f"failed: {video.error}",
    }
    label = labels[State(video.state)]
    if reason := progress.waiting(video):
        label = f"{label}, waiting: {reason}"
    return {"state": video.state, "percent": percent, "label": label}


def _outlook(video: Video) -> str:
    """When a running transcode will be done, and whether one can watch already."""
    pace = progress.pace(video)
    left = f", {clock(pace.seconds_left)} left at {pace.speed:g}x" if pace else ""
    return left + (f", {_watchable(video)}" if video.current_build_id else "")


def _watchable(video: Video) -> str:
    """In which quality a film can be watched as far as it is there."""
    ready = progress.ready(video)
    names = list(ready)  # the poorest first
    now = [name for name in names if ready[name] == max(ready.values())]
    return f"watchable in {now[-1]}, better later" if now[-1:] != names[-1:] else "watchable"


def clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"
