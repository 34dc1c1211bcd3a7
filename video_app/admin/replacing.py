"""Another file for a film, on its page in the admin, and the way back to the former one."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from video_app.admin import history
from video_app.ingest import replacing
from video_app.models import Video

WENT_BACK = _("The film has its former file again.")
NO_FORMER = _("There is no former file any more.")


def field(video: Video) -> str:
    """What stands on the film's page: where another file is uploaded, and the former one."""
    about: dict[str, Any] = {"video": video, "former": replacing.former(video)}
    if about["former"]:
        about["until"] = about["former"].created_at + timedelta(hours=settings.REPLACED_HOURS)
    return render_to_string("admin/video_app/video/replacement.html", about)


def go_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the film its former file again, and show its page."""
    video = get_object_or_404(Video, pk=pk)
    if request.method != "POST":
        raise Http404
    if replacing.go_back(video.pk):
        history.note(request, [video.pk], "Taken back to the former file.")
        messages.success(request, WENT_BACK)
    else:
        messages.warning(request, NO_FORMER)
    return HttpResponseRedirect(reverse("admin:video_app_video_change", args=[video.pk]))
