"""The subtitle tracks on a film's page: added, replaced, shifted and removed."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from video_app.catalogue.sentences import language, translated
from video_app.models import Subtitle
from video_app.pipeline import languages, texts

UNKNOWN = ("und", _("unknown"))
FIRST_LINES = _(
    "The subtitles were read as {encoding}: “{preview}”. If that is garbled, choose the file "
    "again with another encoding."
)


def language_choices(current: str = "") -> list[tuple[str, Any]]:
    """Every language with a name, and the one that is set."""
    named = [(code, language(name)) for code, name in languages.choices()]
    known: list[tuple[str, Any]] = [UNKNOWN, *sorted(named, key=lambda choice: choice[1])]
    is_listed = not current or listed(current) in dict(known)
    return known if is_listed else [*known, (current, current)]


def listed(code: str) -> str:
    """The code under which a language stands among the choices: "deu" for "ger"."""
    return languages.code(code) or code


class SubtitleForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    file = forms.FileField(required=False, help_text=_("SRT, WebVTT or ASS."))
    encoding = forms.ChoiceField(
        required=False, choices=[("", _("as it says")), *((name, name) for name in texts.ENCODINGS)]
    )
    language = forms.ChoiceField()

    class Meta:
        model = Subtitle
        fields = ("language", "label", "is_forced", "is_sdh", "offset")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.read: texts.Text | None = None
        choice: Any = self.fields["language"]
        choice.choices = language_choices(self.instance.language if self.instance.pk else "")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        file = cleaned.get("file")
        if file is None and not self.instance.pk:
            raise forms.ValidationError({"file": _("Please choose the file with the subtitles.")})
        if file is not None:
            self._read(file.read(texts.MAX_BYTES + 1), cleaned.get("encoding", ""))
        return cleaned

    def _read(self, content: bytes, encoding: str) -> None:
        try:
            self.read = texts.read(content, encoding)
        except texts.BadTextError as error:
            raise forms.ValidationError({"file": translated(str(error))}) from error
        self.instance.text = self.read.vtt


class SubtitleInline(admin.TabularInline):  # type: ignore[type-arg]  # not subscriptable
    model = Subtitle
    form = SubtitleForm
    extra = 0
    max_num = 50
    fields = ("file", "encoding", "language", "label", "is_forced", "is_sdh", "offset")
    verbose_name_plural = _("added subtitles")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subtitle]:
        """Those that a machine has made stand below (`CaptionsInline`)."""
        rows: QuerySet[Subtitle] = super().get_queryset(request)
        return rows.filter(is_automatic=False)


def tell_how_they_were_read(request: HttpRequest, forms_: list[Any]) -> None:
    for read in (form.read for form in forms_ if getattr(form, "read", None)):
        messages.info(request, FIRST_LINES.format(encoding=read.encoding, preview=read.preview))
