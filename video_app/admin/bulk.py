"""What staff do to many films at once. Each action says what it did, and the history too."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext, override
from django.utils.translation import gettext_lazy as _

from video_app.admin import history
from video_app.ingest import describing, replacing
from video_app.models import Category, Video
from video_app.streaming import publication
from video_app.work import planning

SHOWN_TITLES = 100
NO_TAG = _("Please type the tag beside the action.")
NO_CATEGORY = _("Please choose the category beside the action.")


def category_choices() -> list[tuple[str, str]]:
    return [("", "---------"), *((each.value, each.name_for_readers) for each in Category)]


class FilmActionForm(ActionForm):
    """The fields that some actions need stand beside them."""

    category = forms.ChoiceField(label=_("Category:"), choices=category_choices, required=False)
    tag = forms.CharField(label=_("Tag:"), max_length=50, required=False)


class BulkActions:
    """The actions of the list of films, for any number of them."""

    action_form = FilmActionForm

    @admin.action(description=_("Publish"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        changed = publication.set_published(_ids(queryset), is_published=True)
        _report(request, changed, lambda: gettext("published"))

    @admin.action(description=_("Unpublish"), permissions=["change"])
    def unpublish(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        changed = publication.set_published(_ids(queryset), is_published=False)
        _report(request, changed, lambda: gettext("unpublished"))

    @admin.action(description=_("Transcode again"), permissions=["change"])
    def transcode_again(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        begun = [pk for pk in _ids(queryset.exclude(video_file="")) if planning.request_again(pk)]
        _report(request, begun, lambda: gettext("sent to be transcoded again"))

    @admin.action(description=_("Go back to the former file"), permissions=["change"])
    def go_back(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        changed = [pk for pk in _ids(queryset) if replacing.go_back(pk)]
        _report(request, changed, lambda: gettext("taken back to the former file"))

    @admin.action(description=_("Set category"), permissions=["change"])
    def set_category(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        category = request.POST.get("category", "")
        if category not in Category.values:
            messages.error(request, NO_CATEGORY)
            return
        changed = describing.set_category(_ids(queryset), category)
        moved, chosen = _("moved to the category %(name)s"), Category(category)
        _report(request, changed, lambda: moved % {"name": chosen.name_for_readers})

    @admin.action(description=_("Add tag"), permissions=["change"])
    def add_tag(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        self._tag(request, queryset, describing.add_tag, _("tagged “%(tag)s”"))

    @admin.action(description=_("Remove tag"), permissions=["change"])
    def remove_tag(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        self._tag(request, queryset, describing.remove_tag, _("freed of the tag “%(tag)s”"))

    def _tag(
        self,
        request: HttpRequest,
        queryset: QuerySet[Video],
        change: Callable[[list[int], str], list[int]],
        done: Any,
    ) -> None:
        tag = request.POST.get("tag", "").strip()[:50]
        if not tag or "\0" in tag:
            messages.error(request, NO_TAG)
            return
        _report(request, change(_ids(queryset), tag), lambda: done % {"tag": tag})

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, ...]:
        """The films alone: nobody wants to read what they consist of, chunk by chunk."""
        titles = [str(video) for video in objs[:SHOWN_TITLES]]
        count = len(objs)
        if count > SHOWN_TITLES:
            titles.append(_("and %(count)s more") % {"count": count - SHOWN_TITLES})
        may: bool = self.has_delete_permission(request)  # type: ignore[attr-defined]
        return titles, {"films": count}, set() if may else {"film"}, []

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        describing.delete(_ids(queryset))


def _ids(queryset: QuerySet[Video]) -> list[int]:
    return list(queryset.order_by("pk").values_list("pk", flat=True))


def _report(request: HttpRequest, changed: list[int], done: Callable[[], str]) -> None:
    """A message in the reader's language, and the history in English, for whoever reads it.

    `done` says what; films that were so already are not counted.
    """
    if not changed:
        none = gettext("No film was %(done)s: it was so already.")
        messages.info(request, none % {"done": done()})
        return
    count = len(changed)
    some = ngettext("%(count)s film was %(done)s.", "%(count)s films were %(done)s.", count)
    messages.success(request, some % {"count": count, "done": done()})
    with override("en"):
        words = done()
    history.note(request, changed, f"{words[0].upper()}{words[1:]}.")
