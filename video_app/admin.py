"""What staff see and do: upload, watch the progress, transcode again, unpublish, delete."""

import re
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import BadRequest
from django.core.files.storage import default_storage
from django.db import DatabaseError, DataError
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import filesizeformat, pluralize
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join

from video_app.catalogue import notes, progress
from video_app.ingest.forms import VideoForm
from video_app.models import State, Video
from video_app.streaming import publication
from video_app.work import planning

ID = re.compile(r"[1-9][0-9]{0,17}")
FOLLOWED_AT_ONCE = 200


@admin.register(Video)
class VideoAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    form = VideoForm
    list_display = (
        "poster_image",
        "title",
        "category",
        "progress_bar",
        "is_published",
        "length",
        "source_size",
    )
    list_display_links = ("poster_image", "title")
    list_filter = ("state", "is_published", "category")
    search_fields = ("title", "description", "original_name")
    list_per_page = 50
    date_hierarchy = "created_at"
    actions = ("transcode_again", "publish", "unpublish")
    fields = (
        "title",
        "description",
        "category",
        "video_file",
        "thumbnail",
        "is_published",
        "progress_bar",
        "poster_image",
        "length",
        "source_size",
        "frame_size",
        "left_out",
    )
    readonly_fields = fields[6:]

    class Media:
        css = {"all": ("video_app/admin.css",)}
        js = ("video_app/admin.js",)

    def get_urls(self) -> list[URLPattern]:
        for_staff: Any = self.admin_site.admin_view
        progress, poster = for_staff(self.progress_view), for_staff(self.poster_view)
        return [
            path("progress/", progress, name="video_app_video_progress"),
            path("<int:pk>/poster/", poster, name="video_app_video_poster"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Video]:
        rows: Any = super().get_queryset(request)
        shown: QuerySet[Video] = rows.with_progress()
        return shown

    def progress_view(self, request: HttpRequest) -> JsonResponse:
        """`{id: {percent, state, label, length, poster}}` for `?ids=1,2,3`: what the list
        shows, live."""
        wanted = [pk for pk in request.GET.get("ids", "").split(",") if ID.fullmatch(pk)]
        videos = Video.objects.filter(pk__in=wanted[:FOLLOWED_AT_ONCE]).with_progress()
        return JsonResponse({str(video.pk): self._row(video) for video in videos})

    def _row(self, video: Video) -> dict[str, Any]:
        pictures = {"length": self.length(video), "poster": _poster_url(video)}
        return _progress(video) | pictures

    def poster_view(self, request: HttpRequest, pk: int) -> FileResponse:
        """The poster for staff, who have a session here and no token."""
        video = get_object_or_404(Video, pk=pk)
        if not video.picture:
            raise Http404
        try:
            file = default_storage.open(video.picture)
        except FileNotFoundError as error:
            raise Http404 from error
        return FileResponse(file, content_type="image/jpeg")

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

    def get_fields(self, request: HttpRequest, obj: Video | None = None) -> Any:
        return self.fields if obj else self.fields[:6]

    @admin.display(description="poster")
    def poster_image(self, video: Video) -> str:
        if url := _poster_url(video):
            return format_html('<img class="vf-poster" src="{}" alt="" loading="lazy">', url)
        return format_html('<span class="{}"></span>', "vf-poster")

    @admin.display(description="state", ordering="state")
    def progress_bar(self, video: Video) -> str:
        shown = _progress(video)
        return format_html(
            '<span class="vf-progress" data-id="{}" data-state="{}" data-url="{}">'
            '<progress max="100" value="{}"></progress> <span>{}</span></span>',
            video.pk,
            shown["state"],
            reverse("admin:video_app_video_progress"),
            shown["percent"],
            shown["label"],
        )

    @admin.display(description="length", ordering="duration")
    def length(self, video: Video) -> str:
        return _clock(video.duration) if video.duration else "-"

    @admin.display(description="size", ordering="size")
    def source_size(self, video: Video) -> str:
        return filesizeformat(video.size)

    @admin.display(description="frame size")
    def frame_size(self, video: Video) -> str:
        return f"{video.width} x {video.height}" if video.width else "-"

    @admin.display(description="left out")
    def left_out(self, video: Video) -> str:
        """What of the file is not in the film."""
        lines = [(note.text,) for note in notes.left_out(video)]
        return format_html_join("", "<div>{}</div>", lines) or "nothing"

    @admin.action(description="Transcode again", permissions=["change"])
    def transcode_again(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        count = sum(planning.request_again(pk) for pk in queryset.values_list("pk", flat=True))
        messages.success(request, f"{count} video{pluralize(count)} will be transcoded again.")

    @admin.action(description="Publish", permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        publication.set_published(list(queryset.values_list("pk", flat=True)), is_published=True)

    @admin.action(description="Unpublish", permissions=["change"])
    def unpublish(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        publication.set_published(list(queryset.values_list("pk", flat=True)), is_published=False)


def _poster_url(video: Video) -> str:
    if not video.picture:
        return ""
    return reverse("admin:video_app_video_poster", args=[video.pk])


def _progress(video: Video) -> dict[str, Any]:
    percent = progress.percent(video)
    labels = {
        State.PENDING: "waiting for a worker",
        State.PROCESSING: f"{percent:.0f} %{_outlook(video)}",
        State.COMPLETED: "ready",
        State.FAILED: f"failed: {video.error}",
    }
    label = labels[State(video.state)]
    if reason := progress.waiting(video):
        label = f"{label}, waiting: {reason}"
    return {"state": video.state, "percent": percent, "label": label}


def _outlook(video: Video) -> str:
    """When a running transcode will be done, and whether one can watch already."""
    pace = progress.pace(video)
    left = f", {_clock(pace.seconds_left)} left at {pace.speed:g}x" if pace else ""
    return left + (", watchable" if video.current_build_id else "")


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"
