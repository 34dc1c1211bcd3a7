"""Chunks are right whatever the container says about key pictures: no torn picture, none lost."""

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.media.films import BINARY, LIMITS, Film, assert_in_order
from tests.media.samples import AAC, X264, Samples, ffmpeg
from video_app.pipeline import source, transcode
from video_app.pipeline.errors import DamagedSourceError, EncodeError, UnknownCodecError
from video_app.pipeline.plan import make_plan

pytestmark = pytest.mark.ffmpeg
SECONDS = 14
LAST = 25 * SECONDS - 1
RARE_KEYS = ("-g", "100", "-sc_threshold", "1000000000")
LONG_X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
PATCH = Callable[[bytearray], None]


def patched(samples: Samples, name: str, patch: PATCH, *arguments: str) -> Path:
    """A film whose bytes are changed after it was made."""

    def make(target: Path) -> None:
        ffmpeg("-i", str(samples.clock(SECONDS)), *arguments, str(target))
        content = bytearray(target.read_bytes())
        patch(content)
        target.write_bytes(content)

    return samples.get(name, make)


def call_all_pictures_key(avi: bytearray) -> None:
    start = avi.index(b"idx1") + 8
    (length,) = struct.unpack("<I", avi[start - 4 : start])
    for entry in range(start, start + length, 16):
        avi[entry + 4] |= 0x10


def hide_key_table(mp4: bytearray) -> None:
    at = mp4.index(b"stss")
    mp4[at : at + 4] = b"free"


def zero_middle(content: bytearray) -> None:
    start, end = int(len(content) * 0.4), int(len(content) * 0.55)
    content[start:end] = bytes(end - start)


def assert_whole(film: Film) -> None:
    """No picture is torn or lost; some containers delay the first one."""
    numbers = film.numbers()
    assert film.plan.chunks == 4
    assert numbers[-1] >= LAST - 1
    assert_in_order(numbers, 0, numbers[-1])


@pytest.mark.parametrize("codec", ["mpeg4", "msmpeg4v3", "msmpeg4v2", "mpeg2video"])
def test_index_that_calls_every_picture_key_tears_nothing(samples, encoded, codec):
    path = patched(
        samples,
        f"all-key-{codec}.avi",
        call_all_pictures_key,
        *("-c:v", codec, "-q:v", "4", *RARE_KEYS, "-c:a", "libmp3lame"),
    )
    film = encoded(path)
    assert_whole(film)


@pytest.mark.parametrize("codec", [LONG_X264, ("-c:v", "mpeg4", "-q:v", "4")])
def test_mp4_without_key_table_is_a_film(samples, encoded, codec):
    name = f"no-key-table-{codec[1]}.mp4"
    assert_whole(encoded(patched(samples, name, hide_key_table, *codec, *RARE_KEYS, *AAC)))


@pytest.mark.parametrize(
    ("name", "codecs"),
    [
        ("two-tracks.mkv", (*LONG_X264, "-c:a", "aac")),
        ("two-tracks.avi", ("-c:v", "mpeg4", "-q:v", "4", "-c:a", "libmp3lame")),
        ("two-rates.wmv", ("-c:v", "wmv2", "-q:v", "4", "-c:a", "wmav2")),
        ("two-tracks.mp4", (*LONG_X264, "-c:a", "aac")),
    ],
)
def test_seeks_do_not_go_by_another_track(samples, encoded, name, codecs):
    def make(target: Path) -> None:
        preview = ("-f", "lavfi", "-i", f"testsrc2=s=160x90:r=25:d={SECONDS}")
        flags = ("-disposition:v:0", "0", "-disposition:v:1", "default")
        tracks = ("-map", "1:v", "-map", "0:v", "-map", "0:a", *flags)
        keys = ("-g:v:0", "10", "-g:v:1", "200", "-sc_threshold", "1000000000")
        ffmpeg("-i", str(samples.clock(SECONDS)), *preview, *tracks, *codecs, *keys, str(target))

    film = encoded(samples.get(name, make))
    assert film.plan.source.video.width == 320
    assert_whole(film)


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("open-gop.mp4", (*LONG_X264, "-g", "100", "-bf", "3", "-x264-params", "open-gop=1")),
        ("open-gop.mkv", ("-c:v", "mpeg2video", "-q:v", "3", "-g", "50", "-bf", "2")),
        ("refresh.mp4", (*LONG_X264, "-g", "60", "-x264-params", "intra-refresh=1:scenecut=0")),
        ("one-key.mkv", (*LONG_X264, "-g", "100000")),
        ("screen.mov", ("-c:v", "qtrle", "-g", "100", "-pix_fmt", "rgb24")),
        ("palette.mov", ("-c:v", "qtrle", "-pix_fmt", "gray")),
        ("screen.avi", (*LONG_X264, "-pix_fmt", "yuv444p", "-qp", "0", "-g", "250")),
        ("alpha.webm", ("-c:v", "libvpx", "-pix_fmt", "yuva420p", "-auto-alt-ref", "0")),
    ],
)
def test_pictures_without_ordinary_key_pictures_are_whole(samples, encoded, name, codec):
    film = encoded(samples.film(f"odd-{name}", *codec, "-an", source=samples.clock(SECONDS)))
    assert_whole(film)


