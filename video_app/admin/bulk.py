"""What staff do to many films at once. Each action says what it did, and the history too."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import pluralize

from video_app.admin import history
from video_app.ingest import describing, replacing
from video_app.models import Category, Video
from video_app.streaming import publication
from video_app.work import planning

SHOWN_TITLES = 100
NO_TAG = "Please type the tag beside the action."
NO_CATEGORY = "Please choose the category beside the action."


class FilmActionForm(ActionForm):
    """The fields that some actions need stand beside them."""

    category = forms.ChoiceField(
        label="Category:", choices=[("", "---------"), *Category.choices], required=False
    )
    tag = forms.CharField(label="Tag:", max_length=50, required=False)


class BulkActions:
    """The actions of the list of films, for any number of them."""

    action_form = FilmActionForm

    @admin.action(description="Publish", permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        changed = publication.set_published(_ids(queryset), is_published=True)
        _report(request, changed, "published")

    @admin.action(description="Unpublish", permissions=["change"])
    def unpublish(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        changed = publication.set_published(_ids(queryset), is_published=False)
        _report(request, changed, "unpublished")

    @admin.action(description="Transcode again", permissions=["change"])
    def transcode_again(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        begun = [pk for pk in _ids(queryset.exclude(video_file="")) if planning.request_again(pk)]
        _report(request, begun, "sent to be transcoded again")

    @admin.action(description="Go back to the former file", permissions=["change"])
    def go_back(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        changed = [pk for pk in _ids(queryset) if replacing.go_back(pk)]
        _report(request, changed, "taken back to the former file")

    @admin.action(description="Set category", permissions=["change"])
    def set_category(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        category = request.POST.get("category", "")
        if category not in Category.values:
            messages.error(request, NO_CATEGORY)
            return
        changed = describing.set_category(_ids(queryset), category)
        _report(request, changed, f"moved to the category {Category(category).label}")

    @admin.action(description="Add tag", permissions=["change"])
    def add_tag(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        self._tag(request, queryset, describing.add_tag, "tagged")

    @admin.action(description="Remove tag", permissions=["change"])
    def remove_tag(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        self._tag(request, queryset, describing.remove_tag, "freed of the tag")

    def _tag(
        self,
        request: HttpRequest,
        queryset: QuerySet[Video],
        change: Callable[[list[int], str], list[int]],
        done: str,
    ) -> None:
        tag = request.POST.get("tag", "").strip()[:50]
        if not tag or "\0" in tag:
            messages.error(request, NO_TAG)
            return
        _report(request, change(_ids(queryset), tag), f"{done} “{tag}”")

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, ...]:
        """The films alone: nobody wants to read what they consist of, chunk by chunk."""
        titles = [str(video) for video in objs[:SHOWN_TITLES]]
        count = len(objs)
        if count > SHOWN_TITLES:
            titles.append(f"and {count - SHOWN_TITLES} more")
        may: bool = self.has_delete_permission(request)  # type: ignore[attr-defined]
        return titles, {"films": count}, set() if may else {"film"}, []

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        describing.delete(_ids(queryset))


def _ids(queryset: QuerySet[Video]) -> list[int]:
    return list(queryset.order_by("pk").values_list("pk", flat=True))


def _report(request: HttpRequest, changed: list[int], done: str) -> None:
    """A message and the history; films that were so already are not counted."""
    if not changed:
        messages.info(request, f"No film was {done}: it was so already.")
        return
    count = len(changed)
    verb = "was" if count == 1 else "were"
    messages.success(request, f"{count} film{pluralize(count)} {verb} {done}.")
    history.note(request, changed, f"{done[0].upper()}{done[1:]}.")
