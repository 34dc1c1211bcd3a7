"""The form of a film's page."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminFileWidget
from django.urls import reverse
from django.utils import timezone

from video_app.ingest.forms import VideoForm

ENDS_BEFORE = "It would be withdrawn before it is published."


@dataclass(frozen=True, slots=True)
class _Download:
    url: str
    name: str

    def __str__(self) -> str:
        return self.name


class DownloadInput(AdminFileWidget):
    """A file input whose "Currently:" link leads to a download that works for staff."""

    download: _Download | None = None

    def format_value(self, value: Any) -> Any:
        return (self.download or value) if self.is_initial(value) else None


class FilmForm(VideoForm):
    class Meta(VideoForm.Meta):
        widgets = {"video_file": DownloadInput, "thumbnail": DownloadInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        film = self.instance
        if film.pk:
            self._link("video_file", "source", film.original_name or "the uploaded file")
            self._link("thumbnail", "poster", "the picture")

    def _link(self, field: str, page: str, name: str) -> None:
        widget = self.fields[field].widget if field in self.fields else None
        if isinstance(widget, DownloadInput):
            url = reverse(f"admin:video_app_video_{page}", args=[self.instance.pk])
            widget.download = _Download(url, name)

    def clean(self) -> dict[str, Any]:
        """A date to come decides, whatever is ticked beside it."""
        cleaned = super().clean()
        begin, end = cleaned.get("publish_at"), cleaned.get("unpublish_at")
        if begin and end and end <= begin:
            raise forms.ValidationError({"unpublish_at": ENDS_BEFORE})
        if begin and begin > timezone.now():
            cleaned["is_published"] = False
        return cleaned
