"""Uploaded thumbnails: drawn anew, or refused."""

import os
import subprocess
import sys
import zlib
from io import BytesIO
from typing import Literal

import pytest
from django.conf import settings
from PIL import Image

from video_app.streaming.thumbnails import TURNS, BadImageError, thumbnail

# A quarter to the left undoes one to the right; the others undo themselves.
AS_STORED = TURNS | {6: TURNS[8], 8: TURNS[6]}


def picture(
    size: tuple[int, int] = (64, 48), file_format: str = "PNG", mode: str = "RGB"
) -> BytesIO:
    file = BytesIO()
    Image.new(mode, size, 1 if mode == "1" else "red").save(file, file_format)
    file.seek(0)
    return file


def opened(file: BytesIO) -> Image.Image:
    return Image.open(BytesIO(thumbnail(file).read()))


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP", "GIF"])
def test_draws_thumbnail_as_jpeg(file_format: str):
    assert opened(picture(file_format=file_format)).format == "JPEG"


@pytest.mark.parametrize("mode", ["RGBA", "L", "P", "CMYK", "1"])
def test_reads_every_colour_mode(mode: str):
    file_format = "JPEG" if mode == "CMYK" else "PNG"
    colour = {"RGBA": (9, 9, 9, 9), "CMYK": (1, 2, 3, 4)}.get(mode, 1)
    file = BytesIO()
    Image.new(mode, (8, 8), colour).save(file, file_format)

    assert opened(file).mode == "RGB"


def test_shrinks_large_image_in_shape():
    assert opened(picture((4000, 1000))).size == (1280, 320)


@pytest.mark.parametrize("size", [(5000, 5000), (1900, 20_000), (20_000, 1900), (2561, 1441)])
@pytest.mark.parametrize("mode", ["RGB", "L", "P"])
def test_keeps_content_of_large_image(size: tuple[int, int], mode: str):
    """Its lower half is white: large ones are reduced in strips."""
    image = Image.new(mode, size, 0)
    if mode == "P":
        image.putpalette([0, 0, 0, 255, 255, 255])
    white = {"RGB": "white", "L": 255, "P": 1}[mode]
    image.paste(white, (0, size[1] // 2, size[0], size[1]))
    file = BytesIO()
    image.save(file, "PNG")

    made = opened(file).convert("L")

    middle = made.width // 2
    assert [made.getpixel((middle, made.height * part // 8)) for part in (1, 3)] == [0, 0]
    assert min(made.getpixel((middle, made.height * part // 8)) for part in (5, 7)) > 250


PEAK = """
import resource, threading
from io import BytesIO
from PIL import Image
from video_app.streaming.thumbnails import thumbnail

file = BytesIO()
Image.new("RGBA", (8000, 5000)).save(file, "PNG")
open("/proc/self/clear_refs", "w").write("5")

def peak():
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024

before = peak()
threads = [
    threading.Thread(target=thumbnail, args=(BytesIO(file.getvalue()),)) for _ in range(6)
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_decodes_one_image_at_a_time():
    done = subprocess.run(
        [sys.executable, "-c", PEAK],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert int(done.stdout) < 300


def test_drops_metadata():
    image, file = Image.new("RGB", (20, 10)), BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    exif[0x0112] = 6  # turned by a quarter
    image.save(file, "JPEG", exif=exif, comment="secret")

    made = thumbnail(file).read()

    assert b"where I live" not in made
    assert b"secret" not in made
    assert Image.open(BytesIO(made)).size == (10, 20)


@pytest.mark.parametrize("turn", range(1, 9))
def test_turns_photo_upright(turn: int):
    """Its top left quarter is white, however it lies in the file."""
    upright = Image.new("RGB", (32, 16), "black")
    upright.paste("white", (0, 0, 16, 8))
    image = upright.transpose(AS_STORED[turn]) if turn in AS_STORED else upright
    exif, file = Image.Exif(), BytesIO()
    exif[0x0112] = turn
    image.save(file, "PNG", exif=exif)

    made = opened(file)

    assert made.size == (32, 16)
    assert made.getpixel((8, 4)) > (200, 200, 200)
    assert made.getpixel((24, 12)) < (50, 50, 50)


def with_text_for_a_number(photo: bytes) -> bytes:
    """A JPEG of which the EXIF says XResolution in letters, as some cameras do."""
    exif = photo.index(b"Exif")
    end = exif - 2 + int.from_bytes(photo[exif - 2 : exif])
    tiff = photo[exif + 6 : end]
    order: Literal["little", "big"] = "little" if tiff.startswith(b"II") else "big"
    first = int.from_bytes(tiff[4:8], order) + 2
    words = b"".join(number.to_bytes(2, order) for number in (0x011A, 2)) + (4).to_bytes(4, order)
    entries = (2).to_bytes(2, order) + tiff[first : first + 12] + words + b"72\0\0" + bytes(4)
    body = b"Exif\0\0" + tiff[: first - 2] + entries
    return photo[: exif - 2] + (len(body) + 2).to_bytes(2) + body + photo[end:]


def test_ignores_untidy_metadata():
    exif, file = Image.Exif(), BytesIO()
    exif[0x0112] = 6
    Image.new("RGB", (20, 10)).save(file, "JPEG", exif=exif)

    assert opened(BytesIO(with_text_for_a_number(file.getvalue()))).size == (10, 20)


def test_refuses_too_many_pixels():
    with pytest.raises(BadImageError, match="too many pixels"):
        thumbnail(picture((8000, 8000), mode="1"))


def bomb() -> BytesIO:
    """A PNG that claims 30000 x 30000 pixels."""
    body = bytearray(picture().getvalue())
    body[16:24] = (30000).to_bytes(4, "big") * 2
    body[29:33] = zlib.crc32(body[12:29]).to_bytes(4, "big")
    return BytesIO(bytes(body))


@pytest.mark.parametrize(
    "file",
    [
        BytesIO(b""),
        BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        BytesIO(b"<html><script>alert(1)</script>"),
        BytesIO(picture((640, 480)).getvalue()[:90]),
        BytesIO(picture(file_format="JPEG").getvalue()[:200]),
        picture(file_format="TIFF"),
        picture(file_format="BMP"),
        bomb(),
    ],
    ids=["empty", "svg", "html", "half a PNG", "half a JPEG", "TIFF", "BMP", "bomb"],
)
def test_refuses_what_is_no_image(file: BytesIO):
    with pytest.raises(BadImageError):
        thumbnail(file)
