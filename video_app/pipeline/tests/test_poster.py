"""Choosing a poster."""

import os
import subprocess
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from video_app.pipeline import poster
from video_app.pipeline.errors import EncodeError
from video_app.pipeline.ffmpeg import find_ffmpeg
from video_app.pipeline.source import read_source
from video_app.pipeline.streams import Source

pytestmark = pytest.mark.ffmpeg
BINARY = find_ffmpeg()
X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-sc_threshold", "0")
GREYS = "color=gray:s=320x180:r=25:d=16,format=gray,geq=lum='if(gt(Y,H/2),255,40+mod(5*N,150))'"


def a_film(path: Path, *coding: str) -> tuple[Path, Source]:
    argv = [BINARY, "-v", "error", "-f", "lavfi", "-i", GREYS, *(coding or X264), str(path)]
    subprocess.run(argv, check=True)
    return path, read_source(path, max_streams=64)


def a_program(folder: Path, script: str) -> str:
    program = folder / "spy"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return str(program)


def a_still(path: Path, colour: str, *, spots: bool = False) -> Path:
    image = Image.new("RGB", (320, 180), colour)
    if spots:
        draw = ImageDraw.Draw(image)
        for number in range(0, 320, 20):
            draw.ellipse((number, number // 2, number + 12, number // 2 + 12), fill="orange")
    image.save(path)
    return path


def test_detail_beats_black_white_and_blank(tmp_path: Path) -> None:
    telling = poster.score(a_still(tmp_path / "a.jpg", "teal", spots=True))
    for name in ("black", "white", "teal"):
        assert poster.score(a_still(tmp_path / f"{name}.jpg", name)) < telling


def test_no_readable_picture_is_an_error(tmp_path: Path) -> None:
    film, source = a_film(tmp_path / "film.mp4")
    film.write_bytes(b"no film any more")
    with pytest.raises(EncodeError):
        poster.make_poster(BINARY, film, source, tmp_path)


def test_is_as_nice_as_it_is_told(tmp_path: Path) -> None:
    film, source = a_film(tmp_path / "film.mp4")
    spy = a_program(tmp_path, f'nice > "{tmp_path}/nice"; exec {BINARY} "$@"')
    poster.make_poster(spy, film, source, tmp_path, niceness=5)
    assert int((tmp_path / "nice").read_text()) == min(19, os.nice(0) + 5)


def test_takes_all_its_pictures_with_one_process(tmp_path: Path) -> None:
    film, source = a_film(tmp_path / "film.mp4")
    spy = a_program(tmp_path, f'echo >> "{tmp_path}/calls"; exec {BINARY} "$@"')
    poster.make_poster(spy, film, source, tmp_path)
    assert (tmp_path / "calls").read_text() == "\n"


def test_looks_between_key_pictures_that_are_black(tmp_path: Path) -> None:
    coding = (*X264, "-g", "250", "-vf", "fade=t=in:st=10.2:d=1")
    film, source = a_film(tmp_path / "film.mp4", *coding)
    assert poster.score(poster.make_poster(BINARY, film, source, tmp_path)) > 0


def test_costs_a_second_at_most(tmp_path: Path) -> None:
    size = (*X264, "-t", "4", "-g", "100", "-s", "1920x1080")
    film, source = a_film(tmp_path / "film.mp4", *size)
    before = os.times()
    poster.make_poster(BINARY, film, source, tmp_path)
    after = os.times()
    used = after.children_user + after.children_system
    assert used - before.children_user - before.children_system < 1.5  # a busy machine's second


@pytest.mark.parametrize(
    ("name", "coding"),
    [
        ("all-key.avi", ("-c:v", "mpeg4", "-g", "250", "-q:v", "4")),
        ("refresh.mp4", (*X264, "-g", "50", "-x264-params", "intra-refresh=1")),
        ("zeroed.mp4", (*X264, "-g", "25")),
        ("one-key.mkv", (*X264, "-g", "1000")),
        ("screen.mov", ("-c:v", "qtrle")),
    ],
)
def test_never_shows_a_torn_picture(tmp_path: Path, name: str, coding: tuple[str, ...]) -> None:
    """The lower half is always white, and every picture but the first has its own grey above."""
    film, source = a_film(tmp_path / name, *coding)
    content = bytearray(film.read_bytes())
    if name == "all-key.avi":
        index = content.index(b"idx1") + 8
        for entry in range(index, len(content) - 15, 16):
            content[entry + 4] |= 0x10
    if name == "zeroed.mp4":
        content[len(content) // 3 : len(content) // 2] = bytes(
            len(content) // 2 - len(content) // 3
        )
    film.write_bytes(content)
    with Image.open(poster.make_poster(BINARY, film, source, tmp_path)) as image:
        grey = image.convert("L")
    lower = [grey.getpixel((x, grey.height - 10)) for x in range(10, grey.width - 10, 7)]
    upper = [grey.getpixel((x, 20)) for x in range(10, grey.width - 10, 7)]
    assert min(lower) > 225
    assert max(upper) - min(upper) < 12
