"""The form that staff upload with."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from video_app.catalogue.sentences import translated
from video_app.ingest import room
from video_app.ingest.validators import FILM_SUFFIXES, film_suffix
from video_app.models import Video
from video_app.streaming import thumbnails

IN_MEMORY = (InMemoryUploadedFile, ContentFile)


class VideoForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    class Meta:
        model = Video
        fields = ("title", "description", "category", "video_file", "thumbnail", "is_published")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field := self.fields.get("video_file"):
            field.widget.attrs |= {
                "accept": ",".join(["video/*", *(f".{suffix}" for suffix in FILM_SUFFIXES)]),
                # What `checks.js` needs to refuse a file before its first byte is sent.
                "data-endings": " ".join(FILM_SUFFIXES),
                "data-largest": settings.MAX_UPLOAD_BYTES,
                "data-largest-words": filesizeformat(settings.MAX_UPLOAD_BYTES),
            }

    def clean_video_file(self) -> Any:
        file = self.cleaned_data["video_file"]
        if isinstance(file, UploadedFile):
            film_suffix(file)
            if (file.size or 0) > settings.MAX_UPLOAD_BYTES:
                limit = filesizeformat(settings.MAX_UPLOAD_BYTES)
                raise forms.ValidationError(
                    _("The file is larger than %(limit)s.") % {"limit": limit}
                )
        return file

    def clean(self) -> dict[str, Any]:
        """Room for what came in memory; a larger file is on the media volume already."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        files = [file for file in cleaned.values() if isinstance(file, IN_MEMORY)]
        if files and (refusal := room.refusal(sum(file.size or 0 for file in files))):
            raise forms.ValidationError(refusal.detail)
        return cleaned

    def clean_thumbnail(self) -> Any:
        file = self.cleaned_data["thumbnail"]
        if not isinstance(file, UploadedFile):
            return file
        try:
            return thumbnails.thumbnail(file)
        except thumbnails.BadImageError as error:
            raise forms.ValidationError(translated(str(error))) from error
