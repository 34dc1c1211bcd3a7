"""Films whose pictures change their shape on the way: bars, no stretching."""

from fractions import Fraction
from pathlib import Path

import av
import pytest

from tests.media.films import BINARY, luma, prepare
from tests.media.samples import Samples
from tests.media.samples import ffmpeg as make
from video_app.pipeline import command, ffmpeg

pytestmark = pytest.mark.ffmpeg
BLACK = 20
VP8 = ("-c:v", "libvpx", "-b:v", "400k", "-deadline", "realtime")
X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
WIDE, NARROW = (
    ("-c:v", "mpeg2video", "-q:v", "3", "-g", "12", "-aspect", aspect) for aspect in ("16:9", "4:3")
)


def white(samples: Samples, name: str, size: str, *codec: str) -> Path:
    """Two seconds of a white picture with a grey disc, which shows its width and height."""
    width, height = map(int, size.split("x"))
    aspect = codec[codec.index("-aspect") + 1].split(":") if "-aspect" in codec else size.split("x")
    shape = int(aspect[0]) / int(aspect[1])
    stretch = shape * height / width  # how much wider a pixel is than high
    inside = f"lte(hypot((X-W/2)*{stretch},Y-H/2),min(H,W*{stretch})/4)"
    graph = f"color=white:s={size}:r=25:d=2,format=gray,geq=lum='if({inside},128,235)'"
    return samples.lavfi(name, graph, *codec, "-an")


def joined(samples: Samples, name: str, *parts: Path) -> Path:
    def write(target: Path) -> None:
        if target.suffix == ".ts":
            target.write_bytes(b"".join(part.read_bytes() for part in parts))
            return
        names = target.with_suffix(".txt")
        names.write_text("".join(f"file '{part}'\n" for part in parts))
        make("-f", "concat", "-safe", "0", "-i", str(names), "-c", "copy", str(target))

    return samples.get(name, write)


def disc(picture) -> tuple[int, int]:
    """Width and height of the disc in pixels."""
    columns = [luma(picture, x / picture.width, 0.5) for x in range(picture.width)]
    lines = [luma(picture, 0.5, y / picture.height) for y in range(picture.height)]
    return tuple(sum(90 < value < 170 for value in values) for values in (columns, lines))


@pytest.mark.parametrize(
    ("suffix", "first", "second", "bars"),
    [
        ("webm", ("320x180", *VP8), ("90x160", *VP8), "sides"),
        ("webm", ("320x180", *VP8), ("320x240", *VP8), "sides"),
        ("mkv", ("240x240", *VP8), ("320x180", *VP8), "top"),
        ("ts", ("352x288", *WIDE), ("352x288", *NARROW), "sides"),
        ("ts", ("352x288", *NARROW), ("352x288", *WIDE), "top"),
        ("mpg", ("352x288", *WIDE), ("352x288", *NARROW), "sides"),
        ("ts", ("320x240", *X264, "-aspect", "16:9"), ("320x240", *X264), "sides"),
        ("ts", ("320x240", *X264), ("320x136", *X264), "top"),
    ],
)
def test_puts_bars_around_pictures_of_another_shape(samples, encoded, suffix, first, second, bars):
    name = f"{first[0]}-{first[-1][:2]}-{second[0]}"
    parts = [
        white(samples, f"{number}-{name}.{suffix}", *part)
        for number, part in enumerate((first, second))
    ]
    film = encoded(joined(samples, f"turned-{name}.{suffix}", *parts))
    pictures = list(film.pictures())
    before, after = pictures[20], pictures[-20]
    assert {(p.width, p.height) for p in pictures} == {(before.width, before.height)}
    assert min(luma(before, 0.02, 0.5), luma(before, 0.5, 0.02)) > 200
    assert (luma(after, 0.02, 0.5) < BLACK) == (bars == "sides")
    assert (luma(after, 0.5, 0.02) < BLACK) == (bars == "top")
    for picture in (before, after):
        width, height = disc(picture)
        assert abs(width - height) <= max(4, height // 12)


def test_draws_stills_without_stretching_them(samples, tmp_path):
    wide, narrow = (
        white(samples, "w.ts", "352x288", *WIDE),
        white(samples, "n.ts", "352x288", *NARROW),
    )
    path, source = prepare(joined(samples, "wide-narrow.ts", wide, narrow), tmp_path)
    for second in (1, 3):
        target = tmp_path / f"{second}.jpg"
        still = command.still(BINARY, str(path), source, Fraction(second), str(target))
        ffmpeg.run(still, ffmpeg.ProcessLimits())
        with av.open(str(target)) as container:
            width, height = disc(next(container.decode(video=0)))
        assert abs(width - height) <= max(4, height // 12)