@pytest.mark.parametrize(
    ("name", "codecs"),
    [
        ("zeroed.mp4", (*LONG_X264, "-g", "50", *AAC)),
        ("zeroed.mkv", (*LONG_X264, "-g", "25", *AAC)),
        ("zeroed.webm", ("-c:v", "libvpx", "-deadline", "realtime", "-g", "25", "-c:a", "libopus")),
        ("zeroed.mov", (*LONG_X264, "-g", "25", "-c:a", "pcm_s16le")),
    ],
)
def test_picture_is_held_where_the_file_is_damaged(samples, encoded, name, codecs):
    film = encoded(patched(samples, f"middle-{name}", zero_middle, *codecs))
    numbers = film.numbers()
    assert len(numbers) == film.plan.frames
    assert_in_order(numbers[:100], 0, numbers[99])
    assert numbers[99] >= 98
    assert_in_order(numbers[-50:], numbers[-50], LAST)


def encode_second_chunk(path: Path, folder: Path, change: PATCH, binary: str = BINARY) -> None:
    plan = make_plan(source.read_source(path, max_streams=64), LIMITS)
    content = bytearray(path.read_bytes())
    change(content)
    path = folder / path.name
    path.write_bytes(content)
    transcode.encode_chunk(binary, path, plan, plan.chunk(1), folder, threads=1)


@pytest.mark.parametrize("name", ["plain.mp4", "plain.mov"])
def test_says_that_a_file_is_damaged_in_words_for_people(samples, tmp_path, name):
    def ruin(content: bytearray) -> None:
        content[2000 : len(content) - 20_000] = bytes(len(content) - 22_000)

    with pytest.raises(DamagedSourceError, match=r"between 2 s and 6 s .* upload it again"):
        encode_second_chunk(samples.film(name, *X264, *AAC), tmp_path, ruin)


def test_says_that_this_ffmpeg_does_not_know_the_codec(samples, tmp_path):
    other = tmp_path / "ffmpeg"
    other.write_text(f'#!/bin/sh\nexec {BINARY} -c:v from_the_future "$@"\n')
    other.chmod(0o755)
    with pytest.raises(UnknownCodecError, match='encoded as "h264", which the server'):
        encode_second_chunk(samples.film("plain.mp4", *X264, *AAC), tmp_path, bytes, str(other))


def test_blames_no_file_for_a_broken_machine(samples, tmp_path):
    broken = tmp_path / "ffmpeg"
    broken.write_text("#!/bin/sh\nkill -SEGV $$\n")
    broken.chmod(0o755)
    with pytest.raises(EncodeError) as caught:
        encode_second_chunk(samples.film("plain.mp4", *X264, *AAC), tmp_path, bytes, str(broken))
    assert not isinstance(caught.value, DamagedSourceError)


def test_blames_no_file_for_a_storage_that_fails(samples, tmp_path):
    failing = tmp_path / "ffmpeg"
    said = "file:x: Input/output error\\nError while decoding stream #0:0: Invalid data found"
    failing.write_text(f"#!/bin/sh\nprintf '{said}' >&2\nexit 1\n")
    failing.chmod(0o755)
    with pytest.raises(EncodeError) as caught:
        encode_second_chunk(samples.film("plain.mp4", *X264, *AAC), tmp_path, bytes, str(failing))
    assert not isinstance(caught.value, DamagedSourceError)


@pytest.mark.parametrize(
    ("name", "codecs"),
    [
        ("plain.mp4", (*X264, *AAC)),
        ("plain.mkv", (*X264, "-c:a", "libopus")),
        ("plain.webm", ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-c:a", "libopus")),
        ("plain.mov", ("-c:v", "prores_ks", "-c:a", "pcm_s16le")),
        ("plain.avi", ("-c:v", "mpeg4", "-q:v", "4", "-g", "50", "-c:a", "libmp3lame")),
        ("hevc.mp4", ("-c:v", "libx265", "-preset", "ultrafast", "-g", "50", *AAC)),
        ("b-frames.mp4", ("-c:v", "libx264", "-preset", "veryfast", "-g", "60", *AAC)),
    ],
)
def test_film_without_oddities_is_decoded_once(samples, tmp_path, name, codecs):
    """By no process but the encoder: the proof costs nothing where nothing has to be proved."""
    calls = tmp_path / "calls"
    counting = tmp_path / "ffmpeg"
    counting.write_text(f'#!/bin/sh\necho >> {calls}\nexec {BINARY} "$@"\n')
    counting.chmod(0o755)
    encode_second_chunk(samples.film(f"ordinary-{name}", *codecs), tmp_path, bytes, str(counting))
    assert calls.read_text().count("\n") == 1
