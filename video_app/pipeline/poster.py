"""Choosing a picture that stands for the film: not black, not blank, not blurred."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from PIL import Image, ImageFilter, ImageStat

from video_app.pipeline import command, ffmpeg
from video_app.pipeline.errors import EncodeError
from video_app.pipeline.location import Location
from video_app.pipeline.seeking import is_odd
from video_app.pipeline.streams import Source

CANDIDATES = 6
LIMITS = ffmpeg.ProcessLimits(seconds=60, file_size=16 * 1024**2)
# Mean luma outside of this is night or fog.
DARK, BRIGHT = 40, 215


Watch = Callable[[], None] | None


@dataclass(frozen=True, slots=True)
class _Film:
    """A source that pictures are taken from."""

    binary: str
    path: str
    source: Source
    limits: ffmpeg.ProcessLimits
    watch: Watch

    def times(self) -> list[Fraction]:
        length = self.source.duration
        return [length * (2 * number + 1) / (2 * CANDIDATES) for number in range(CANDIDATES)]

    def is_drawn_well(self, argv: list[str]) -> bool:
        """Whether nobody complained: a decoder that does so shows torn pictures."""
        complaints: list[str] = []
        try:
            ffmpeg.run(argv, self.limits, watch=self.watch, on_complaint=complaints.append)
        except EncodeError:
            return False
        return not complaints


def make_poster(
    binary: str,
    path: Location,
    source: Source,
    folder: Path,
    *,
    niceness: int = 10,
    watch: Watch = None,
) -> Path:
    """The most telling of some pictures of the source, which are written as JPEGs into `folder`.

    `watch` is called about once a second and stops the work by raising.
    `EncodeError` when not one whole picture could be read.
    """
    film = _Film(binary, str(path), source, replace(LIMITS, niceness=niceness), watch)
    return max(_pictures(film, folder), key=score)


def _pictures(film: _Film, folder: Path) -> list[Path]:
    if film.source.must_decode_from_start or is_odd(film.source):
        return _first_pictures(film, folder)
    found = _key_pictures(film, folder)
    # Few key pictures may all lie in a fade from black, or in nothing but white.
    if not found or max(map(score, found)) < 0:
        found = _careful_pictures(film, folder)
    return found or _first_pictures(film, folder)


def _key_pictures(film: _Film, folder: Path) -> list[Path]:
    """Key pictures, all by one process; none when anything is odd about one."""
    argv = command.key_stills(film.binary, film.path, film.source, film.times(), str(folder))
    return _written(folder) if film.is_drawn_well(argv) else []


def _careful_pictures(film: _Film, folder: Path) -> list[Path]:
    """Pictures that are decoded one by one, without those that a decoder complained about."""
    for number, time in enumerate(film.times()):
        target = folder / f"{number}.jpg"
        if not film.is_drawn_well(_still(film, time, target)):
            target.unlink(missing_ok=True)
    return _written(folder)


def _first_pictures(film: _Film, folder: Path) -> list[Path]:
    """Pictures for which nobody had to seek; torn ones only where the film itself is so."""
    source, path = film.source, film.path
    argv = command.first_stills(film.binary, path, source, CANDIDATES, str(folder))
    film.is_drawn_well(argv)
    if not (stills := _written(folder)):
        raise EncodeError("no picture could be read")
    return stills


def _still(film: _Film, time: Fraction, target: Path) -> list[str]:
    return command.still(film.binary, film.path, film.source, time, str(target))


def _written(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("*.jpg")) if path.stat().st_size]


def score(still: Path) -> float:
    """How telling a picture is: contrast, colour and detail; far below 0 when dark or blank."""
    with Image.open(still) as image:
        small = image.convert("RGB").resize((160, 90))
    luma = ImageStat.Stat(small.convert("L"))
    saturation = ImageStat.Stat(small.convert("HSV").getchannel("S")).mean[0]
    edges = ImageStat.Stat(small.convert("L").filter(ImageFilter.FIND_EDGES)).mean[0]
    value = luma.stddev[0] + saturation / 2 + 2 * edges
    return value if DARK <= luma.mean[0] <= BRIGHT else value - 1000
