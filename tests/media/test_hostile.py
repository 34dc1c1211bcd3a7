"""Files that mean harm end quickly, with a reason for people, and touch nothing else."""

import resource
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.media import hostile
from tests.media.films import LIMITS, assert_exact, assert_in_order, prepare
from tests.media.samples import AAC, X264
from video_app.pipeline.errors import EncodeError, PipelineError
from video_app.pipeline.plan import make_plan

pytestmark = pytest.mark.ffmpeg
SECONDS = 30  # a minute at most; a second or two on an idle machine
MEGABYTE = 2**20


class Listener:
    """A port of this machine on which nobody may call."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.calls = 0
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        while True:
            try:
                self.socket.accept()[0].close()
            except OSError:
                return
            self.calls += 1


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.socket.close()


@pytest.fixture
def victim(samples, tmp_path) -> Path:
    path = tmp_path / hostile.VICTIM
    path.write_bytes(samples.film("victim.ts", *X264, *AAC).read_bytes())
    return path


def refusal(path: Path, folder: Path) -> str:
    """The reason for people with which planning or encoding ends; fails without one."""
    folder.mkdir(exist_ok=True)
    before, used = time.monotonic(), disk_use(folder)
    with pytest.raises(PipelineError) as caught:
        make_plan(prepare(path, folder)[1], LIMITS)
    assert time.monotonic() - before < SECONDS
    assert disk_use(folder) - used < 50 * MEGABYTE
    assert max_memory() < 1024 * MEGABYTE
    reason = str(caught.value)
    assert reason.endswith(".")
    assert str(path.parent) not in reason
    assert "Error" not in reason
    return reason


def disk_use(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def max_memory() -> int:
    """Bytes of the largest child process that ended so far."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


KINDS = tuple(hostile.scripts(Path("/x/victim.ts"), 1))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("suffix", ["mp4"])
def test_a_script_in_disguise_reads_no_other_file_and_calls_nobody(
    tmp_path, victim, listener, kind, suffix
):
    path = tmp_path / f"{kind}.{suffix}"
    path.write_text(hostile.scripts(victim, listener.port)[kind])
    assert "not a video file" in refusal(path, tmp_path / "work")
    assert listener.calls == 0


def test_a_playlist_that_poses_as_subtitles_is_not_followed(
    samples, tmp_path, victim, listener, encoded
):
    film = samples.film("mpeg4.avi", "-c:v", "mpeg4", "-q:v", "3", "-g", "60", "-c:a", "mp3")
    for name in ("http", "file-url"):
        path = tmp_path / f"{name}.avi"
        hostile.gab2(film, path, hostile.scripts(victim, listener.port)[f"hls-{name}"])
        result = encoded(path, name)
        assert_in_order(result.numbers(), 0, 198)  # B-frames are late in an AVI
        assert not result.plan.has_audio  # the victim's would be heard
    assert listener.calls == 0


@pytest.mark.parametrize("name", ["-version.mp4", "concat:a.mp4", "%03d.mp4", "a b;'|$(x).mp4"])
def test_names_are_only_names(samples, tmp_path, encoded, name):
    path = tmp_path / name
    path.write_bytes(samples.film("short.mp4", "-t", "0.4", *X264, *AAC).read_bytes())
    assert_exact(encoded(path), duration=0.4)


def test_an_empty_file_is_refused(tmp_path):
    path = tmp_path / "empty.mp4"
    path.touch()
    assert refusal(path, tmp_path / "work") == "The file is empty."


def test_a_file_that_is_gone_is_refused(tmp_path):
    assert "gone" in refusal(tmp_path / "gone.mp4", tmp_path / "work")


@pytest.mark.parametrize(("width", "height"), [(15000, 15000), (16000, 4000)])
def test_a_picture_that_would_fill_the_memory_is_refused(samples, tmp_path, width, height):
    name = f"huge-{width}-{height}.mkv"
    path = samples.get(name, lambda target: hostile.huge_picture(target, width, height))
    assert path.stat().st_size < MEGABYTE
    assert "cannot be decoded" in refusal(path, tmp_path / "work")


def test_a_picture_of_extreme_shape_is_refused(samples, tmp_path):
    path = samples.get("flat.mkv", lambda target: hostile.huge_picture(target, 16000, 16))
    assert "shape" in refusal(path, tmp_path / "work")


def test_very_many_streams_are_refused(samples, tmp_path):
    path = samples.get("streams.mkv", lambda target: hostile.many_streams(target, 900))
    assert refusal(path, tmp_path / "work") == "The file has more than 64 streams."


