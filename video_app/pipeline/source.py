"""Looking at an uploaded file: the probe's process and what it found."""

import json
import sys
from collections.abc import Callable
from typing import Any

from video_app.pipeline import ffmpeg
from video_app.pipeline.errors import EncodeError, PipelineError
from video_app.pipeline.location import Location, size
from video_app.pipeline.probe import DEAF, source_from_facts
from video_app.pipeline.sentences import sentence
from video_app.pipeline.streams import Source

GONE = sentence("The uploaded file is gone from the storage.")
CRASHED = sentence("This file is damaged: it cannot be read.")
ENDLESS = sentence("Reading this file takes too long: it is damaged, or no film.")
EMPTY = sentence("The file is empty.")
PROBE_SECONDS = 50
# Bytes a second that are read when every packet of a file has to be looked at.
SCAN_RATE = 50 * 1024**2


def read_source(
    path: Location, *, max_streams: int, watch: Callable[[], None] | None = None
) -> Source:
    """What the file is; `PipelineError` with a reason for people when it is no film.

    Every packet may have to be looked at, which takes minutes for a large file: `watch`
    is called about once a second and stops the work by raising.
    """
    try:
        is_empty = size(path) == 0
    except FileNotFoundError as error:
        raise PipelineError(GONE) from error
    if is_empty:
        raise PipelineError(EMPTY)
    return source_from_facts(read_facts(path, watch), max_streams=max_streams)


def read_facts(path: Location, watch: Callable[[], None] | None) -> dict[str, Any]:
    """What the probe found. A fault of its own is the system's, never the file's."""
    try:
        facts = _probe(path, watch)
    except ffmpeg.TimeLimitError as error:
        raise PipelineError(ENDLESS) from error
    except EncodeError:  # it crashed or ate its memory: the file's doing
        facts = {"fault": "crash"}
    if "fault" not in facts:
        return facts
    try:
        # Its sound may be what it failed over.
        facts = _probe(path, watch, DEAF)
    except EncodeError as error:
        raise PipelineError(CRASHED) from error
    if "fault" in facts:
        raise EncodeError(f"the probe failed: {facts['fault']}")
    return facts


def _probe(path: Location, watch: Callable[[], None] | None, *mode: str) -> dict[str, Any]:
    seconds = PROBE_SECONDS + size(path) // SCAN_RATE
    limits = ffmpeg.ProcessLimits(seconds=seconds, memory=2 * 1024**3, file_size=0)
    argv = [sys.executable, "-m", "video_app.pipeline.probe_child", str(path), *mode]
    facts: dict[str, Any] = json.loads(ffmpeg.run(argv, limits, watch=watch))
    return facts
