"""What the lists and pages of films show: words and small pictures, live where they change."""

from typing import Any

from django.contrib import admin
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from video_app.admin import replacing
from video_app.catalogue import notes
from video_app.catalogue.outlook import clock, outlook
from video_app.models import Category, Video


class CategoryFilter(admin.ChoicesFieldListFilter):
    """Its names are translated where they are shown only: the API has the same in English."""

    def choices(self, changelist: Any) -> Any:
        names = {str(each.label): each.name_for_readers for each in Category}
        for choice in super().choices(changelist):
            shown = str(choice["display"])
            yield choice | {"display": names.get(shown, shown)}


class FilmColumns:
    """Columns of the list, and read-only fields of a film's page."""

    @admin.display(description=_("poster"))
    def poster_image(self, video: Video) -> str:
        if url := poster_url(video):
            return format_html('<img class="vf-poster" src="{}" alt="" loading="lazy">', url)
        return format_html('<span class="{}"></span>', "vf-poster")

    @admin.display(description=_("state"), ordering="state")
    def progress_bar(self, video: Video) -> str:
        shown = outlook(video)
        return format_html(
            '<span class="vf-progress" data-id="{}" data-state="{}" data-url="{}">'
            '<progress max="100" value="{}" aria-label="{}"></progress> '
            "<span>{}</span></span>",
            video.pk,
            shown["state"],
            reverse("admin:video_app_video_progress"),
            shown["percent"],
            _("Encoded"),
            shown["label"],
        )

    @admin.display(description=_("preview"))
    def preview(self, video: Video) -> str:
        """A player, from which a frame can be taken as the poster."""
        if not video.current_build_id:
            return str(_("It cannot be watched yet."))
        return render_to_string("admin/video_app/video/preview.html", {"video": video})

    @admin.display(description=_("another file"))
    def replacement(self, video: Video) -> str:
        return replacing.field(video)

    @admin.display(description=_("publication"), ordering="is_published")
    def publication(self, video: Video) -> str:
        return publication(video)

    @admin.display(description=_("category"), ordering="category")
    def category_name(self, video: Video) -> str:
        return Category(video.category).name_for_readers

    @admin.display(description=_("length"), ordering="duration")
    def length(self, video: Video) -> str:
        return clock(video.duration) if video.duration else "-"

    @admin.display(description=_("size"), ordering="size")
    def source_size(self, video: Video) -> str:
        return filesizeformat(video.size)

    @admin.display(description=_("frame size"))
    def frame_size(self, video: Video) -> str:
        return f"{video.width} x {video.height}" if video.width else "-"

    @admin.display(description=_("left out"))
    def left_out(self, video: Video) -> str:
        """What of the file is not in the film."""
        lines = [(note.text,) for note in notes.left_out(video)]
        return format_html_join("", "<div>{}</div>", lines) or str(_("nothing"))


def poster_url(video: Video) -> str:
    if not video.picture:
        return ""
    return reverse("admin:video_app_video_poster", args=[video.pk])


def publication(video: Video) -> str:
    """Who sees a film from when until when, in a few words."""
    now = timezone.now()
    if video.is_published:
        is_ending = video.unpublish_at and video.unpublish_at > now
        if is_ending:
            return _("published until %(date)s") % {"date": _date(video.unpublish_at)}
        return str(_("published"))
    is_coming = video.publish_at and video.publish_at > now
    if is_coming:
        return _("draft, published on %(date)s") % {"date": _date(video.publish_at)}
    return str(_("draft"))


def _date(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")
