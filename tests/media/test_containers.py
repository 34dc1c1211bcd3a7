"""Every codec and container that people upload becomes the same exact film."""

from fractions import Fraction
from pathlib import Path

import pytest

from tests.media.films import assert_exact, assert_in_order
from tests.media.samples import AAC, X264, ffmpeg
from tests.media.test_sound import assert_in_step
from video_app.pipeline import source

pytestmark = pytest.mark.ffmpeg
MP3 = ("-c:a", "libmp3lame", "-b:a", "128k")
OPUS = ("-c:a", "libopus", "-b:a", "96k")
VPX = ("-deadline", "realtime", "-cpu-used", "8", "-b:v", "600k", "-g", "75")
FILMS = {
    "h264.mov": (*X264, *AAC),
    "h264.3gp": (*X264, *AAC),
    "h264-fragments.mp4": (*X264, *AAC, "-movflags", "frag_keyframe+empty_moov"),
    "h264-open-gop.mkv": (*X264, "-x264-params", "open-gop=1", *AAC),
    "hevc.mp4": (
        "-c:v",
        "libx265",
        "-preset",
        "ultrafast",
        "-x265-params",
        "log-level=error",
        *AAC,
    ),
    "prores.mov": ("-c:v", "prores_ks", "-c:a", "pcm_s24le"),
    "mjpeg.mov": ("-c:v", "mjpeg", "-q:v", "4", "-pix_fmt", "yuvj420p", "-c:a", "pcm_s16le"),
    "av1.mp4": ("-c:v", "libsvtav1", "-preset", "12", "-b:v", "600k", "-g", "75", *AAC),
    "vp9.webm": ("-c:v", "libvpx-vp9", *VPX, *OPUS),
    "vp8.webm": ("-c:v", "libvpx", *VPX, "-c:a", "libvorbis"),
    "mpeg4.avi": ("-c:v", "mpeg4", "-q:v", "3", "-g", "60", *MP3),
    "h264.avi": (*X264[:4], "-pix_fmt", "yuv420p", "-bf", "0", "-g", "75", *MP3),
    "wmv2.wmv": ("-c:v", "wmv2", "-q:v", "3", "-c:a", "wmav2"),
    "msmpeg4.asf": ("-c:v", "msmpeg4", "-q:v", "3", "-c:a", "wmav2"),
    "mpeg2.mpg": ("-c:v", "mpeg2video", "-q:v", "3", "-bf", "2", "-c:a", "mp2", "-f", "vob"),
    "mpeg1.mpg": ("-c:v", "mpeg1video", "-q:v", "3", "-bf", "2", "-c:a", "mp2"),
    "mpeg2.ts": ("-c:v", "mpeg2video", "-q:v", "3", "-bf", "2", "-c:a", "ac3"),
    "h264.ts": (*X264, *AAC),
    "h264.flv": (*X264, *AAC),
    "sorenson.flv": ("-c:v", "flv1", "-q:v", "3", "-ar", "44100", *MP3),
    "dvd.vob": ("-c:v", "mpeg2video", "-q:v", "3", "-c:a", "pcm_dvd", "-f", "vob"),
    "nellymoser.flv": (
        *("-c:v", "flv1", "-q:v", "3"),
        *("-c:a", "nellymoser", "-ac", "1", "-ar", "22050"),
    ),
    "theora.ogv": ("-c:v", "libtheora", "-q:v", "7", "-c:a", "libvorbis"),
}


@pytest.mark.parametrize("name", FILMS)
def test_a_film_shows_every_picture_with_its_sound(samples, encoded, name):
    film = encoded(samples.film(f"film-{name}", *FILMS[name]))
    assert film.plan.rate == 25
    assert film.plan.chunks == 3
    assert_exact(film)
    assert abs(film.plan.duration - 8) <= Fraction(1, 10)
    numbers = film.numbers()
    assert_in_order(numbers, 0, numbers[-1])
    assert numbers[-1] >= 198
    assert_in_step(film, 8)


@pytest.mark.parametrize(
    ("name", "is_seekable"),
    [
        *((name, True) for name in ("h264.mov", "vp9.webm", "h264.avi", "wmv2.wmv", "msmpeg4.asf")),
        *((name, False) for name in ("mpeg2.mpg", "h264.ts", "h264.flv", "theora.ogv")),
    ],
)
def test_only_containers_with_an_exact_seek_are_sought_in(samples, name, is_seekable):
    path = samples.film(f"film-{name}", *FILMS[name])
    assert source.read_source(path, max_streams=64).is_seekable == is_seekable


def test_a_recording_that_starts_between_key_frames_is_a_film(samples, encoded, tmp_path):
    whole = samples.film("film-h264.ts", *FILMS["h264.ts"])
    content = whole.read_bytes()
    path = tmp_path / "joined-late.ts"
    path.write_bytes(content[len(content) // 8 // 188 * 188 :])
    film = encoded(path)
    assert_exact(film)
    numbers = film.numbers()
    assert numbers[-1] >= 198
    assert numbers == sorted(numbers)


def test_data_streams_and_chapters_are_no_obstacle(samples, encoded):
    plain = samples.film("plain.mp4", *X264, *AAC)

    def make(target: Path) -> None:
        notes = target.with_suffix(".txt")
        notes.write_text(
            ";FFMETADATA1\ntitle=x\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=4\ntitle=One\n"
        )
        inputs = ("-i", str(plain), "-f", "ffmetadata", "-i", str(notes))
        ffmpeg(*inputs, "-map_metadata", "1", "-timecode", "01:00:00:00", "-c", "copy", str(target))

    film = encoded(samples.get("timecode.mov", make))
    assert_exact(film, duration=8)
    with film.open(film.top) as container:
        assert sorted(stream.type for stream in container.streams) == ["audio", "video"]
