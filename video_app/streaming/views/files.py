"""The progressive MP4 and the signed link to it, for players without HLS."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from rest_framework.exceptions import NotFound

from video_app.pipeline import ladder, layout
from video_app.store import the_store
from video_app.streaming import build_files, delivery, links
from video_app.streaming.access import Viewing, require_signature, require_viewer
from video_app.streaming.answers import stream_view
from video_app.streaming.film_cache import Film, PlayableBuild


@stream_view
def film_file(request: HttpRequest, video_id: int, resolution: str) -> HttpResponseBase:
    build = require_signature(request, video_id, resolution)
    if resolution not in build["progressive"]:
        raise NotFound
    return build_files.send(
        request,
        build,
        layout.progressive_key(build["prefix"], resolution),
        etag=f"{build['id']}-{resolution}",
        cache_control=layout.IMMUTABLE,
    )


@stream_view
def film_file_url(request: HttpRequest, video_id: int) -> HttpResponseBase:
    viewing = require_viewer(request, video_id)
    quality = request.GET.get("quality", "720p")
    if quality not in ladder.NAMES:
        choices = ", ".join(ladder.NAMES)
        raise NotFound(f"There is no quality of that name; choose from {choices}.")
    build = _linked_build(viewing.film)
    url = _file_url(request, video_id, quality, build, _bound_to(request, viewing))
    return JsonResponse({"url": url}, headers={"Cache-Control": delivery.NO_STORE})


def _linked_build(film: Film) -> PlayableBuild:
    # Who opens the link shows no session, so staff get none that others would not.
    build = film["builds"].get(str(film["current"])) if film["public"] else None
    if not build or not build["progressive"]:
        raise NotFound("The file of this film is not ready yet.")
    return build


def _bound_to(request: HttpRequest, viewing: Viewing) -> dict[str, Any]:
    """Whose rights the link depends on, where not everybody may see the film."""
    is_of_groups = viewing.film["groups"] is not None
    user: Any = request.user  # as the token describes them
    session = user.token.session_id.hex if viewing.is_limited else ""
    return {"viewer": user.pk if is_of_groups else None, "session": session}


def _file_url(
    request: HttpRequest, video_id: int, quality: str, build: PlayableBuild, bound: dict[str, Any]
) -> str:
    rung = ladder.nearest(quality, tuple(build["progressive"]))
    key = layout.progressive_key(build["prefix"], rung)
    if build["stored"] and (link := the_store().url(key, settings.FILE_URL_SECONDS)):
        return link
    return links.file_url(request, video_id, rung, build["id"], **bound)
