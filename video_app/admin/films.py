"""The admin of films."""

import re
from functools import partial
from typing import Any

from django.contrib import admin
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import DatabaseError, DataError
from django.db.models import QuerySet
from django.forms.widgets import Script
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from video_app.admin import (
    files,
    importing,
    posters,
    replacing,
    studio,
    subtitles,
    track_fields,
)
from video_app.admin.bulk import BulkActions, category_choices
from video_app.admin.captions import CaptionsInline
from video_app.admin.columns import CategoryFilter, FilmColumns, poster_url
from video_app.admin.descriptions import ChapterInline
from video_app.admin.forms import FilmForm
from video_app.admin.subtitles import SubtitleInline
from video_app.catalogue import notes
from video_app.catalogue.outlook import outlook
from video_app.models import Subtitle, Video
from video_app.streaming import tracks

# What asks for Django's form instead of the studio: our link, and its pop-ups.
PLAIN_FORM = {"plain", "_popup"}
ID = re.compile(r"[1-9][0-9]{0,17}")
FOLLOWED_AT_ONCE = 200
BY_SCRIPT = "XMLHttpRequest"
NEW = ("title", "description", "category", "video_file", "thumbnail", "is_published")
ABOUT_THE_FILE = ("length", "source_size", "frame_size", "left_out")


