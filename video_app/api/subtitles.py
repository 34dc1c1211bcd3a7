"""The subtitle tracks of a film: all are listed, those that people added can be changed."""

import math
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from video_app.api import auditing
from video_app.api.serializers import HarmlessField
from video_app.catalogue.sentences import translated
from video_app.ingest import subtitles
from video_app.models import Subtitle, Video
from video_app.pipeline import languages, texts
from video_app.streaming import tracks

LONGEST_OFFSET = 6 * 3600
NOT_YOURS = _("Only staff and the film's owner may change its subtitles.")


class LanguageField(serializers.CharField):
    """A code, a tag or an English name in; a tag out."""

    default_error_messages = {"unknown": _("This is no language we know: try “de” or “German”.")}

    def to_internal_value(self, data: Any) -> str:
        code = languages.code(super().to_internal_value(data))
        if code is None:
            self.fail("unknown")
        return code

    def to_representation(self, value: str) -> str:
        return languages.tag(value)


def _finite(value: float) -> None:
    if not math.isfinite(value):
        raise serializers.ValidationError(_("A number of seconds is needed."))


class SubtitleSerializer(serializers.Serializer[Any]):
    """A subtitle track of a film."""

    id = serializers.IntegerField(
        read_only=True, allow_null=True, help_text="null: it is in the film's file."
    )
    language = LanguageField(max_length=40, required=False)
    label = HarmlessField(  # type: ignore[assignment]  # the metaclass takes it away
        max_length=60, required=False, allow_blank=True
    )
    is_forced = serializers.BooleanField(
        required=False, help_text="Only what everybody needs: signs, foreign dialogue."
    )
    is_sdh = serializers.BooleanField(
        required=False, help_text="For people who do not hear well: noises are described."
    )
    is_automatic = serializers.BooleanField(read_only=True, help_text="Made by a machine.")
    offset = serializers.FloatField(
        required=False,
        min_value=-LONGEST_OFFSET,
        max_value=LONGEST_OFFSET,
        validators=[_finite],
        help_text="Seconds by which it is shown later than its file says.",
    )


class ChangedSubtitleSerializer(SubtitleSerializer):
    read: texts.Text | None = None  # the file, once it is valid

    file = serializers.FileField(
        write_only=True, required=False, help_text="SRT, WebVTT or ASS; replaces the text."
    )
    encoding = serializers.ChoiceField(
        texts.ENCODINGS,
        write_only=True,
        required=False,
        help_text="Of the file, where it does not say so itself and is not UTF-8.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The file's text instead of the file, read as the encoding says."""
        file, encoding = attrs.pop("file", None), attrs.pop("encoding", "")
        if file is None:
            return attrs
        try:
            read = texts.read(file.read(texts.MAX_BYTES + 1), encoding)
        except texts.BadTextError as error:
            raise serializers.ValidationError({"file": [translated(str(error))]}) from error
        self.read = read
        return attrs | {"text": read.vtt}


class NewSubtitleSerializer(ChangedSubtitleSerializer):
    file = serializers.FileField(write_only=True, help_text="SRT, WebVTT or ASS.")


class SavedSubtitleSerializer(SubtitleSerializer):
    """A track and, after a file came, how it was read."""

    encoding = serializers.CharField(required=False, help_text="That the file was read with.")
    preview = serializers.CharField(required=False, help_text="The first lines, to judge that by.")


class SubtitlesView(APIView):
    """All subtitle tracks of a film."""

    parser_classes = [MultiPartParser]

    def get(self, request: Request, video_id: int) -> Response:
        rows = Video.objects.visible_to(request.user).select_related("current_build")
        video = get_object_or_404(rows, pk=video_id)
        return Response(SubtitleSerializer(tracks.listed(video), many=True).data)

    def post(self, request: Request, video_id: int) -> Response:
        _require_editor(request, video_id)
        asked = NewSubtitleSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            row = subtitles.add(video_id, **asked.validated_data)
        except Video.DoesNotExist as error:
            raise Http404 from error
        except subtitles.TooManyError as error:
            raise serializers.ValidationError({"detail": str(error)}) from error
        _note(request, "added", row)
        return Response(_saved(row, asked), status=status.HTTP_201_CREATED)


class SubtitleView(APIView):
    """One subtitle track that people added."""

    parser_classes = [MultiPartParser, JSONParser]

    def patch(self, request: Request, video_id: int, subtitle_id: int) -> Response:
        row = self._row(request, video_id, subtitle_id)
        asked = ChangedSubtitleSerializer(data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        try:
            changed = subtitles.change(row, **asked.validated_data)
        except Subtitle.DoesNotExist as error:
            raise Http404 from error
        _note(request, "changed", row, fields=[*asked.validated_data])
        return Response(_saved(changed, asked))

    def delete(self, request: Request, video_id: int, subtitle_id: int) -> Response:
        row = self._row(request, video_id, subtitle_id)
        subtitles.remove(row)
        _note(request, "deleted", row)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _row(self, request: Request, video_id: int, subtitle_id: int) -> Subtitle:
        _require_editor(request, video_id)
        return get_object_or_404(Subtitle.objects.defer("text"), pk=subtitle_id, video_id=video_id)


def _require_editor(request: Request, video_id: int) -> None:
    """Staff who may change films, and the film's owner; who may not see it finds nothing."""
    video = get_object_or_404(Video.objects.visible_to(request.user), pk=video_id)
    is_staff = request.user.is_staff and request.user.has_perm("video_app.change_video")
    if not (is_staff or video.owner_id == request.user.pk):
        raise PermissionDenied(NOT_YOURS)


def _note(request: Request, done: str, row: Subtitle, **details: Any) -> None:
    about = {"language": row.language} | details
    auditing.note(request, f"subtitles.{done}", "video", row.video_id, **about)


def _saved(row: Subtitle, asked: ChangedSubtitleSerializer) -> Any:
    read = asked.read
    how = {"encoding": read.encoding, "preview": read.preview} if read else {}
    return SubtitleSerializer(row).data | how
