"""Thumbnails that people upload: never stored as they came, always drawn anew."""

import math
import struct
from io import BytesIO
from threading import Lock
from typing import IO

from django.core.files.base import ContentFile
from PIL import ExifTags, Image

from video_app.pipeline.sentences import sentence

UNREADABLE = sentence("This is not a picture we can read: JPEG, PNG, WebP or GIF.")
TOO_MANY_PIXELS = sentence("This picture has too many pixels.")
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MAX_IMAGE_PIXELS = 40_000_000
SIZE = (1280, 720)
STRIP_ROWS = 256
# A picture of that many pixels takes 160 MB while it is decoded, in each web process.
_one_at_a_time = Lock()

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


def thumbnail(file: IO[bytes]) -> "ContentFile[bytes]":
    """The picture, upright, as a JPEG of at most 1280 × 720, without metadata."""  # noqa: RUF002
    try:
        with _one_at_a_time:
            return _jpeg(Image.open(file, formats=FORMATS))
    except BadImageError:
        raise
    except BROKEN as error:
        raise BadImageError(UNREADABLE) from error


def _jpeg(image: Image.Image) -> "ContentFile[bytes]":
    if image.width * image.height > MAX_IMAGE_PIXELS:
        raise BadImageError(TOO_MANY_PIXELS)
    image.draft("RGB", SIZE)  # lets JPEG decode at a fraction of its size
    turn = TURNS.get(image.getexif().get(ExifTags.Base.Orientation) or 0)
    small = _reduced(image)
    upright = small if turn is None else small.transpose(turn)
    upright.thumbnail(SIZE)
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    drawn = BytesIO()
    clean.save(drawn, "JPEG", quality=85, optimize=True, progressive=True)
    return ContentFile(drawn.getvalue(), "thumbnail.jpg")


def _reduced(image: Image.Image) -> Image.Image:
    """In RGB, and not much larger than it is going to be, either way up.

    Strip by strip: Pillow would convert the whole picture first, in as much memory again.
    """
    ratios = (max(image.width / a, image.height / b) for a, b in (SIZE, SIZE[::-1]))
    factor = max(1, int(min(ratios) / 2))
    size = (math.ceil(image.width / factor), math.ceil(image.height / factor))
    reduced, rows = Image.new("RGB", size), STRIP_ROWS * factor
    for top in range(0, image.height, rows):
        strip = image.crop((0, top, image.width, min(top + rows, image.height)))
        reduced.paste(strip.convert("RGB").reduce(factor), (0, top // factor))
    return reduced
