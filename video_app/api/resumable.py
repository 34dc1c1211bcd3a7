"""Resumable uploads (tus 1.0): `/api/uploads/`."""

import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import (
    APIException,
    NotFound,
    ParseError,
    PermissionDenied,
    UnsupportedMediaType,
    ValidationError,
)
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from video_app.api import auditing, tus
from video_app.api.arrival_serializers import (
    ArrivalSerializer,
    DescriptionSerializer,
    MetadataSerializer,
)
from video_app.api.uploads import BROKEN_OFF, MayUpload, NotStored, TooLarge, told
from video_app.ingest import quota, receiving, uploads
from video_app.ingest.drafts import describe, draft
from video_app.models import Upload, Video

OVERRIDES = ("PATCH", "DELETE", "HEAD")


class AdminSession(BaseAuthentication):
    """Staff who have signed in to the admin. Where requests come from is checked for all."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        user = getattr(request._request, "user", None)
        is_staff = user and user.is_active and user.is_staff and not user.lacks_required_factor
        return (user, None) if is_staff else None

    def authenticate_header(self, request: Request) -> str:
        """Whose session is over is told so by 401, as everywhere; without this it were 403."""
        return 'Bearer realm="api"'


class TusView(APIView):
    """What is the same for all answers of the protocol."""

    limited_may = ("OPTIONS",)
    permission_classes = [IsAuthenticated, MayUpload]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        override = request.headers.get("X-HTTP-Method-Override", "").upper()
        if request.method == "POST" and override in OVERRIDES:
            request.method = override
        response = super().dispatch(request, *args, **kwargs)
        response["Tus-Resumable"] = tus.VERSION
        if response.status_code == tus.OtherVersion.status_code:
            response["Tus-Version"] = tus.VERSION
        response["Cache-Control"] = "no-store"
        return response

    def get_authenticators(self) -> list[BaseAuthentication]:
        """The site's tokens first, but for a page of the admin, which sends its CSRF token."""
        tokens, admin = super().get_authenticators(), AdminSession()
        is_admin = self.request and "X-CSRFToken" in self.request.headers
        return [admin, *tokens] if is_admin else [*tokens, admin]

    def get_permissions(self) -> list[Any]:
        return [] if self.request.method == "OPTIONS" else [*super().get_permissions()]

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        return Response(status=status.HTTP_204_NO_CONTENT, headers=tus.capabilities())


class UploadsView(TusView):
    """One's own uploads; beginning one."""

    token_scopes = {"GET": ("upload",), "POST": ("upload",), "OPTIONS": ("upload",)}

    def get(self, request: Request) -> Response:
        rows = Upload.objects.of(request.user).select_related("video__series")
        if request.query_params.get("finished") != "true":
            rows = rows.unfinished()
        return Response(ArrivalSerializer(rows, many=True).data)

    def post(self, request: Request) -> Response:
        """Begin an upload: its draft exists from now on."""
        tus.check_version(request)
        upload = _begun(request, _wanted(request))
        action = "video.replaced" if upload.replaces else "video.added"
        auditing.note(request, action, "video", upload.video_id)
        if tus.body_length(request):
            upload.offset = _receive(request, upload, 0)
            upload.refresh_from_db()
        return Response(
            ArrivalSerializer(upload).data,
            status=status.HTTP_201_CREATED,
            headers=tus.state_of(upload, upload.offset)
            | {"Location": ArrivalSerializer().get_url(upload)},
        )


