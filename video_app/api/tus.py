"""The tus protocol 1.0: its headers in and out. See https://tus.io/protocols/resumable-upload."""

import base64
import binascii

from django.conf import settings
from django.utils.http import http_date
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.request import Request

from video_app.ingest.receiving import ALGORITHMS, Checksum
from video_app.models import Upload

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,expiration,checksum"
BODY_TYPE = "application/offset+octet-stream"
LONGEST = 2**53


class OtherVersion(APIException):
    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = "This server speaks tus 1.0.0: send Tus-Resumable: 1.0.0."


class LengthRequired(APIException):
    status_code = status.HTTP_411_LENGTH_REQUIRED
    default_detail = _("An upload must tell its length.")


class Mismatch(APIException):
    status_code = 460
    default_detail = _("These bytes are not those that were sent: the checksum differs.")


class TakenOver(APIException):
    status_code = status.HTTP_423_LOCKED
    default_detail = _("A newer request goes on with this upload.")


class Elsewhere(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = _("The upload goes on at another offset.")


def capabilities() -> dict[str, str]:
    return {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(settings.MAX_UPLOAD_BYTES),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }


def state_of(upload: Upload, offset: int) -> dict[str, str]:
    """What every answer about an upload says of it."""
    return {
        "Upload-Offset": str(offset),
        "Upload-Expires": http_date(upload.expires_at.timestamp()),
    }


def check_version(request: Request) -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        raise OtherVersion


def number(request: Request, header: str) -> int:
    """A header's whole number; `ParseError` when it is none."""
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdecimal()) or len(text) > 18 or int(text) > LONGEST:
        raise ParseError(f"{header} has to be a whole number.")
    return int(text)


def body_length(request: Request) -> int:
    """Bytes of the body; `LengthRequired` when it does not say."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length and request.headers.get("Transfer-Encoding"):
        raise LengthRequired
    return int(length) if length.isdecimal() else 0


def metadata(request: Request) -> dict[str, str]:
    """`Upload-Metadata: key base64,key base64,…`; a key may have no value."""
    found: dict[str, str] = {}
    for pair in filter(None, map(str.strip, request.headers.get("Upload-Metadata", "").split(","))):
        key, _, value = pair.partition(" ")
        found[key] = _decoded(key, value.strip())
    return found


def _decoded(key: str, value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError) as error:
        name = "".join(filter(str.isprintable, key))[:50]
        raise ParseError(f"Upload-Metadata: the value of {name} is not UTF-8 in base64.") from error


def encoded(values: dict[str, str]) -> str:
    """A header of such metadata, for HEAD."""
    pairs = (f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())
    return ",".join(pair.strip() for pair in pairs)


def checksum(request: Request) -> Checksum | None:
    """`Upload-Checksum: algorithm base64`."""
    header = request.headers.get("Upload-Checksum")
    if header is None:
        return None
    algorithm, _, value = header.partition(" ")
    if algorithm not in ALGORITHMS:
        raise ParseError(f"Upload-Checksum: one of {', '.join(ALGORITHMS)} is needed.")
    try:
        return Checksum(algorithm, base64.b64decode(value.strip(), validate=True))
    except (binascii.Error, ValueError) as error:
        raise ParseError("Upload-Checksum: the value is not base64.") from error