def test_two_pictures_ten_hours_apart_are_refused(samples, tmp_path):
    path = samples.get("gap.mp4", lambda target: hostile.gap_bomb(target, 10))
    assert refusal(path, tmp_path / "work") == "The film is longer than 6 hours."


def test_sound_alone_is_refused(samples, tmp_path):
    path = samples.film("sound.mp4", "-vn", *AAC)
    assert "no video" in refusal(path, tmp_path / "work")


def test_sound_with_a_cover_is_refused(samples, tmp_path):
    path = samples.get("album.mp4", hostile.sound_with_cover)
    assert "no video" in refusal(path, tmp_path / "work")


def test_pictures_that_nobody_can_decode_are_refused(samples, tmp_path):
    plain = samples.film("plain.mkv", *X264, *AAC)
    codec = b"V_MPEG4/ISO/AVC"
    path = samples.get("avx.mkv", lambda target: hostile.unknown_codec(plain, target, codec))
    assert refusal(path, tmp_path / "work")


def test_sound_that_nobody_can_decode_leaves_a_silent_film(samples, encoded):
    plain = samples.film("plain.mkv", *X264, *AAC)
    path = samples.get("mute.mkv", lambda target: hostile.unknown_codec(plain, target, b"A_AAC"))
    film = encoded(path)
    assert not film.plan.has_audio
    assert_exact(film, duration=8, has_sound=False)


@pytest.mark.parametrize("share", [0.3, 0.7])
@pytest.mark.parametrize(
    ("name", "flags"),
    [("end.mp4", ()), ("start.mp4", ("-movflags", "+faststart")), ("cut.mkv", ())],
)
def test_a_film_that_was_cut_off_is_refused(samples, tmp_path, name, flags, share):
    whole = samples.film(f"whole-{name}", *X264, *AAC, *flags, source=samples.clock(20))
    path = tmp_path / name
    content = whole.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    reason = refusal(path, tmp_path / "work")
    assert "not a video file" in reason if name == "end.mp4" else "incomplete" in reason


FILM_SECONDS, DAMAGE_START = 40, 14


def damaged(samples, tmp_path: Path, container: str, seconds: int) -> Path:
    """A film in which so many seconds are overwritten."""
    codecs = (*X264, "-bf", "0", "-c:a", "mp3") if container == "avi" else (*X264, *AAC)
    clock = samples.clock(FILM_SECONDS)
    content = bytearray(
        samples.film(f"long.{container}", *codecs, "-g", "25", source=clock).read_bytes()
    )
    first, end = 0, len(content)
    if container == "mp4":  # the rest is its index
        first, end = content.index(b"mdat") + 4, content.index(b"moov") - 4
    start = first + (end - first) * DAMAGE_START // FILM_SECONDS
    length = (end - first) * seconds // FILM_SECONDS
    content[start : start + length] = bytes((n * 37 + 11) % 256 for n in range(length))
    path = tmp_path / f"damaged.{container}"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("seconds", [1, 6])
@pytest.mark.parametrize("container", ["mp4", "mkv", "ts", "avi"])
def test_a_film_with_damage_in_the_middle_is_shown(samples, tmp_path, encoded, container, seconds):
    film = encoded(damaged(samples, tmp_path, container, seconds))
    assert_exact(film)
    assert abs(film.plan.duration - FILM_SECONDS) < 0.2


def test_a_recording_of_which_much_is_lost_is_refused(samples, tmp_path):
    path = damaged(samples, tmp_path, "ts", 20)
    assert "damaged: of 40 s only" in refusal(path, tmp_path / "work")


@pytest.mark.parametrize("container", ["mp4", "mkv"])
def test_a_film_of_which_much_is_lost_is_not_finished(samples, tmp_path, encoded, container):
    with pytest.raises(EncodeError):
        encoded(damaged(samples, tmp_path, container, 20))


def test_metadata_in_a_foreign_tongue_is_no_obstacle(samples, tmp_path):
    plain = samples.film("titled.mkv", *X264, *AAC, "-metadata:s:a:0", "title=ZZZZZZZZ")
    path = tmp_path / "latin1.mkv"
    path.write_bytes(plain.read_bytes().replace(b"ZZZZZZZZ", b"caf\xe9\xff\xfe\x80!"))
    found = prepare(path, tmp_path)[1]
    assert found.audios[0].title.startswith("caf")
