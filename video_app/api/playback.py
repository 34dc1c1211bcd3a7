"""Playback reports: how a film plays, told by its player while it plays and as the page closes."""

from typing import Any

from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from video_app.insight import reports
from video_app.insight.opt_out import is_measured
from video_app.models.watching import PARTS, STALL_BOUNDS
from video_app.streaming import access

JSON_PARSER: Any = api_settings.DEFAULT_PARSER_CLASSES[0]
DAY = 86_400.0
BIGGEST_ID = 10**18 - 1


class PlainJSONParser(JSON_PARSER):  # type: ignore[misc]  # chosen by the settings
    """A beacon with JSON's own type needs a preflight, which a closing page does not get."""

    media_type = "text/plain"


class ReportSerializer(serializers.Serializer[Any]):
    """Counters since the viewing began; the report with the highest `sequence` counts."""

    viewing = serializers.RegexField(
        r"\A[A-Za-z0-9_-]{8,64}\Z", help_text="Chosen by the player, anew for each viewing."
    )
    video = serializers.IntegerField(min_value=1, max_value=BIGGEST_ID)
    sequence = serializers.IntegerField(min_value=0, max_value=1_000_000)
    watched = serializers.FloatField(
        min_value=0, max_value=DAY, help_text="Seconds in which the picture moved."
    )
    startup = serializers.FloatField(
        min_value=0, max_value=600, allow_null=True, default=None,
        help_text="Seconds from the wish to play to the first picture.",
    )  # fmt: skip
    stalls = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=10_000),
        min_length=len(STALL_BOUNDS) + 1,
        max_length=len(STALL_BOUNDS) + 1,
        default=lambda: [0] * (len(STALL_BOUNDS) + 1),
        help_text="How many lasted up to 1, 3, 10 seconds, and longer; not seeks and pauses.",
    )
    stalled = serializers.FloatField(min_value=0, max_value=DAY, default=0)
    switches = serializers.IntegerField(min_value=0, max_value=100_000, default=0)
    seen = serializers.IntegerField(
        min_value=0, max_value=(1 << PARTS) - 1, default=0,
        help_text="A bit for each twentieth of the film that was seen.",
    )  # fmt: skip
    end = serializers.ChoiceField(choices=["", "finished", "left", "error"], default="")
    problem = serializers.RegexField(r"\A[a-zA-Z_-]{0,40}\Z", default="", allow_blank=True)
    request = serializers.RegexField(
        r"\A[\w-]{0,64}\Z", default="", allow_blank=True,
        help_text="`X-Request-ID` of the last answer that it got, for the log.",
    )  # fmt: skip
    link = serializers.CharField(
        max_length=200, default="", allow_blank=True, help_text="The right of a play link."
    )


class PlaybackView(APIView):
    """One report. The right to the film is checked as for its segments, without a query."""

    authentication_classes = []
    permission_classes = [AllowAny]
    parser_classes = [JSON_PARSER, PlainJSONParser]

    def get_authenticate_header(self, request: Request) -> str:
        header: str = access.authentication.authenticate_header(request._request)
        return header

    def post(self, request: Request) -> Response:
        asked = ReportSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        report = asked.validated_data
        if report["link"]:
            request._request.META[access.RIGHT] = report["link"]
        viewing = access.require_viewer(request._request, report["video"])
        if is_measured(request._request):
            reports.keep(viewing.viewer, report["video"], report)
        return Response(status=204)
