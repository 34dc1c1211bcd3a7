"""`manage.py make_demo`: three short films made with ffmpeg's own generators."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.management.base import BaseCommand
from django.utils.text import slugify

from video_app.ingest import room
from video_app.models import Category, Video
from video_app.pipeline.ffmpeg import ProcessLimits, find_ffmpeg, run

LIMITS = ProcessLimits(seconds=600)


@dataclass(frozen=True, slots=True)
class Demo:
    title: str
    description: str
    category: Category
    picture: str  # a filter graph without inputs
    chord: tuple[float, ...]  # in hertz
    seconds: int


def _aurora() -> str:
    """Curtains of light over hills, computed small and enlarged: soft by nature."""
    edge = "72*(0.42+0.11*sin(X/19+T*0.5)+0.06*sin(X/8-T*0.8))"
    rays = "(0.6+0.4*sin(X/2.7+2*sin(T*0.5+X/25)))"
    sky = "lt(Y,57+4*sin(X/13)+2*sin(X/4))"
    red = f"{sky}*(6+110*{rays}*exp(-pow((Y-{edge}+13)/13,2)))"
    green = f"{sky}*(10+Y/5+205*{rays}*exp(-pow((Y-{edge})/if(lt(Y,{edge}),17,3.3),2)))"
    blue = f"{sky}*(34+Y/4+95*{rays}*exp(-pow((Y-{edge}+5)/16,2)))"
    colours = f"geq=r='{red}':g='{green}':b='{blue}'"
    return (
        f"nullsrc=s=128x72:r=24,format=gbrp,{colours},"
        "scale=1920:1080:flags=bicubic,noise=alls=5:allf=t"
    )


def _cells() -> str:
    """Conway's Game of Life with fading trails and a glow."""
    return (
        "life=s=320x180:r=12:mold=20:ratio=0.12:seed=5:"
        "life_color=0xffd27a:death_color=0x1a5f7a:mold_color=0x04101c,"
        "scale=1280:720:flags=neighbor,format=gbrp,split[sharp][soft];"
        "[soft]gblur=sigma=12[glow];[sharp][glow]blend=all_mode=screen,fps=24"
    )


def _fractal() -> str:
    return (
        "mandelbrot=s=1280x720:r=24:maxiter=260:inner=black:start_scale=2.6:end_scale=0.008:"
        "end_pts=360:start_x=-0.7453:start_y=0.1127,gblur=sigma=0.9,hue=h=200:s=0.8,eq=gamma=0.8"
    )


DEMOS = (
    Demo(
        "Northern Lights",
        "A night above the hills, in twelve seconds. Made by a formula.",
        Category.DOCUMENTARY,
        _aurora(),
        (110.0, 164.81, 220.0, 277.18),
        12,
    ),
    Demo(
        "A World of Cells",
        "They are born, they crowd, they die: Conway's Game of Life.",
        Category.ANIMATION,
        _cells(),
        (130.81, 196.0, 261.63, 311.13),
        12,
    ),
    Demo(
        "Into the Seahorse Valley",
        "A flight into the Mandelbrot set, where the coast never ends.",
        Category.SCI_FI,
        _fractal(),
        (98.0, 146.83, 196.0, 246.94),
        15,
    ),
)


class Command(BaseCommand):
    help = "Make the demo films that are not there yet, and hand them to the transcoder."

    def handle(self, *args: Any, **options: Any) -> None:
        room.prepare()
        for demo in DEMOS:
            if Video.objects.filter(title=demo.title).exists():
                continue
            with tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
                path = Path(folder) / f"{slugify(demo.title)}.mp4"
                run(command(demo, path), LIMITS)
                add(demo, path)
            self.stdout.write(f"made {demo.title!r}")


def command(demo: Demo, path: Path) -> list[str]:
    ffmpeg = find_ffmpeg(settings.FFMPEG_BINARY)
    inputs = ["-f", "lavfi", "-i", demo.picture, "-f", "lavfi", "-i", sound(demo.chord)]
    fades = demo.seconds - 1
    filters = ["-vf", f"fade=in:d=1,fade=out:st={fades}:d=1,format=yuv420p"]
    filters += ["-af", f"afade=in:d=1.5,afade=out:st={fades}:d=1"]
    codecs = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "22", "-c:a", "aac"]
    end = ["-t", str(demo.seconds), "-movflags", "+faststart", str(path)]
    return [ffmpeg, "-v", "error", *inputs, *filters, *codecs, *end]


def sound(chord: Sequence[float]) -> str:
    """A slowly breathing chord; each note swells at its own pace, differently left and right."""

    def channel(phase: float) -> str:
        notes = enumerate(chord)
        return "+".join(
            f"0.13*sin(2*PI*{note}*t)*(0.6+0.4*sin({0.5 + 0.23 * i:.2f}*t+{phase + i:.1f}))"
            for i, note in notes
        )

    return f"aevalsrc='{channel(0)}|{channel(1.5)}':s=48000:c=stereo"


def add(demo: Demo, path: Path) -> None:
    """Saving the row is all: its signal starts the transcode."""
    with path.open("rb") as file:
        Video.objects.create(
            title=demo.title,
            description=demo.description,
            category=demo.category,
            video_file=File(file, name=path.name),
        )
