"""Play links: what opens a film for televisions and players that have no session."""

from typing import Any
from uuid import UUID

import segno
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import PermissionDenied, Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from video_app.api.serializers import PlayLinkSerializer
from video_app.models import PlayLink, Video
from video_app.streaming import play_links


class PlayLinkView(APIView):
    """A new link to one film; made in a profile of limited age, it stays within the limit."""

    limited_may = ("POST",)

    def post(self, request: Request, video_id: int) -> Response:
        session: Any = request.auth
        if not isinstance(session.pk, UUID):  # an API token's is a number
            raise PermissionDenied(_("Play links are made in a session, which they end with."))
        films: Any = Video.objects.visible_to(request.user).playable()
        video = get_object_or_404(films.select_related("current_build"), pk=video_id)
        try:
            link = play_links.make(request.user, session, video, video.current_build)
        except play_links.TooManyLinksError as error:
            raise Throttled(error.wait) from error
        url = play_links.url(request, link)
        made = {"id": link.pk, "url": url, "expires": link.expires_at, "qr": _qr_code(url)}
        return Response(made, status=201, headers={"Cache-Control": "no-store"})


def _qr_code(url: str) -> str:
    """An image as a `data:` address, to be read from across the room."""
    code: str = segno.make(url, error="m").svg_data_uri(scale=4, border=4, light="#fff")
    return code


class PlayLinksView(APIView):
    """This user's links that still open something; they are ended here, but not shown again."""

    limited_may = ("GET", "DELETE")

    def get(self, request: Request) -> Response:
        named = PlayLink.objects.named_to(request.user)
        return Response(PlayLinkSerializer(named, many=True).data)

    def delete(self, request: Request) -> Response:
        play_links.end(PlayLink.objects.of(request.user))
        return Response(status=204)


class OnePlayLinkView(APIView):
    """One of this user's links."""

    limited_may = ("DELETE",)

    def delete(self, request: Request, link_id: int) -> Response:
        link = get_object_or_404(PlayLink.objects.of(request.user), pk=link_id)
        play_links.end(PlayLink.objects.filter(pk=link.pk))
        return Response(status=204)
