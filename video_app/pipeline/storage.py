"""Moving finished files into place."""

from pathlib import Path

from video_app.pipeline.layout import segment_name
from video_app.pipeline.types import Plan


def publish(work: Path, target: Path, plan: Plan, index: int) -> None:
    """Move a chunk's segments of all rungs and tracks from `work` into the build's folder `target`.

    Both are on one volume, so each move is an atomic rename.
    """
    span = plan.chunk(index)
    for folder in plan.folders:
        (target / folder).mkdir(parents=True, exist_ok=True)
        for number in range(span.first_segment, span.end_segment):
            name = segment_name(number)
            (work / folder / name).replace(target / folder / name)
