"""Choosing a frame that stands for the film: not black, not blank, not blurred."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image, ImageFilter, ImageStat

from video_app.pipeline import command, ffmpeg
from video_app.pipeline.errors import EncodeError
from video_app.pipeline.types import Source

CANDIDATES = 8
STILL_LIMITS = ffmpeg.ProcessLimits(seconds=60, file_size=16 * 1024**2)
# Mean luma outside of this is night or fog.
DARK, BRIGHT = 40, 215


Watch = Callable[[], None] | None


def make_poster(
    binary: str,
    path: Path,
    source: Source,
    target: Path,
    *,
    niceness: int = 10,
    watch: Watch = None,
) -> None:
    """Write the most telling of some frames of the source as a JPEG to `target`.

    `watch` is called about once a second and stops the work by raising.
    `EncodeError` when not one frame could be read.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    # A folder for each run: two may be under way, and each must find its own pictures.
    with TemporaryDirectory(prefix=f"{target.stem}.", dir=target.parent) as folder:
        best = _choose(binary, path, source, Path(folder), watch)
        best.chmod(0o640)
        best.replace(target)


def _choose(binary: str, path: Path, source: Source, folder: Path, watch: Watch) -> Path:
    stills = []
    for number in range(CANDIDATES):
        time = source.duration * (2 * number + 1) / (2 * CANDIDATES)
        still = folder / f"{number}.jpg"
        if _take(binary, path, source, time, still, watch):
            stills.append(still)
    if not stills and not _take(binary, path, source, Fraction(0), still, watch):
        raise EncodeError("no frame could be read")
    return max(stills or [still], key=score)


def _take(
    binary: str, path: Path, source: Source, time: Fraction, target: Path, watch: Watch
) -> bool:
    argv = command.still(binary, str(path), source, time, str(target))
    try:
        ffmpeg.run(argv, STILL_LIMITS, watch=watch)
    except EncodeError:
        return False
    return target.exists() and target.stat().st_size > 0


def score(still: Path) -> float:
    """How telling a picture is: contrast, colour and detail; far below 0 when dark or blank."""
    with Image.open(still) as image:
        small = image.convert("RGB").resize((160, 90))
    luma = ImageStat.Stat(small.convert("L"))
    saturation = ImageStat.Stat(small.convert("HSV").getchannel("S")).mean[0]
    edges = ImageStat.Stat(small.convert("L").filter(ImageFilter.FIND_EDGES)).mean[0]
    value = luma.stddev[0] + saturation / 2 + 2 * edges
    return value if DARK <= luma.mean[0] <= BRIGHT else value - 1000
