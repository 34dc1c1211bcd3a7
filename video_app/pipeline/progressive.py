"""One MP4 per rendition, for players that know no HLS: remuxed, never re-encoded."""

import shutil
from collections.abc import Callable
from pathlib import Path

from video_app.pipeline import command, ffmpeg
from video_app.pipeline.errors import EncodeError, StorageFullError
from video_app.pipeline.layout import segment_name
from video_app.pipeline.types import Plan

# Seconds for a copy; a film of six hours is read and written twice.
COPY_SECONDS = 3600
# The copy is smaller than the transport stream; less than this share is no copy of it.
MIN_SHARE = 0.6


def make_progressive(
    binary: str, folder: Path, plan: Plan, work: Path, *, watch: Callable[[], None]
) -> dict[str, int]:
    """Write `<rung>.mp4` beside the segments in `folder`; its size in bytes per rung."""
    names = [segment_name(number) for number in range(plan.segments)]
    sizes = {}
    for rung in plan.rungs:
        whole = sum((folder / rung.name / name).stat().st_size for name in names)
        if shutil.disk_usage(work).free < 2 * whole:
            raise StorageFullError("There is no room left for the progressive file.")
        target = work / f"{rung.name}.mp4"
        limits = ffmpeg.ProcessLimits(seconds=COPY_SECONDS, file_size=2 * whole + 2**20)
        argv = command.join(binary, names, str(target))
        ffmpeg.run(argv, limits, cwd=folder / rung.name, watch=watch)
        sizes[rung.name] = target.stat().st_size
        if sizes[rung.name] < MIN_SHARE * whole:
            raise EncodeError(f"{rung.name}.mp4 is too small to be the whole film")
        target.replace(folder / target.name)
    return sizes
