"""How far a film is, in words for people."""

from typing import Any

from video_app.catalogue import progress
from video_app.models import State, Video


def outlook(video: Video) -> dict[str, Any]:
    """`{state, percent, label}`: how far a film is, for programs and for people."""
    percent = progress.percent(video)
    labels = {
        State.PENDING: "waiting for a worker" if video.video_file else "being uploaded",
        State.PROCESSING: f"encoding {percent:.0f} %{_pace(video)}",
        State.COMPLETED: "ready",
        State.FAILED: f"failed: {video.error}",
    }
    label = labels[State(video.state)]
    if reason := progress.waiting(video):
        label = f"{label}, waiting: {reason}"
    return {"state": video.state, "percent": percent, "label": label}


def _pace(video: Video) -> str:
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
