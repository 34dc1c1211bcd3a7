"""Small films of every class, made with ffmpeg from one film whose pictures are numbered.

Each picture of the *clock* shows its own number as bits; once a second the lower third
is white while the sound beeps. So every encode can be asked which picture it shows when.
"""

import fcntl
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from zlib import crc32

WIDTH, HEIGHT, BITS = 320, 180, 12
RATE = 25
BEEP = "0.5*sin(2*PI*1000*t)*lt(mod(t,1),0.04)"
# A whole number of periods in an AAC frame at 48 kHz.
TONE_HERTZ, TONE_PEAK = 984.375, 0.4
TONE = f"{TONE_PEAK}*sin(2*PI*{TONE_HERTZ}*t)"
X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "75", "-bf", "2")
AAC = ("-c:a", "aac", "-b:a", "128k")


class Samples:
    """A folder in which each sample is made once, whoever asks first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def get(self, name: str, make: Callable[[Path], None]) -> Path:
        """The file `name`, written by `make` unless it is there."""
        path = self.folder / name
        with (self.folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                partial = path.with_name(f"partial-{name}")
                make(partial)
                partial.rename(path)
        return path

    def film(self, name: str, *arguments: str, source: Path | None = None) -> Path:
        """The clock (or `source`) put through ffmpeg with these output arguments."""
        given = source or self.clock()
        return self.get(name, lambda target: ffmpeg("-i", str(given), *arguments, str(target)))

    def lavfi(self, name: str, graph: str, *arguments: str) -> Path:
        """What a filter graph generates, put through ffmpeg."""
        return self.get(
            name, lambda target: ffmpeg("-f", "lavfi", "-i", graph, *arguments, str(target))
        )

    def clock(self, seconds: int = 8, rate: int = RATE, sound: str = BEEP) -> Path:
        """A lossless clock with stereo sound at 48 kHz."""
        name = f"clock-{seconds}-{rate}-{crc32(sound.encode()):x}.mkv"

        def make(target: Path) -> None:
            pictures = clock_pictures(seconds * rate, rate)
            ffmpeg(
                *("-f", "rawvideo", "-pix_fmt", "gray", "-video_size", f"{WIDTH}x{HEIGHT}"),
                *("-framerate", str(rate), "-i", "pipe:"),
                *("-f", "lavfi", "-i", f"aevalsrc='{sound}|{sound}':s=48000:d={seconds}"),
                *("-c:v", "libx264", "-preset", "ultrafast", "-qp", "0", "-pix_fmt", "yuv420p"),
                *("-c:a", "pcm_s16le", str(target)),
                pictures=pictures,
            )

        return self.get(name, make)


def ffmpeg(*arguments: str, pictures: Iterator[bytes] | None = None) -> None:
    binary = shutil.which("ffmpeg")
    assert binary, "samples need ffmpeg on the PATH"
    with subprocess.Popen(
        [binary, "-v", "error", "-y", *arguments], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin
        try:
            for picture in pictures or ():
                process.stdin.write(picture)
            _, errors = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 0, errors.decode()


def clock_pictures(count: int, rate: int) -> Iterator[bytes]:
    """Grey pictures: bits on the upper two thirds, a flash below once a second."""
    block, upper = WIDTH // BITS, HEIGHT * 2 // 3
    for number in range(count):
        row = b"".join(
            (b"\xeb" if number >> (BITS - 1 - bit) & 1 else b"\x10") * block for bit in range(BITS)
        ).ljust(WIDTH, b"\x10")
        lower = b"\xeb" if number % rate == 0 else b"\x50"
        yield row * upper + lower * (WIDTH * (HEIGHT - upper))
