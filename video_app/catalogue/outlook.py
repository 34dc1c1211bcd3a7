"""How far a film is, in words for people."""

from typing import Any

from django.utils.translation import gettext as _

from video_app.catalogue import progress
from video_app.catalogue.sentences import translated
from video_app.models import State, Video


def outlook(video: Video) -> dict[str, Any]:
    """`{state, percent, label}`: how far a film is, for programs and for people."""
    percent = progress.percent(video)
    labels = {
        State.PENDING: _("waiting for a worker") if video.video_file else _("being uploaded"),
        State.PROCESSING: _("encoding %(percent)s %%") % {"percent": round(percent)} + _pace(video),
        State.COMPLETED: _("ready"),
        State.FAILED: _("failed: %(why)s") % {"why": translated(video.error)},
    }
    label = labels[State(video.state)]
    if reason := progress.waiting(video):
        label = _("%(state)s, waiting: %(why)s") % {"state": label, "why": translated(reason)}
    return {"state": video.state, "percent": percent, "label": label}


def _pace(video: Video) -> str:
    """When a running transcode will be done, and whether one can watch already."""
    pace = progress.pace(video)
    left = ""
    if pace:
        about = {"time": clock(pace.seconds_left), "speed": f"{pace.speed:g}"}
        left = ", " + _("%(time)s left at %(speed)sx") % about
    return left + (f", {_watchable(video)}" if video.current_build_id else "")


def _watchable(video: Video) -> str:
    """In which quality a film can be watched as far as it is there."""
    ready = progress.ready(video)
    names = list(ready)  # the poorest first
    now = [name for name in names if ready[name] == max(ready.values())]
    if now[-1:] == names[-1:]:
        return _("watchable")
    return _("watchable in %(name)s, better later") % {"name": now[-1]}


def clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"
