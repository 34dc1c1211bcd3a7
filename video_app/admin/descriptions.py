"""The admin of what films are described by: series, tags, people, chapters."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from video_app.models import Chapter, Person, Series, Tag


class _Counted(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """Lists say how many films there are of each."""

    list_per_page = 100

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        counted: QuerySet[Any] = rows.annotate(film_count=Count("videos"))
        return counted

    @admin.display(description=_("films"), ordering="film_count")
    def films(self, row: Any) -> int:
        return int(row.film_count)


@admin.register(Series)
class SeriesAdmin(_Counted):
    list_display = ("title", "films")
    search_fields = ("title",)


@admin.register(Tag)
class TagAdmin(_Counted):
    list_display = ("name", "films")
    search_fields = ("name",)


@admin.register(Person)
class PersonAdmin(_Counted):
    list_display = ("name", "films")
    search_fields = ("name",)


class ChapterInline(admin.TabularInline):  # type: ignore[type-arg]  # not subscriptable
    model = Chapter
    extra = 0
    fields = ("seconds", "title")
