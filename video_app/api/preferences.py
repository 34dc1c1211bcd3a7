"""`/api/preferences/`: what a profile chose in the player."""

from typing import Any

from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from video_app.catalogue import preferences
from video_app.models import Preferences
from video_app.models.preferences import CHOSEN, LONGEST_TAG


def _language() -> Any:
    return serializers.RegexField(
        r"\A[A-Za-z0-9-]+\Z",
        max_length=LONGEST_TAG,
        allow_blank=True,
        required=False,
        help_text='BCP 47; "": none was chosen.',
    )


class PreferencesSerializer(serializers.ModelSerializer[Preferences]):
    """What the profile chose in the player; empty or null: nothing, so the film's own holds."""

    owner = serializers.CharField(
        read_only=True,
        help_text="Of this profile alone: for clients that keep copies, to tell whose one is.",
    )
    audio_language = _language()
    subtitle_language = _language()

    class Meta:
        model = Preferences
        fields = ["owner", *CHOSEN]
        extra_kwargs = {
            "audio_name": {"help_text": "Of the track, to tell several of one language apart."},
            "subtitle_ground": {"help_text": "What stands behind them."},
            "plays_next": {"help_text": "Whether the next episode begins by itself; null: yes."},
        }


def shown(kept: Preferences) -> dict[str, Any]:
    """As `PreferencesSerializer` says. Its fields are made anew for each answer, which a film's
    first frame would wait for."""
    return {name: getattr(kept, name) for name in ("owner", *CHOSEN)}


class PreferencesView(APIView):
    """Of the profile that the session is in; of the main one for an API token."""

    limited_may = ("GET", "PATCH")
    token_scopes = {"GET": ("read",), "PATCH": ("manage",)}

    def get(self, request: Request) -> Response:
        return Response(shown(preferences.of(request.user)))

    def patch(self, request: Request) -> Response:
        asked = PreferencesSerializer(data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        try:
            kept = preferences.change(request.user, asked.validated_data)
        except Preferences.DoesNotExist as error:
            raise Http404 from error
        return Response(shown(kept))
