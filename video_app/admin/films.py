"""The admin of films."""

import re
from typing import Any

from django.contrib import admin
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import DatabaseError, DataError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path

from video_app.admin import files
from video_app.admin.bulk import BulkActions
from video_app.admin.columns import FilmColumns, poster_url, progress_of
from video_app.admin.descriptions import ChapterInline
from video_app.admin.forms import FilmForm
from video_app.models import Video

ID = re.compile(r"[1-9][0-9]{0,17}")
FOLLOWED_AT_ONCE = 200
NEW = ("title", "description", "category", "video_file", "thumbnail", "is_published")
ABOUT_THE_FILE = ("length", "source_size", "frame_size", "left_out")


@admin.register(Video)
class VideoAdmin(BulkActions, FilmColumns, admin.ModelAdmin):  # type: ignore[type-arg]
    form = FilmForm
    inlines = (ChapterInline,)
    list_display = (
        "poster_image",
        "title",
        "category",
        "progress_bar",
        "publication",
        "length",
        "source_size",
    )
    list_display_links = ("title",)
    list_filter = ("state", "is_published", "category")
    search_fields = ("title", "description", "original_name")
    list_per_page = 50
    date_hierarchy = "created_at"
    actions = (
        *("publish", "unpublish", "set_category", "add_tag", "remove_tag"),
        *("transcode_again", "go_back"),
    )
    autocomplete_fields = ("tags", "people", "series")
    filter_horizontal = ("groups",)
    fieldsets = (
        (None, {"fields": ("progress_bar", "poster_image")}),
        (
            "About the film",
            {
                "fields": (
                    *("title", "description", "category", "tags", "people"),
                    ("year", "age_rating"),
                    ("series", "season", "episode"),
                    "credits_at",
                )
            },
        ),
        (
            "Publication",
            {"fields": ("is_published", "publish_at", "unpublish_at", "audience", "groups")},
        ),
        ("File", {"fields": ("video_file", "thumbnail", *ABOUT_THE_FILE)}),
    )
    readonly_fields = ("progress_bar", "poster_image", *ABOUT_THE_FILE)

    class Media:
        css = {"all": ("video_app/admin.css",)}
        js = ("video_app/admin.js",)

    def get_urls(self) -> list[URLPattern]:
        for_staff: Any = self.admin_site.admin_view
        own = {"progress/": self.progress_view}
        of_film = {"poster": files.poster, "source": files.source}
        return [
            *(path(p, for_staff(view), name=_name(p)) for p, view in own.items()),
            *(
                path(f"<int:pk>/{p}/", for_staff(self._viewed(view)), name=_name(p))
                for p, view in of_film.items()
            ),
            *super().get_urls(),
        ]

    def _viewed(self, view: Any) -> Any:
        """Being staff alone is not enough: they need the right to see films."""

        def checked(request: HttpRequest, **named: Any) -> HttpResponse:
            if not self.has_view_permission(request):
                raise PermissionDenied
            answer: HttpResponse = view(request, **named)
            return answer

        return checked

    def get_queryset(self, request: HttpRequest) -> QuerySet[Video]:
        rows: Any = super().get_queryset(request)
        shown: QuerySet[Video] = rows.with_progress()
        return shown

    def get_fieldsets(self, request: HttpRequest, obj: Video | None = None) -> Any:
        return super().get_fieldsets(request, obj) if obj else ((None, {"fields": NEW}),)

    def get_inlines(self, request: HttpRequest, obj: Video | None) -> Any:
        return self.inlines if obj else ()

    def progress_view(self, request: HttpRequest) -> JsonResponse:
        """`{id: {percent, state, label, length, poster}}` for `?ids=1,2,3`: what the list
        shows, live."""
        wanted = [pk for pk in request.GET.get("ids", "").split(",") if ID.fullmatch(pk)]
        videos = Video.objects.filter(pk__in=wanted[:FOLLOWED_AT_ONCE]).with_progress()
        return JsonResponse({str(video.pk): self._row(video) for video in videos})

    def _row(self, video: Video) -> dict[str, Any]:
        pictures = {"length": self.length(video), "poster": poster_url(video)}
        return progress_of(video) | pictures

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """As Django's, but an id or filter that no database can hold is a bad request."""
        try:
            return super().changelist_view(request, extra_context)
        except (ValueError, OverflowError, DataError) as error:
            raise BadRequest("There is no such filter or film.") from error

    def save_model(self, request: HttpRequest, obj: Video, form: Any, change: bool) -> None:
        if not change:
            obj.owner_id = request.user.pk
        try:
            super().save_model(request, obj, form, change)
        except DatabaseError as error:
            if not change or Video.objects.filter(pk=obj.pk).exists():
                raise
            raise Http404("This film was deleted meanwhile.") from error


def _name(where: str) -> str:
    return f"video_app_video_{where.rstrip('/')}"
