"""The program's entry point."""

import json
import os
import sys
import traceback
from types import TracebackType

import av

from video_app.pipeline.probe import DEAF
from video_app.pipeline.probe_child.describe import describe


def main(path: str, mode: str = "") -> None:
    try:
        facts = describe(path, is_deaf=mode == DEAF)
    except (av.FFmpegError, OSError) as error:
        facts = {"error": type(error).__name__}
    json.dump(facts, sys.stdout)


def report_fault(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """A fault of this program says nothing about the file, and must not pass for it."""
    place = traceback.extract_tb(trace)[-1]
    reason = f"{kind.__name__}: {error} ({place.name}, line {place.lineno})"
    json.dump({"fault": reason}, sys.stdout)
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    sys.excepthook = report_fault
    main(*sys.argv[1:])