@admin.register(Video)
class VideoAdmin(BulkActions, FilmColumns, admin.ModelAdmin):  # type: ignore[type-arg]
    form = FilmForm
    inlines = (SubtitleInline, CaptionsInline, ChapterInline)
    list_display = (
        "poster_image",
        "title",
        "category_name",
        "progress_bar",
        "publication",
        "length",
    )
    list_display_links = ("title",)
    list_filter = ("state", "is_published", ("category", CategoryFilter))
    search_fields = ("title", "description", "original_name")
    list_per_page = 50
    date_hierarchy = "created_at"
    actions = (
        *("publish", "unpublish", "set_category", "add_tag", "remove_tag"),
        *("transcode_again", "go_back"),
    )
    filter_horizontal = ("groups",)
    fieldsets = (
        (None, {"fields": ("progress_bar", "preview", "poster_image")}),
        (
            _("About the film"),
            {
                "fields": (
                    *("title", "description", "category", "tag_names", "people_names"),
                    ("year", "age_rating"),
                    ("series_title", "season", "episode"),
                    "credits_at",
                )
            },
        ),
        (
            _("Publication"),
            {"fields": ("is_published", "publish_at", "unpublish_at", "audience", "groups")},
        ),
        (_("File"), {"fields": ("video_file", "replacement", "thumbnail", *ABOUT_THE_FILE)}),
    )
    readonly_fields = (
        *("progress_bar", "preview", "poster_image", "replacement"),
        *ABOUT_THE_FILE,
    )

    class Media:
        css = {"all": ("video_app/admin.css",)}
        js = (Script("video_app/admin.js", type="module"),)

    def get_urls(self) -> list[URLPattern]:
        for_staff: Any = self.admin_site.admin_view
        own = {
            "progress/": self.progress_view,
            "upload/": self.studio_view,
            "import/": self._of_site(importing.page),
            "import/<int:pk>/<slug:action>/": self._of_site(importing.change),
        }
        of_film = {"poster": files.poster, "source": files.source}
        of_changed = {
            "frame": posters.take_frame,
            "replace": self.replace_view,
            "go-back": replacing.go_back,
        }
        return [
            *(path(p, for_staff(view), name=_name(p)) for p, view in own.items()),
            *(
                path(f"<int:pk>/{p}/", for_staff(self._viewed(view)), name=_name(p))
                for p, view in of_film.items()
            ),
            *(
                path(f"<int:pk>/{p}/", for_staff(self._changing(view)), name=_name(p))
                for p, view in of_changed.items()
            ),
            *super().get_urls(),
        ]

    def _of_site(self, view: Any) -> Any:
        return partial(view, self.admin_site)

    def formfield_for_choice_field(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "category":
            kwargs["choices"] = category_choices()[1:]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def studio_view(self, request: HttpRequest) -> HttpResponse:
        return studio.page(self.admin_site, request)

    def replace_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return studio.page(self.admin_site, request, get_object_or_404(Video, pk=pk))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Whoever wants to add films comes to the studio; the plain form is for those who ask."""
        if request.method == "GET" and PLAIN_FORM.isdisjoint(request.GET):
            return HttpResponseRedirect(reverse("admin:video_app_video_upload"))
        return super().add_view(request, form_url, extra_context)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A script is told where the saved form leads: would it follow there by itself, it would
        read the messages that are for people."""
        answer: HttpResponse = super().changeform_view(request, *args, **kwargs)
        if answer.status_code == 302 and request.headers.get("X-Requested-With") == BY_SCRIPT:
            return JsonResponse({"location": answer["Location"]})
        return answer

    def _viewed(self, view: Any) -> Any:
        """Being staff alone is not enough: they need the right to see films."""

        def checked(request: HttpRequest, **named: Any) -> HttpResponse:
            if not self.has_view_permission(request):
                raise PermissionDenied
            answer: HttpResponse = view(request, **named)
            return answer

        return checked

    def _changing(self, view: Any) -> Any:
        def checked(request: HttpRequest, **named: Any) -> HttpResponse:
            if not self.has_change_permission(request):
                raise PermissionDenied
            answer: HttpResponse = view(request, **named)
            return answer

        return checked

    def get_queryset(self, request: HttpRequest) -> QuerySet[Video]:
        rows: Any = super().get_queryset(request)
        shown: QuerySet[Video] = rows.with_progress()
        return shown

    def get_fieldsets(self, request: HttpRequest, obj: Video | None = None) -> Any:
        if obj is None:
            return ((None, {"fields": NEW}),)
        names = tuple(track_fields.fields_of(obj))
        in_file = ((_("Tracks in the file"), {"fields": names}),) if names else ()
        return (*self.fieldsets, *in_file)

    def get_form(
        self, request: HttpRequest, obj: Video | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """With fields for the tracks that this film's file has."""
        if obj is not None:
            kwargs["form"] = type("OneFilmForm", (FilmForm,), track_fields.fields_of(obj))
        return super().get_form(request, obj, change=change, **kwargs)

    def get_inlines(self, request: HttpRequest, obj: Video | None) -> Any:
        """Captions only where a machine has made some."""
        if obj is None:
            return ()
        has_captions = obj.added_subtitles.filter(is_automatic=True).exists()
        return [each for each in self.inlines if has_captions or each is not CaptionsInline]

    def progress_view(self, request: HttpRequest) -> JsonResponse:
        """`{id: {percent, state, label, length, poster, is_watchable}}` for `?ids=1,2,3`: what
        the list shows, live; with `notes=1` also `notes`, what was left out."""
        wanted = [pk for pk in request.GET.get("ids", "").split(",") if ID.fullmatch(pk)]
        videos = Video.objects.filter(pk__in=wanted[:FOLLOWED_AT_ONCE]).with_progress()
        shown = {str(video.pk): self._row(video) for video in videos}
        if "notes" in request.GET:
            for video in videos.select_related("current_build"):
                shown[str(video.pk)]["notes"] = [note.text for note in notes.left_out(video)]
        return JsonResponse(shown)

    def _row(self, video: Video) -> dict[str, Any]:
        pictures = {"length": self.length(video), "poster": poster_url(video)}
        return outlook(video) | pictures | {"is_watchable": bool(video.current_build_id)}

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """As Django's, but an id or filter that no database can hold is a bad request."""
        try:
            return super().changelist_view(request, extra_context)
        except (ValueError, OverflowError, DataError) as error:
            raise BadRequest(_("There is no such filter or film.")) from error

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """With names of tags and people; edited tracks are in the menu of the next player."""
        super().save_related(request, form, formsets, change)
        form.save_names()
        texts = [formset for formset in formsets if formset.model is Subtitle]
        if any(formset.has_changed() for formset in texts):
            tracks.announce(form.instance.pk)
            for formset in texts:
                subtitles.tell_how_they_were_read(request, formset.forms)
        if (edits := track_fields.edits_of(form)) is not None:
            tracks.correct(form.instance.pk, edits)

    def save_model(self, request: HttpRequest, obj: Video, form: Any, change: bool) -> None:
        if not change:
            obj.owner_id = request.user.pk
        try:
            super().save_model(request, obj, form, change)
        except DatabaseError as error:
            if not change or Video.objects.filter(pk=obj.pk).exists():
                raise
            raise Http404(_("This film was deleted meanwhile.")) from error


def _name(where: str) -> str:
    """`import/<int:pk>/<slug:action>/` is "import_change"."""
    first, _, rest = where.rstrip("/").partition("/")
    return f"video_app_video_{first}{'_change' if rest else ''}"
