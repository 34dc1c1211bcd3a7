"""What was watched and how it played: per film and in all, and why one viewing stopped."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from video_app.insight import figures
from video_app.models import FilmDay, Video, Viewing
from video_app.models.watching import PARTS

# Choices of the page with the figures.
PERIODS = (7, 30, 365)


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_per_page = 50
    list_display_links = None
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(FilmDay)
class FilmDayAdmin(ReadOnlyAdmin):
    list_display = ("day", "film", "views", "hours", "startup", "stalls", "errors")
    list_select_related = ("video",)
    date_hierarchy = "day"
    search_fields = ("video__title",)
    change_list_template = "admin/video_app/filmday/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("figures/", self._guarded(self.all_films), name="watching"),
            path("figures/<int:video_id>/", self._guarded(self.one_film), name="watching-film"),
        ]
        return own + super().get_urls()

    def _guarded(self, view: Any) -> Any:
        return self.admin_site.admin_view(view)

    def all_films(self, request: HttpRequest) -> HttpResponse:
        return self._figures(request, FilmDay.objects.all(), str(_("All films")))

    def one_film(self, request: HttpRequest, video_id: int) -> HttpResponse:
        video = get_object_or_404(Video, pk=video_id)
        return self._figures(request, FilmDay.objects.filter(video=video), video.title)

    def _figures(self, request: HttpRequest, rows: "QuerySet[FilmDay]", title: str) -> HttpResponse:
        if not self.has_view_permission(request):
            return TemplateResponse(request, "admin/404.html", status=403)
        asked = request.GET.get("days", "")
        days = int(asked) if asked in map(str, PERIODS) else 30
        since = timezone.localdate() - timedelta(days=days)
        found = figures.of(rows.filter(day__gt=since))
        context = self.admin_site.each_context(request) | {
            "title": title,
            "days": days,
            "periods": PERIODS,
            "found": found,
            "bars": bars(found.retention),
            "opts": self.model._meta,
        }
        return TemplateResponse(request, "admin/video_app/watching.html", context)

    @admin.display(description=_("film"), ordering="video__title")
    def film(self, row: FilmDay) -> str:
        address = reverse("admin:watching-film", args=[row.video_id])
        return format_html('<a href="{}">{}</a>', address, row.video.title)

    @admin.display(description=_("hours watched"), ordering="seconds")
    def hours(self, row: FilmDay) -> str:
        return f"{row.seconds / 3600:.1f}"

    @admin.display(description=_("seconds to start"))
    def startup(self, row: FilmDay) -> str:
        return f"{row.startup_seconds / row.started:.2f}" if row.started else "-"


def bars(retention: list[float]) -> list[dict[str, Any]]:
    """The curve as bars of an SVG of 400 by 100."""
    width = 400 / PARTS
    return [
        {
            "x": round(place * width, 1),
            "y": round(100 - 100 * min(1, share), 1),
            "height": round(100 * min(1, share), 1),
            "words": f"{place * 100 // PARTS} to {(place + 1) * 100 // PARTS} %: {share:.0%}",
        }
        for place, share in enumerate(retention)
    ]


@admin.register(Viewing)
class ViewingAdmin(ReadOnlyAdmin):
    """Of the last week. The request's id finds the same moment in our own log."""

    list_display = (
        *("last_at", "video", "watched", "startup", "stalls", "stalled"),
        *("end", "problem", "request_id", "is_reported"),
    )
    list_select_related = ("video",)
    list_filter = ("end", "is_reported", "day")
    search_fields = ("=request_id", "video__title")

    @admin.display(description=_("seconds watched"), ordering="seconds")
    def watched(self, row: Viewing) -> str:
        return f"{row.seconds:.0f}"
