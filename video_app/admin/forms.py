"""The form of a film's page."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminFileWidget, AdminTextInputWidget
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from video_app.ingest import describing
from video_app.ingest.forms import VideoForm
from video_app.models import Person, Tag

ENDS_BEFORE = _("It would be withdrawn before it is published.")


COMMAS = _("With commas between them.")
WIDE = AdminTextInputWidget


def _names(text: str, model: Any) -> list[str]:
    """The names in a list with commas, each once."""
    names = list(dict.fromkeys(filter(None, (name.strip() for name in text.split(",")))))
    longest = model._meta.get_field("name").max_length
    if any(len(name) > longest for name in names):
        raise forms.ValidationError(
            _("A name has at most %(count)s characters.") % {"count": longest}
        )
    return names


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
    """Tags, people and the series are typed: whoever is new is made."""

    tag_names = forms.CharField(label=_("Tags"), required=False, help_text=COMMAS, widget=WIDE)
    people_names = forms.CharField(label=_("People"), required=False, help_text=COMMAS, widget=WIDE)
    series_title = forms.CharField(
        label=pgettext_lazy("one", "Series"), required=False, max_length=200
    )

    class Meta(VideoForm.Meta):
        widgets = {"video_file": DownloadInput, "thumbnail": DownloadInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        film = self.instance
        if film.pk:
            self.initial["tag_names"] = ", ".join(film.tags.values_list("name", flat=True))
            self.initial["people_names"] = ", ".join(film.people.values_list("name", flat=True))
            self.initial["series_title"] = film.series.title if film.series else ""
            self._link("video_file", "source", film.original_name or str(_("the uploaded file")))
            self._link("thumbnail", "poster", str(_("the picture")))

        for name in ("publish_at", "unpublish_at"):
            if name in self.fields:
                self._name_parts(name)

    def _name_parts(self, name: str) -> None:
        """Django leaves the two inputs of a moment without labels of their own."""
        parts: Any = getattr(self.fields[name].widget, "widgets", ())
        for widget, part in zip(parts, (_("date"), _("time")), strict=False):
            widget.attrs["aria-label"] = f"{self.fields[name].label}: {part}"

    def _link(self, field: str, page: str, name: str) -> None:
        widget = self.fields[field].widget if field in self.fields else None
        if isinstance(widget, DownloadInput):
            url = reverse(f"admin:video_app_video_{page}", args=[self.instance.pk])
            widget.download = _Download(url, name)

    def clean_tag_names(self) -> list[str]:
        return _names(self.cleaned_data["tag_names"], Tag)

    def clean_people_names(self) -> list[str]:
        return _names(self.cleaned_data["people_names"], Person)

    def save(self, commit: bool = True) -> Any:
        if "series_title" in self.changed_data:
            self.instance.series = describing.series_named(self.cleaned_data["series_title"])
        return super().save(commit)

    def save_names(self) -> None:
        """Once the film is saved."""
        if "tag_names" in self.changed_data:
            self.instance.tags.set(describing.named(Tag, self.cleaned_data["tag_names"]))
        if "people_names" in self.changed_data:
            self.instance.people.set(describing.named(Person, self.cleaned_data["people_names"]))

    def clean(self) -> dict[str, Any]:
        """A date to come decides, whatever is ticked beside it."""
        cleaned = super().clean()
        begin, end = cleaned.get("publish_at"), cleaned.get("unpublish_at")
        if begin and end and end <= begin:
            raise forms.ValidationError({"unpublish_at": ENDS_BEFORE})
        if begin and begin > timezone.now():
            cleaned["is_published"] = False
        return cleaned
