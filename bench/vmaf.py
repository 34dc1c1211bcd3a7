"""VMAF of a rendition against its source, by the ffmpeg of the imageio-ffmpeg wheel."""

import os
import re
import subprocess
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe

from video_app.pipeline.types import Plan, Rung


def vmaf(source: Path, rendition: Path, plan: Plan, rung: Rung, *, every: int) -> float:
    """The mean over every `every`-th frame, both at the size of the largest rendition.

    Frames are paired by number: a rendition lasts as many frames of the plan's
    grid as it should, or the comparison is worthless.
    """
    top, rate = plan.rungs[-1], plan.rate / rung.rate_divisor
    size = f"scale={top.width}:{top.height}:flags=bicubic,format=yuv420p,settb={1 / rate},setpts=N"
    graph = (
        f"[0:v:0]{size}[shown];"
        f"[1:{plan.source.video.index}]fps={plan.rate}:start_time=0,"
        f"framestep={rung.rate_divisor},{size}[source];"
        f"[shown][source]libvmaf=n_threads={os.cpu_count()}:n_subsample={every}:shortest=1"
    )
    command = [get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-nostats"]
    command += ["-i", str(rendition), "-i", str(source), "-lavfi", graph, "-f", "null", "-"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r"VMAF score: ([\d.]+)", done.stderr)
    if found is None:
        raise ValueError(f"no VMAF score in: {done.stderr[-500:]}")
    return float(found[1])
