"""More films of unusual make, each judged as a player would."""

import struct
from fractions import Fraction
from functools import partial
from pathlib import Path

import pytest

from tests.media import unusual
from tests.media.films import assert_exact, prepare
from tests.media.samples import AAC, X264, ffmpeg
from video_app.pipeline import source
from video_app.pipeline.errors import PipelineError
from video_app.pipeline.streams import Source

pytestmark = pytest.mark.ffmpeg
VPX = ("-deadline", "realtime", "-cpu-used", "8", "-auto-alt-ref", "0", "-pix_fmt", "yuva420p")
FILMS = {
    "alpha8.webm": ("-c:v", "libvpx", *VPX, "-c:a", "libopus"),
    "alpha9.webm": ("-c:v", "libvpx-vp9", *VPX, "-c:a", "libopus"),
    "fragments.mp4": (*X264, *AAC, "-movflags", "frag_keyframe+empty_moov"),
    "hybrid.mp4": (*X264, *AAC, "-movflags", "+faststart+write_colr"),
    "large.avi": ("-c:v", "mjpeg", "-q:v", "8", "-c:a", "pcm_s16le"),
    "rates.wmv": ("-c:v", "wmv2", "-g", "250", "-c:a", "wmav2", "-ar", "44100"),
    "phone.3gp": ("-c:v", "h263", "-s", "352x288", "-ac", "1", "-ar", "8000", "-c:a", "aac"),
    "short-gop.m2ts": (*X264, "-c:a", "ac3", "-mpegts_m2ts_mode", "1"),
    "open.mkv": ("-c:v", "libx265", "-x265-params", "log-level=error:open-gop=1", *AAC),
    "refresh.mkv": (*X264, "-x264-params", "intra-refresh=1", *AAC),
    "lossless.mkv": ("-c:v", "ffv1", "-level", "3", "-c:a", "flac"),
    "chroma.mp4": ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv444p", *AAC),
}


def look(path: Path) -> Source:
    return source.read_source(path, max_streams=64)


@pytest.mark.parametrize("name", FILMS)
def test_reads_whole_film_without_a_word(samples, tmp_path, name):
    _, found = prepare(samples.film(f"relative-{name}", *FILMS[name]), tmp_path)
    assert abs(found.duration - 8) < 0.3
    assert found.notes == ()
    assert len(found.audios) == 1
    assert not found.video.is_interlaced
    assert not found.video.changes_shape


@pytest.mark.parametrize("name", sorted(set(FILMS) - {"refresh.mkv"}))
def test_trusts_seeks_of_ordinary_films(samples, name):
    assert not look(samples.film(f"relative-{name}", *FILMS[name])).must_decode_from_start


@pytest.mark.parametrize("name", ["alpha8.webm", "refresh.mkv", "short-gop.m2ts"])
def test_encodes_relatives(samples, encoded, name):
    film = encoded(samples.film(f"relative-{name}", *FILMS[name]))
    assert_exact(film)
    assert film.numbers()[-1] >= 198


def test_ignores_track_of_no_length(samples):
    def make(target: Path) -> None:
        inputs = (*unusual.pictures("320x180", 3), *unusual.sound(3))
        nothing = ("-f", "lavfi", "-i", "sine=d=0.0001")
        maps = ("-map", "0:v", "-map", "2:a", "-map", "1:a")
        ffmpeg(*inputs, *nothing, *maps, *unusual.FAST, "-c:a", "pcm_s16le", str(target))

    found = look(samples.get("no-length.mov", make))
    assert abs(found.duration - 3) < 0.2


def test_turns_pixels_that_are_not_square(samples):
    wide = samples.film("wide-pixels.mp4", *X264, "-vf", "setsar=4/3", "-an")

    def make(target: Path) -> None:
        content = bytearray(wide.read_bytes())
        one = 1 << 16
        at = content.index(b"tkhd") + 44
        content[at : at + 36] = struct.pack(">9i", 0, one, 0, -one, 0, 0, 0, 0, 1 << 30)
        target.write_bytes(content)

    video = look(samples.get("turned-wide-pixels.mp4", make)).video
    assert (video.rotation, video.sample_aspect) == (90, Fraction(4, 3))


@pytest.mark.parametrize("container", ["mp4", "mkv", "mp3"])
def test_refuses_song_with_its_cover(samples, container):
    def make(target: Path) -> None:
        cover = target.with_suffix(".png")
        ffmpeg("-f", "lavfi", "-i", "color=red:s=300x300", "-frames:v", "1", str(cover))
        codec = ("-c:a", "mp3" if container == "mp3" else "aac")
        if container == "mkv":
            named = ("-attach", str(cover), "-metadata:s:t", "mimetype=image/png")
            ffmpeg(*unusual.sound(3), *codec, *named, str(target))
            return
        inputs = ("-i", str(cover), *unusual.sound(3), "-map", "0", "-map", "1")
        mark = ("-c:v", "copy", "-disposition:v:0", "attached_pic")
        ffmpeg(*inputs, *codec, *mark, str(target))

    with pytest.raises(PipelineError, match=r"no video in it|not a video"):
        look(samples.get(f"song.{container}", make))


def test_reads_film_with_cover_and_fonts(samples):
    def make(target: Path) -> None:
        cover = target.with_suffix(".jpg")
        ffmpeg("-f", "lavfi", "-i", "color=red:s=1600x1600", "-frames:v", "1", str(cover))
        named = ("-attach", str(cover), "-metadata:s:t", "mimetype=image/jpeg")
        inputs = (*unusual.pictures("320x180", 3), *unusual.sound(3))
        ffmpeg(*inputs, *named, *unusual.FAST, "-c:a", "aac", str(target))

    found = look(samples.get("covered.mkv", make))
    assert found.video.width == 320
    assert found.notes == ()


@pytest.mark.parametrize("seconds", [5, 25])
@pytest.mark.parametrize("container", ["mkv", "mp4", "ts"])
def test_reads_film_whose_sound_ends_early_or_late(samples, tmp_path, seconds, container):
    def make(target: Path) -> None:
        inputs = (*unusual.pictures("320x180", 15), *unusual.sound(seconds))
        ffmpeg(*inputs, *unusual.FAST, "-c:a", "aac", str(target))

    _, found = prepare(samples.get(f"sound-{seconds}.{container}", make), tmp_path)
    assert abs(found.duration - max(15, seconds)) < 0.3


def test_measures_recording_whose_clock_does_not_begin_at_zero(samples, tmp_path):
    make = partial(unusual.late, seconds=3, stream="video")
    path = samples.get("late3.mkv", make)
    late = tmp_path / "offset.ts"
    ffmpeg("-i", str(path), "-c", "copy", "-output_ts_offset", "80000", str(late))
    assert abs(look(late).duration - 9) < 0.3
