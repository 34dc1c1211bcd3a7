"""Uploading a film."""

from typing import Any

from django.conf import settings
from django.http import UnreadablePostError
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError, PermissionDenied
from rest_framework.parsers import DataAndFiles, MultiPartParser
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from video_app.api import auditing
from video_app.api.serializers import UploadedSerializer, UploadSerializer
from video_app.ingest import quota, room

BROKEN_OFF = _("The upload broke off.")


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = _("This file is larger than what may be uploaded here.")


class LengthRequired(APIException):
    status_code = status.HTTP_411_LENGTH_REQUIRED
    default_detail = _("An upload must tell its length.")


class NotStored(APIException):
    """The storage's refusal, with its own status."""

    def __init__(self, refusal: room.Refusal) -> None:
        self.status_code = refusal.status
        super().__init__(refusal.detail, "not_stored")


class MayUpload(BasePermission):
    """Staff need the permission that the admin asks for as well."""

    message = _("You may not upload films.")

    def has_permission(self, request: Request, view: Any) -> bool:
        if settings.MEMBERS_MAY_UPLOAD:
            return True
        return request.user.is_staff and request.user.has_perm("video_app.add_video")


class _Counted:
    """A stream that knows how much was read of it."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.bytes = 0

    def read(self, size: int = -1) -> bytes:
        piece: bytes = self._stream.read(size)
        self.bytes += len(piece)
        return piece


class WholeFormParser(MultiPartParser):
    """Multipart, but not half of one: Django takes a body that broke off for a short one."""

    def parse(self, stream: Any, *args: Any, **kwargs: Any) -> "DataAndFiles[Any, Any]":
        counted: Any = _Counted(stream)
        try:
            parsed: Any = super().parse(counted, *args, **kwargs)
            while counted.read(64 * 1024):
                pass
        except UnreadablePostError as error:  # the sender stalled
            raise ParseError(BROKEN_OFF) from error
        except OSError as error:
            raise told(error) from error
        if counted.bytes < int(stream.META["CONTENT_LENGTH"]):
            for file in parsed.files.values():
                file.close()
            raise ParseError(BROKEN_OFF)
        return parsed  # type: ignore[no-any-return]


class UploadView(APIView):
    """Takes a film; it can be watched a few seconds after its transcoding has begun."""

    token_scopes = {"POST": ("upload",)}

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
        if request.method == "POST":
            self._require_room(request, int(length))

    def _require_room(self, request: Request, length: int) -> None:
        if refusal := room.refusal(length):
            raise NotStored(refusal)
        try:
            quota.check(request.user, length)
        except quota.QuotaError as error:
            raise PermissionDenied(str(error)) from error

    def post(self, request: Request) -> Response:
        form = UploadSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        try:
            video = form.save(owner=request.user)
        except OSError as error:
            raise told(error) from error
        except quota.QuotaError as error:  # another upload was first while this one came
            raise PermissionDenied(str(error)) from error
        auditing.note(request, "video.added", "video", video.pk)
        return Response(UploadedSerializer(video).data, status=status.HTTP_201_CREATED)


def told(error: OSError) -> Exception:
    """The answer for a fault of the storage; any other fault stays what it is."""
    refusal = room.refusal_of(error)
    return NotStored(refusal) if refusal else error
