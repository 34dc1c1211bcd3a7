"""Pictures that come late, or alone, or behind other streams, are films all the same."""

from functools import partial
from pathlib import Path

import pytest

from tests.media import unusual
from tests.media.films import assert_exact, prepare
from tests.media.samples import AAC, X264, ffmpeg
from video_app.pipeline import source
from video_app.pipeline.streams import Source

pytestmark = pytest.mark.ffmpeg


def look(path: Path) -> Source:
    return source.read_source(path, max_streams=64)


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("still.mp4", ()),
        ("still.mkv", ()),
        ("still-hevc.mkv", ("-c:v", "libx265", "-x265-params", "log-level=error")),
        ("still-mjpeg.mov", ("-c:v", "mjpeg")),
        ("still-vp9.webm", ("-c:v", "libvpx-vp9", "-c:a", "libopus")),
        ("still.ts", ()),
        ("still.flv", ()),
    ],
)
def test_finds_one_picture_under_its_sound(samples, tmp_path, name, codec):
    video = codec[: codec.index("-c:a")] if "-c:a" in codec else codec

    def make(target: Path) -> None:
        unusual.still(target.with_suffix(".mkv"), 30, *video)
        sound = ("-c:a", "libopus") if "webm" in name else ()
        if target.suffix != ".mkv":
            copy = ("-i", str(target.with_suffix(".mkv")), "-c", "copy", *sound)
            ffmpeg(*copy, str(target))

    _, found = prepare(samples.get(name, make), tmp_path)
    assert abs(found.duration - 30) < 1.1  # the picture may last for its own second
    assert found.audios


def test_encodes_one_picture_under_its_sound(samples, encoded):
    film = encoded(samples.get("still12.mp4", partial(unusual.still, seconds=12)))
    assert_exact(film)
    assert abs(film.plan.duration - 12) <= 1


@pytest.mark.parametrize("container", ["mkv", "ts", "mp4", "mpg"])
def test_holds_first_picture_until_the_others_come(samples, tmp_path, container):
    make = partial(unusual.late, seconds=20, stream="video")
    _, found = prepare(samples.get(f"late-video.{container}", make), tmp_path)
    assert abs(found.duration - 26) < 0.2
    assert abs(found.video.start - 20) < 0.2


def test_encodes_film_whose_sound_begins_before_its_picture(samples, encoded):
    make = partial(unusual.late, seconds=12, stream="video")
    film = encoded(samples.get("late-video12.ts", make))
    assert_exact(film)
    assert abs(film.plan.duration - 18) < 0.2


@pytest.mark.parametrize("container", ["mkv", "ts", "mp4"])
def test_finds_sound_that_begins_late(samples, tmp_path, container):
    make = partial(unusual.late, seconds=20, stream="audio")
    _, found = prepare(samples.get(f"late-sound.{container}", make), tmp_path)
    assert abs(found.duration - 26) < 0.2
    assert found.audios


@pytest.mark.parametrize("count", [6, 30])
@pytest.mark.parametrize("container", ["mkv", "ts", "mp4"])
def test_finds_picture_among_many_sounds(samples, count, container):
    make = partial(unusual.many_sounds, count=count)
    found = look(samples.get(f"sounds-{count}.{container}", make))
    assert found.video.codec == "h264"
    assert len(found.audios) == min(count, 8)


@pytest.mark.parametrize("name", ["text.mkv", "cover.mp4", "cover.mkv"])
def test_reads_two_pictures_behind_another_stream(samples, name):
    make = partial(unusual.with_first_stream, kind=name.split(".")[0])
    found = look(samples.get(f"behind-{name}", make))
    assert (found.video.width, found.video.height) == (320, 180)
    assert abs(found.duration - 2) < 0.1


def test_reads_program_stream_with_few_pictures(samples, tmp_path):
    def make(target: Path) -> None:
        short = (*unusual.pictures("320x180", 0.08), *unusual.sound(2))
        ffmpeg(*short, "-c:v", "mpeg2video", "-c:a", "mp2", "-f", "vob", str(target))

    _, found = prepare(samples.get("few.vob", make), tmp_path)
    assert abs(found.duration - 2) < 0.1


def test_reads_film_of_one_picture_without_sound(samples, tmp_path):
    one = ("-frames:v", "1", *X264, "-an")
    _, found = prepare(samples.film("one-picture.mp4", *one), tmp_path)
    assert found.video.width == 320
    assert 0 < found.duration < 1


def test_reads_film_with_timecode_and_data_tracks(samples):
    coded = ("-timecode", "01:00:00:00", *X264, *AAC)
    found = look(samples.film("timecode-first.mov", *coded))
    assert abs(found.duration - 8) < 0.1
    assert found.notes == ()