class UploadView(TusView):
    """One upload: where it is, its next bytes, its description, its end."""

    token_scopes = dict.fromkeys(("HEAD", "GET", "PATCH", "DELETE", "OPTIONS"), ("upload",))

    def head(self, request: Request, upload_id: uuid.UUID) -> Response:
        """Where to go on; never waits for whoever writes."""
        tus.check_version(request)
        upload = _own(request, upload_id)
        offset = _offset(upload)
        about = {"filename": upload.filename, "filetype": upload.filetype}
        headers = {"Upload-Length": str(upload.length), "Upload-Metadata": tus.encoded(about)}
        return Response(headers=tus.state_of(upload, offset) | headers)

    def get(self, request: Request, upload_id: uuid.UUID) -> Response:
        return Response(ArrivalSerializer(_own(request, upload_id)).data)

    def patch(self, request: Request, upload_id: uuid.UUID) -> Response:
        """The next bytes, or as JSON what the draft is to be called."""
        if request.content_type == "application/json":
            return self._describe(request, upload_id)
        tus.check_version(request)
        if request.content_type != tus.BODY_TYPE:
            raise UnsupportedMediaType(request.content_type)
        upload = _own(request, upload_id)
        offset = _receive(request, upload, tus.number(request, "Upload-Offset"))
        upload.refresh_from_db(fields=["expires_at"])
        return Response(status=status.HTTP_204_NO_CONTENT, headers=tus.state_of(upload, offset))

    def delete(self, request: Request, upload_id: uuid.UUID) -> Response:
        """Ends it; what has come of an unfinished one is removed with its draft."""
        tus.check_version(request)
        upload = _own(request, upload_id)
        uploads.cancel(upload)
        auditing.note(request, "upload.cancelled", "video", upload.video_id)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _describe(self, request: Request, upload_id: uuid.UUID) -> Response:
        form = DescriptionSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        upload = _own(request, upload_id)
        if "published" in form.validated_data:
            uploads.set_published(upload, is_published=form.validated_data["published"])
        if changed := describe(upload.video, form.validated_data):
            upload.video.save(update_fields=[*changed, "updated_at"])
        return Response(ArrivalSerializer(_own(request, upload_id)).data)


def _own(request: Request, upload_id: uuid.UUID) -> Upload:
    rows = Upload.objects.of(request.user).select_related("video__series")
    return get_object_or_404(rows, pk=upload_id)


def _wanted(request: Request) -> uploads.Wanted:
    """What the headers ask for; every refusal that needs no byte of the body."""
    length = _length(request)
    form = MetadataSerializer(data=tus.metadata(request))
    form.is_valid(raise_exception=True)
    given = form.validated_data
    if refusal := uploads.refusal(length):
        raise NotStored(refusal)
    pk = given.get("video")
    return uploads.Wanted(
        video=replaceable(request, pk) if pk else draft(given),
        filename=given["filename"],
        length=length,
        filetype=given["filetype"],
        fingerprint=given["fingerprint"],
        publishes=given.get("published", True),
    )


def _length(request: Request) -> int:
    if "Upload-Length" not in request.headers:
        raise tus.LengthRequired
    length = tus.number(request, "Upload-Length")
    if length > settings.MAX_UPLOAD_BYTES:
        raise TooLarge
    if not length:
        raise ValidationError({"filename": [_("This file is empty.")]})
    if request.content_type != tus.BODY_TYPE and tus.body_length(request):
        raise UnsupportedMediaType(request.content_type)
    if tus.body_length(request) > length:
        raise TooLarge
    return length


def replaceable(request: Request, pk: int) -> Video:
    """A film whose source this user may replace."""
    video: Video = get_object_or_404(Video.objects.visible_to(request.user), pk=pk)
    if video.owner_id != request.user.pk and not request.user.has_perm("video_app.change_video"):
        raise PermissionDenied
    return video


def _begun(request: Request, wanted: uploads.Wanted) -> Upload:
    try:
        return uploads.begin(request.user, wanted)
    except quota.QuotaError as error:
        raise PermissionDenied(str(error)) from error
    except OSError as error:
        raise told(error) from error


def _offset(upload: Upload) -> int:
    """Where it goes on. Its last request may have died between the last byte and its end."""
    try:
        if upload.offset == upload.length and not upload.finished_at:
            uploads.finish(upload.pk)
            upload.refresh_from_db()
        return uploads.offset_of(upload)
    except OSError as error:
        raise told(error) from error


def _receive(request: Request, upload: Upload, offset: int) -> int:
    length = tus.body_length(request)
    if offset + length > upload.length:
        raise TooLarge(_("These bytes go beyond the length of the upload."))
    try:
        return receiving.receive(
            upload, offset, length, request._request.read, tus.checksum(request)
        )
    except (receiving.OffsetError, receiving.TakenOverError) as error:
        raise _lost(error, upload) from error
    except receiving.BrokenOffError as error:
        raise ParseError(BROKEN_OFF) from error
    except receiving.ChecksumError as error:
        raise tus.Mismatch from error
    except OSError as error:
        raise told(error) from error


def _lost(error: Exception, upload: Upload) -> APIException:
    if not Upload.objects.filter(pk=upload.pk).exists():
        return NotFound()
    return tus.TakenOver() if isinstance(error, receiving.TakenOverError) else tus.Elsewhere()
