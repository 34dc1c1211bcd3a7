"""What television recorders write: streams that never come, and sound that changes."""

from pathlib import Path

import pytest

from tests.media.films import Film, assert_exact, beep_times, flash_times, prepare
from tests.media.samples import AAC, X264, Samples, ffmpeg
from tests.media.test_sound import MAX_OFFSET

pytestmark = pytest.mark.ffmpeg
PACKET = 188
FIRST_PID = 0x100


def without_stream(path: Path, number: int, target: Path) -> Path:
    """The transport stream without the packets of one of its streams, which stays declared."""
    content = path.read_bytes()
    packets = (content[at : at + PACKET] for at in range(0, len(content), PACKET))
    target.write_bytes(b"".join(p for p in packets if _pid(p) != FIRST_PID + number))
    return target


def _pid(packet: bytes) -> int:
    return (packet[1] & 0x1F) << 8 | packet[2]


def _declared(samples: Samples, name: str, *maps: str) -> Path:
    """The clock as a transport stream with these of its streams, in this order."""
    chosen = (argument for stream in maps for argument in ("-map", stream))
    return samples.film(name, *chosen, *X264, *AAC)


@pytest.mark.parametrize(
    ("name", "maps", "silent"),
    [
        ("pictures.ts", ("0:v", "0:v", "0:a"), 1),
        ("sounds.ts", ("0:v", "0:a", "0:a"), 2),
    ],
)
def test_a_declared_stream_that_never_comes_is_no_obstacle(
    samples, tmp_path, encoded, name, maps, silent
):
    whole = _declared(samples, name, *maps)
    film = encoded(without_stream(whole, silent, tmp_path / name))
    assert_exact(film, duration=8)
    assert not film.plan.tracks


def test_declared_sound_that_never_comes_leaves_a_silent_film(samples, tmp_path, encoded):
    whole = _declared(samples, "sound.ts", "0:v", "0:a")
    film = encoded(without_stream(whole, 1, tmp_path / "mute.ts"))
    assert_exact(film, duration=8, has_sound=False)


HALF = 7  # seconds; every change is in the middle of a chunk


def _half(samples: Samples, name: str, number: int, *codec: str) -> bytes:
    """The clock's first seconds as the first or second half of a recording."""
    late = ("-output_ts_offset", str(number * HALF), "-t", str(HALF), "-f", "mpegts")
    return samples.film(f"half-{number}-{name}.ts", *X264, *codec, *late).read_bytes()


def _recording(samples: Samples, name: str, *codecs: tuple[str, ...]) -> Path:
    def make(target: Path) -> None:
        halves = (_half(samples, name, number, *codec) for number, codec in enumerate(codecs))
        target.write_bytes(b"".join(halves))

    return samples.get(f"{name}.ts", make)


AC3 = ("-c:a", "ac3")
MP2 = ("-c:a", "mp2")
CHANGES = {
    "layout": ((*AC3, "-ac", "2"), (*AC3, "-ac", "6")),
    "channels": ((*MP2, "-ac", "1"), (*MP2, "-ac", "2")),
    "rate": ((*MP2, "-ar", "48000"), (*MP2, "-ar", "44100")),
}


@pytest.mark.parametrize("container", ["ts", "mkv"])
@pytest.mark.parametrize("name", CHANGES)
def test_sound_may_change_on_the_way(samples, encoded, name, container):
    path = _recording(samples, name, *CHANGES[name])
    if container == "mkv":
        path = samples.film(f"{name}.mkv", "-c", "copy", source=path)
    assert_in_step(encoded(path))


def test_pictures_may_change_their_size_on_the_way(samples, encoded):
    path = _recording(samples, "size", AC3, (*AC3, "-vf", "scale=240:180"))
    assert_in_step(encoded(path))


def assert_in_step(film: Film) -> None:
    """Beeps and flashes begin together, but for those at which the halves begin."""
    assert_exact(film)
    flashes, beeps = (
        [time for time in times(film) if time > 0.5 and abs(time - HALF) > 0.5]
        for times in (flash_times, beep_times)
    )
    assert len(flashes) == len(beeps) == 2 * (HALF - 1)
    assert all(abs(a - b) < MAX_OFFSET for a, b in zip(flashes, beeps, strict=True))


def test_an_advertisement_may_be_cut_out(samples, encoded):
    whole = samples.film("hour.ts", *X264, *AC3)

    def make(target: Path) -> None:
        late = samples.film("later.ts", "-c", "copy", "-output_ts_offset", "400", source=whole)
        target.write_bytes(whole.read_bytes() + late.read_bytes())

    film = encoded(samples.get("cut.ts", make))
    assert_exact(film)
    assert abs(film.plan.duration - 16) < 0.2


def test_texts_are_kept_where_the_sound_changes(samples, tmp_path):
    recording = _recording(samples, "layout", *CHANGES["layout"])

    def make(target: Path) -> None:
        text = target.with_suffix(".srt")
        text.write_text("1\n00:00:01,000 --> 00:00:02,000\nHello\n")
        inputs = ("-i", str(recording), "-i", str(text), "-map", "0", "-map", "1")
        ffmpeg(*inputs, "-c", "copy", "-metadata:s:s:0", "language=deu", str(target))

    _, found = prepare(samples.get("texts.mkv", make), tmp_path)
    assert [text.language for text in found.subtitles] == ["deu"]
