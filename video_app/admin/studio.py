"""The studio: the page where many films are uploaded and followed until they are ready."""

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from video_app.ingest.validators import FILM_SUFFIXES
from video_app.models import Category, Series, Video

KNOWN_SERIES = 500


def page(site: AdminSite, request: HttpRequest, replaced: Video | None = None) -> HttpResponse:
    """For whoever may add films. The uploads themselves go to `/api/uploads/`; with `replaced`
    what is dropped takes that film's place."""
    if not request.user.has_perm("video_app.add_video"):
        raise PermissionDenied
    about: dict[str, Any] = {
        "title": _("Upload films"),
        "endings": " ".join(FILM_SUFFIXES),
        "accept": ",".join(f".{suffix}" for suffix in FILM_SUFFIXES),
        "largest": settings.MAX_UPLOAD_BYTES,
        "categories": list(Category),
        "series": Series.objects.values_list("title", flat=True)[:KNOWN_SERIES],
        "watch_url": reverse("page-watch", args=[0]),
        "replaced": replaced,
    }
    template = "admin/video_app/video/upload.html"
    return TemplateResponse(request, template, site.each_context(request) | about)
