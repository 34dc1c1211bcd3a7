"""Automatic captions on a film's page: a draft to correct, then to approve or remove."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from video_app.admin.subtitles import language_choices
from video_app.catalogue.sentences import translated
from video_app.models import Subtitle
from video_app.pipeline import texts


class CaptionsForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    language = forms.ChoiceField()
    text = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 14, "cols": 60, "spellcheck": "true"}),
        max_length=texts.MAX_BYTES,
        strip=False,
        help_text=_("WebVTT: each text below its times."),
    )

    class Meta:
        model = Subtitle
        fields = ("is_draft", "language", "label", "offset", "text")
        labels = {"is_draft": _("Draft")}
        help_texts = {"is_draft": _("Viewers do not see it. Take the tick away to approve it.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["language"]
        choice.choices = language_choices(self.instance.language if self.instance.pk else "")

    def clean_text(self) -> str:
        try:
            return texts.read(self.cleaned_data["text"].encode(), "utf-8").vtt
        except texts.BadTextError as error:
            raise forms.ValidationError(translated(str(error))) from error


class CaptionsFormSet(BaseInlineFormSet):  # type: ignore[type-arg]  # not generic at run time
    @classmethod
    def get_default_prefix(cls) -> str:
        """Not that of the subtitles which people have added."""
        return "captions"


class CaptionsInline(admin.StackedInline):  # type: ignore[type-arg]  # not subscriptable
    model = Subtitle
    form = CaptionsForm
    extra = 0
    max_num = 0  # they are made by a machine
    fields = ("is_draft", "language", "label", "offset", "text")
    verbose_name_plural = _("automatic captions")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subtitle]:
        rows: QuerySet[Subtitle] = super().get_queryset(request)
        return rows.filter(is_automatic=True)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, formset=CaptionsFormSet, **kwargs)
