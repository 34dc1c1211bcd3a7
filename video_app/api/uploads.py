"""Uploading a film."""

from typing import Any

from django.conf import settings
from django.http import UnreadablePostError
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import DataAndFiles, MultiPartParser
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from video_app.api.serializers import UploadedSerializer, UploadSerializer

BROKEN_OFF = "The upload broke off."


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "This file is larger than what may be uploaded here."


class LengthRequired(APIException):
    status_code = status.HTTP_411_LENGTH_REQUIRED
    default_detail = "An upload must tell its length."


class MayUpload(BasePermission):
    message = "You may not upload films."

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.user.is_staff or settings.MEMBERS_MAY_UPLOAD


class _Counted:
    """A stream that knows how much was read of it."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.bytes = 0

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(size)
        self.bytes += len(piece)
        return piece


class WholeFormParser(MultiPartParser):
    """Multipart, but not half of one: Django takes a body that broke off for a short one."""

    def parse(self, stream: Any, *args: Any, **kwargs: Any) -> DataAndFiles:
        counted = _Counted(stream)
        try:
            parsed = super().parse(counted, *args, **kwargs)
            while counted.read(64 * 1024):
                pass
        except UnreadablePostError as error:  # the sender stalled
            raise ParseError(BROKEN_OFF) from error
        if counted.bytes < int(stream.META["CONTENT_LENGTH"]):
            for file in parsed.files.values():
                file.close()
            raise ParseError(BROKEN_OFF)
        return parsed


class UploadView(APIView):
    """Takes a film; it can be watched a few seconds after its transcoding has begun."""

    parser_classes = [WholeFormParser]
    permission_classes = [IsAuthenticated, MayUpload]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who it is and how much it is, before the first byte of the body is read."""
        super().initial(request, *args, **kwargs)
        length = request.META.get("CONTENT_LENGTH", "")
        if request.method == "POST" and not length.isdecimal():
            raise LengthRequired
        if length and int(length) > settings.MAX_UPLOAD_BYTES:
            raise TooLarge

    def post(self, request: Request) -> Response:
        form = UploadSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        video = form.save(owner=request.user)
        return Response(UploadedSerializer(video).data, status=status.HTTP_201_CREATED)
