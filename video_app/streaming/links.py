"""Absolute URLs that answers carry, and the signature in those that need no cookie."""

import zlib
from functools import cache
from typing import Any

from django.conf import settings
from django.core.signing import TimestampSigner
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from video_app.models import Video


def version(thumbnail: str) -> str:
    """Another one for another thumbnail, so that a URL with it may be kept for good."""
    return f"{zlib.crc32(thumbnail.encode()):08x}"


def thumbnail_url(request: HttpRequest, video: Video) -> str:
    """There is always one; as long as the film has none, nothing is found there."""
    return f"{request.build_absolute_uri('/')[:-1]}{thumbnail_path(video)}"


def thumbnail_path(video: Video) -> str:
    """The same on this host. Lists have hundreds of them, and `reverse` takes its time."""
    before, after = _thumbnail_parts()
    return f"{before}{video.pk}{after}?v={version(video.picture)}"


@cache
def _thumbnail_parts() -> tuple[str, str]:
    number = 10**17
    path = reverse("video-thumbnail", kwargs={"video_id": number}).rstrip("/")
    before, _, after = path.partition(str(number))
    return before, after


def file_url(
    request: HttpRequest,
    video_id: int,
    rung: str,
    build: int,
    viewer: int | None = None,
    session: str = "",
) -> str:
    """A link for whoever has it; with a `viewer`, for as long as that user may see the film, with
    a `session`, for as long as it may."""
    named = [str(build), str(viewer or ""), session]
    token = _signer(video_id, rung).sign("-".join(named).rstrip("-"))
    return absolute(request, "video-file", {"token": token}, video_id=video_id, resolution=rung)


def file_url_address(request: HttpRequest, video_id: int, rung: str) -> str:
    return absolute(request, "video-file-url", {"quality": rung}, video_id=video_id)


def signed_build(token: str, video_id: int, rung: str) -> tuple[str, str, str]:
    """The build that the token opens, the viewer it was made for or "", and the session or "".

    `BadSignature` when it is not for this or too old.
    """
    signed = _signer(video_id, rung).unsign(token, max_age=settings.FILE_URL_SECONDS)
    build, viewer, session, *_ = [*signed.split("-"), "", ""]
    return build, viewer, session


def absolute(
    request: HttpRequest, name: str, query: dict[str, str] | None = None, **names: Any
) -> str:
    # The slash at the end is optional, and names of files look better without.
    path = reverse(name, kwargs=names).rstrip("/")
    return request.build_absolute_uri(f"{path}?{urlencode(query)}" if query else path)


def _signer(video_id: int, rung: str) -> TimestampSigner:
    return TimestampSigner(salt=f"video_app.file.{video_id}.{rung}")
