"""What television recorders write: streams that never come, and sound that changes."""

from pathlib import Path

import pytest

from tests.media.films import assert_exact
from tests.media.samples import AAC, X264, Samples

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
