"""The poster as staff choose it: a frame that their player shows, or a picture of their own."""

from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from video_app.admin import history
from video_app.catalogue.sentences import translated
from video_app.models import Video
from video_app.streaming import thumbnails

NO_PICTURE = _("There is no picture in this request.")


def take_frame(request: HttpRequest, pk: int) -> JsonResponse:
    """Make the picture `thumbnail` of a form the film's; answers with its address."""
    video = get_object_or_404(Video, pk=pk)
    file = request.FILES.get("thumbnail")
    if request.method != "POST" or file is None:
        return JsonResponse({"detail": NO_PICTURE}, status=400)
    try:
        drawn = thumbnails.thumbnail(file)
    except thumbnails.BadImageError as error:
        return JsonResponse({"detail": translated(str(error))}, status=400)
    video.thumbnail.save("frame.jpg", drawn, save=False)
    video.save(update_fields=["thumbnail", "updated_at"])
    history.note(request, [pk], "Chose the poster.")
    return JsonResponse({"poster": reverse("admin:video_app_video_poster", args=[pk])})
