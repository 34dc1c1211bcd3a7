"""Files for staff, who have a session here: the poster and the source of a film."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404

from video_app.models import Video


def poster(request: HttpRequest, pk: int) -> FileResponse:
    video = get_object_or_404(Video, pk=pk)
    return _send(video.picture, content_type="image/jpeg")


def source(request: HttpRequest, pk: int) -> FileResponse:
    """The uploaded file, under the name that it was uploaded with."""
    video = get_object_or_404(Video, pk=pk)
    name = video.original_name or f"film-{pk}"
    return _send(video.video_file.name, as_attachment=True, filename=name)


def _send(key: str | None, **options: object) -> FileResponse:
    if not key:
        raise Http404
    try:
        file = default_storage.open(key)
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(file, **options)  # type: ignore[arg-type]
