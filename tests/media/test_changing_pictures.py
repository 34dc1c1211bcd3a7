"""Interlacing, size and shape are those of the whole film, wherever they change."""

from functools import partial
from pathlib import Path

import pytest

from tests.media import unusual
from tests.media.films import prepare
from tests.media.samples import X264, Samples, ffmpeg
from video_app.pipeline import source
from video_app.pipeline.streams import VideoStream

pytestmark = pytest.mark.ffmpeg
WIDE, OLD = ("-aspect", "16:9"), ("-aspect", "4:3")
LATER = ("-output_ts_offset", "4")


def judged(samples: Samples, folder: Path, name: str, *halves: tuple[str, ...]) -> VideoStream:
    return prepare(unusual.broadcast(samples, name, *halves), folder)[1].video


@pytest.mark.parametrize(
    ("name", "halves", "is_interlaced"),
    [
        ("late-interlaced.ts", (WIDE, (*WIDE, "interlace")), True),
        ("early-interlaced.ts", ((*WIDE, "interlace"), WIDE), True),
        ("later-clock.ts", (WIDE, (*WIDE, "interlace", *LATER)), True),
        ("progressive.ts", (WIDE, (*WIDE, *LATER)), False),
    ],
)
def test_deinterlaces_all_where_a_part_is_interlaced(
    samples, tmp_path, name, halves, is_interlaced
):
    video = judged(samples, tmp_path, name, *halves)
    assert video.is_interlaced == is_interlaced
    assert not video.changes_shape


@pytest.mark.parametrize("container", ["mkv", "mov"])
def test_deinterlaces_file_with_an_index_that_begins_progressive(samples, container):
    recorded = unusual.broadcast(samples, "later-clock.ts", WIDE, (*WIDE, "interlace", *LATER))

    def make(target: Path) -> None:
        ffmpeg("-i", str(recorded), "-map", "0:v", "-c", "copy", str(target))

    path = samples.get(f"mixed.{container}", make)
    assert source.read_source(path, max_streams=8).video.is_interlaced


@pytest.mark.parametrize(
    ("name", "halves", "shape"),
    [
        ("wide-old.ts", (WIDE, OLD), (64, 45)),
        ("old-wide.ts", (OLD, (*WIDE, *LATER)), (16, 15)),
        ("mostly-old.ts", (WIDE, OLD, OLD), (16, 15)),
        ("square-old.ts", (("-aspect", "5:4"), OLD, OLD), (16, 15)),
    ],
)
def test_marks_broadcast_that_changes_its_aspect(samples, tmp_path, name, halves, shape):
    video = judged(samples, tmp_path, name, *halves)
    assert video.changes_shape
    assert (video.sample_aspect.numerator, video.sample_aspect.denominator) == shape


@pytest.mark.parametrize(
    ("sizes", "size", "changes"),
    [
        (("640x360", "180x320"), (640, 360), True),
        (("180x320", "640x360", "180x320"), (180, 320), True),
        (("160x90", "640x360"), (640, 360), False),
        (("640x360", "320x240", "640x360"), (640, 360), True),
    ],
)
def test_marks_call_that_changes_its_shape(samples, sizes, size, changes):
    path = samples.get(f"call-{'-'.join(sizes)}.webm", lambda target: unusual.call(target, *sizes))
    video = source.read_source(path, max_streams=8).video
    assert (video.width, video.height) == size
    assert video.changes_shape == changes


def test_trusts_seeks_to_real_key_pictures(samples):
    for name, codec in {
        "trusted.mp4": X264,
        "trusted-open.mkv": (*X264, "-x264-params", "open-gop=1"),
        "trusted.avi": ("-c:v", "mpeg4", "-bf", "2", "-g", "50"),
    }.items():
        assert not look_at(samples.film(name, *codec, "-an")).must_decode_from_start, name


def look_at(path: Path) -> source.Source:
    return source.read_source(path, max_streams=8)


def test_distrusts_index_that_calls_every_picture_key(samples):
    def make(target: Path) -> None:
        codec = ("-c:v", "mpeg4", "-g", "250", "-sc_threshold", "1000000000", "-q:v", "9")
        ffmpeg(*unusual.pictures("320x180", 20), *codec, "-f", "avi", str(target))
        content = bytearray(target.read_bytes())
        start = content.index(b"idx1")
        for at in range(start + 12, len(content) - 12, 16):
            content[at] |= 0x10
        target.write_bytes(content)

    assert look_at(samples.get("all-key.avi", make)).must_decode_from_start


def test_distrusts_seeks_that_go_by_another_track(samples):
    def make(target: Path) -> None:
        inputs = (*unusual.pictures("160x90", 16), *unusual.pictures("320x180", 16))
        keys = ("-g:v:0", "10", "-g:v:1", "250", "-sc_threshold", "0")
        marks = ("-disposition:v:0", "0", "-disposition:v:1", "0")
        maps = ("-map", "0:v", "-map", "1:v")
        ffmpeg(*inputs, *maps, *unusual.FAST, *keys, *marks, str(target))

    assert look_at(samples.get("other-keys.mkv", make)).must_decode_from_start


def test_names_damage(samples, tmp_path):
    make = partial(unusual.late, seconds=0, stream="video")
    content = bytearray(samples.get("whole.mp4", make).read_bytes())
    third = len(content) // 3
    content[third : 2 * third] = bytes(third)
    path = tmp_path / "zeroed.mp4"
    path.write_bytes(content)
    assert "damaged" in [note.code for note in look_at(path).notes]
