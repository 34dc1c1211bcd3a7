"""The tracks in a film's file, as fields of its page: their languages are corrected, subtitles
left out."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from video_app.admin.subtitles import language_choices, listed
from video_app.models import Build, Video
from video_app.streaming import tracks

LEFT_OUT = ("-", _("left out"))


def fields_of(video: Video) -> dict[str, forms.ChoiceField]:
    """A choice of languages per sound and subtitle track of the current build, by field name."""
    build = _build(video)
    if build is None:
        return {}
    source = tracks.corrected(build.plan, video.track_edits).source
    edits = (video.track_edits or {}).get(tracks.SUBTITLES, {})
    found: dict[str, forms.ChoiceField] = {}
    for place, sound in enumerate(source.audios):
        found[f"sound_{place}"] = _choice(
            _("Sound %(number)s") % {"number": place + 1}, sound, sound.language
        )
    for place, text in enumerate(source.subtitles):
        is_out = str(place) in edits and edits[str(place)] is None
        name = f"subtitles_{place}"
        found[name] = _choice(
            _("Subtitles %(number)s") % {"number": place + 1},
            text,
            "-" if is_out else text.language,
        )
        found[name].choices = [*found[name].choices, LEFT_OUT]  # type: ignore[misc]
    return found


def _build(video: Video) -> Build | None:
    return video.current_build


def _choice(label: str, stream: Any, language: str) -> forms.ChoiceField:
    choices = language_choices(stream.language)
    title = _("Its title in the file: %(title)s") % {"title": stream.title} if stream.title else ""
    return forms.ChoiceField(
        label=label, choices=choices, initial=listed(language), required=False, help_text=title
    )


def edits_of(form: Any) -> dict[str, dict[str, str | None]] | None:
    """`Video.track_edits` after this form; None when nothing of it was changed."""
    names = [n for n in form.fields if n.startswith(("sound_", "subtitles_"))]
    changed = [name for name in names if name in form.changed_data]
    if not changed:
        return None
    old = form.instance.track_edits or {}
    edits = {kind: dict(old.get(kind, {})) for kind in (tracks.SOUNDS, tracks.SUBTITLES)}
    for name in changed:
        kind, _, place = name.partition("_")
        value = form.cleaned_data[name]
        edits[tracks.SOUNDS if kind == "sound" else tracks.SUBTITLES][place] = (
            None if value == LEFT_OUT[0] else value
        )
    return edits
