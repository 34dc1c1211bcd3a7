"""The page where films are imported from folders, buckets and addresses, and followed."""

from dataclasses import dataclass
from itertools import islice
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F, Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from video_app.catalogue.outlook import outlook
from video_app.catalogue.sentences import translated
from video_app.ingest import imports, places
from video_app.models import Import, State, Video

# Begun in one request; the page asks again until there are no more.
AT_ONCE = 25
SHOWN = 100
ADDED = ngettext_lazy(
    "%(count)s film will be fetched.", "%(count)s films will be fetched.", "count"
)
BEFORE = ngettext_lazy(
    "%(count)s film had been imported before.", "%(count)s films had been imported before.", "count"
)
MORE = _("There are more: import the same place again to go on.")
CHANGES = {
    "retry": (imports.retry, _("It is fetched again."), _("It had not failed.")),
    "cancel": (imports.cancel, _("The import was cancelled."), _("It was finished already.")),
}


class ImportForm(forms.Form):
    location = forms.CharField(
        max_length=2000,
        error_messages={"required": _("Please name a folder, a place in a bucket or an address.")},
    )
    published = forms.BooleanField(required=False, initial=True)

    def clean_location(self) -> str:
        return places.allowed(self.cleaned_data["location"])


@dataclass(frozen=True, slots=True)
class Row:
    """An import in words. `percent` is None when nobody knows it."""

    record: Import
    state: str
    words: str
    percent: float | None


def page(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """The page; with `rows` only its list, which it asks for again and again."""
    _require_right(request)
    form = ImportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _begin(request, form)
    if request.method == "POST" and _wants_json(request):
        return JsonResponse({"error": " ".join(map(str, form.errors["location"]))}, status=400)
    about = {
        "title": _("Import films"),
        "form": form,
        "roots": places.roots(),
        "rows": [_row(record) for record in _records()],
    }
    template = "import_rows.html" if "rows" in request.GET else "import.html"
    context = site.each_context(request) | about
    return TemplateResponse(request, f"admin/video_app/video/{template}", context)


def change(site: AdminSite, request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Retry or cancel an import."""
    _require_right(request)
    record = Import.objects.filter(pk=pk).first()
    if record is None or action not in CHANGES or request.method != "POST":
        raise Http404
    act, done, otherwise = CHANGES[action]
    if act(record):
        messages.success(request, done)
    else:
        messages.warning(request, otherwise)
    return HttpResponseRedirect(reverse("admin:video_app_video_import"))


def _require_right(request: HttpRequest) -> None:
    if not request.user.has_perm("video_app.add_video"):
        raise PermissionDenied


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _begin(request: HttpRequest, form: ImportForm) -> HttpResponse:
    answer = _begin_some(form.cleaned_data, request.user)
    if _wants_json(request):
        return JsonResponse(answer, status=400 if "error" in answer else 200)
    if "error" in answer:
        messages.error(request, answer["error"])
    for words, key in ((ADDED, "added"), (BEFORE, "before")):
        if count := answer[key]:
            messages.info(request, words % {"count": count})
    if answer["more"]:
        messages.warning(request, MORE)
    return HttpResponseRedirect(reverse("admin:video_app_video_import"))


def _begin_some(asked: dict[str, Any], owner: Any) -> dict[str, Any]:
    """Begin at most `AT_ONCE` imports; how many, and whether there may be more."""
    answer: dict[str, Any] = {"added": 0, "before": 0, "more": False}
    given = {"owner": owner, "publishes": asked["published"]}
    try:
        for _name, record in imports.begin(asked["location"], **given):
            answer["added" if record else "before"] += 1
            if answer["added"] == AT_ONCE:
                answer["more"] = True
                break
    except ValidationError as error:
        answer["error"] = " ".join(error.messages)
    except OSError as error:
        answer["error"] = error.strerror or str(error)
    return answer


def _records() -> list[Import]:
    """The unfinished first, then the newest."""
    films = Prefetch("video", Video.objects.with_progress())
    rows = Import.objects.prefetch_related(films)
    newest = rows.order_by(F("finished_at").desc(nulls_first=True), "-pk")
    return list(islice(newest, SHOWN))


def _row(record: Import) -> Row:
    percent = 100 * record.offset / record.length if record.length else None
    if record.error:
        return Row(
            record, "failed", _("Failed: %(why)s") % {"why": translated(record.error)}, percent
        )
    if record.finished_at:
        shown = outlook(record.video)
        state = "refused" if shown["state"] == State.FAILED else "fetched"
        return Row(
            record, state, _("Fetched; %(state)s") % {"state": shown["label"]}, shown["percent"]
        )
    if record.retry_at and record.setback:
        return Row(
            record, "waiting", _("Waiting: %(why)s") % {"why": translated(record.setback)}, percent
        )
    if record.lease_until or record.offset:
        return Row(
            record, "fetching", _("Fetching: %(amount)s") % {"amount": _amount(record)}, percent
        )
    return Row(record, "waiting", str(_("Waiting for its turn")), 0)


def _amount(record: Import) -> str:
    got = filesizeformat(record.offset)
    if not record.length:
        return got
    return _("%(part)s of %(whole)s") % {"part": got, "whole": filesizeformat(record.length)}
