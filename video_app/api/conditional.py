"""Answers that are not sent again while nothing about them has changed."""

import hashlib
from collections.abc import Callable

from django.http import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language
from rest_framework.request import Request
from rest_framework.response import Response

from video_app.catalogue import versions
from video_app.streaming import delivery


def unless_unchanged(request: Request, answer: Callable[[], Response]) -> HttpResponseBase:
    """304, without a look into the tables, when neither catalogue nor marks have changed, nor
    what this viewer may see."""
    names = versions.CATALOGUE, versions.marks_of(int(request.user.pk or 0))
    state = versions.current(*names)
    about_viewer = ("profile_id", "age_limit", "is_staff")
    viewer = [getattr(request.user, name, None) for name in about_viewer]
    seen_as = f"{viewer} {get_language()} {request.build_absolute_uri()}"
    return with_tag(request, state and f"{state} {seen_as}", answer)


def with_tag(
    request: Request, state: str | None, answer: Callable[[], Response]
) -> HttpResponseBase:
    """The answer with a tag made of `state`, or 304 when the client has it."""
    tag = state and f'W/"{hashlib.blake2b(state.encode(), digest_size=12).hexdigest()}"'
    response = get_conditional_response(request, tag) or answer()
    response["Cache-Control"] = delivery.REVALIDATE
    if tag:
        response["ETag"] = tag
    patch_vary_headers(response, ["Cookie", "Authorization"])
    return response
