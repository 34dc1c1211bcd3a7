"""Pictures that people upload: never stored as they came, always drawn anew."""

import struct
from io import BytesIO
from typing import Any, BinaryIO

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from PIL import ExifTags, Image

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MAX_IMAGE_PIXELS = 40_000_000
SIZE = (1280, 720)

# What Pillow raises for files that are broken on purpose.
BROKEN = (
    *(OSError, SyntaxError, ValueError, EOFError, TypeError, KeyError, struct.error),
    Image.DecompressionBombError,
)
# What undoes each EXIF orientation. Pillow's own function writes all of the EXIF anew, and
# fails on what is untidy in it.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class BadImageError(ValueError):
    """Not a picture, or too large a one; the message is for people."""


def thumbnail(file: "BinaryIO | UploadedFile[Any]") -> "ContentFile[bytes]":
    """The picture, upright, as a JPEG of at most 1280 × 720, without metadata."""  # noqa: RUF002
    try:
        return _jpeg(Image.open(file, formats=FORMATS))
    except BadImageError:
        raise
    except BROKEN as error:
        raise BadImageError("This is not a picture we can read: JPEG, PNG, WebP or GIF.") from error


def _jpeg(image: Image.Image) -> "ContentFile[bytes]":
    if image.width * image.height > MAX_IMAGE_PIXELS:
        raise BadImageError("This picture has too many pixels.")
    image.draft("RGB", SIZE)  # lets JPEG decode at a fraction of its size
    turn = TURNS.get(image.getexif().get(ExifTags.Base.Orientation) or 0)
    upright = (image if turn is None else image.transpose(turn)).convert("RGB")
    upright.thumbnail(SIZE)
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    drawn = BytesIO()
    clean.save(drawn, "JPEG", quality=85, optimize=True, progressive=True)
    return ContentFile(drawn.getvalue(), "thumbnail.jpg")
