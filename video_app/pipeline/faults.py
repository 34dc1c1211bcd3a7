"""Whose fault it is that an encode failed, by what ffmpeg and the disk say."""

import errno
import re
import shutil
from pathlib import Path

from video_app.pipeline.errors import DamagedSourceError, StorageFullError, UnknownCodecError
from video_app.pipeline.measure import UnplannedOutputError
from video_app.pipeline.sentences import sentence
from video_app.pipeline.streams import Source
from video_app.pipeline.types import ChunkSpan, Plan

# What ffmpeg says when the file is at fault, whatever its version.
DECODER_IS_MISSING = re.compile(r"Unknown decoder|[Dd]ecoder .*not found|no decoder found")
INPUT_IS_BROKEN = re.compile(
    r"Invalid data found|rror while decoding|rror submitting packet|Decode error rate"
)
# What decoders say when they begin between key pictures, and nothing is missing afterwards.
HARMLESS = re.compile(r"mmco|POCs unavailable|reference (picture|frame)|first frame")
# What it says when the storage or the memory is.
MACHINE_IS_AT_FAULT = re.compile(
    r"Input/output error|Stale file|endpoint is not connected|No such file|Permission denied"
    r"|Cannot allocate memory"
)

UNKNOWN_CODEC = sentence('The picture is encoded as "%(codec)s", which the server cannot decode.')
DAMAGED = sentence(
    "The file is damaged: what lies between %(start)s s and %(end)s s cannot be decoded. "
    "Please upload it again."
)


def is_harmless(complaint: str, source: Source) -> bool:
    """Whether a line of ffmpeg's is no sign of pictures that are missing."""
    marks = [
        (f"[{audio.codec}", f"#0:{audio.index}:", f"#0:{audio.index}/") for audio in source.audios
    ]
    is_sound = any(mark in complaint for of_one in marks for mark in of_one)
    return is_sound or HARMLESS.search(complaint) is not None


def raise_if_full(work: Path, error: Exception) -> None:
    """ffmpeg's HLS muxer says nothing about a full disk, so ask the disk."""
    is_full = isinstance(error, OSError) and error.errno == errno.ENOSPC
    if is_full or shutil.disk_usage(work).free < 2**20:
        raise StorageFullError("There is no room left for the encoded film.") from error


def raise_if_damaged(plan: Plan, span: ChunkSpan, error: Exception, complaints: list[str]) -> None:
    """Tell a file's fault from the machine's: the same decoder that fails here is well."""
    said = "\n".join([str(error), *complaints])
    if MACHINE_IS_AT_FAULT.search(said):
        return
    if DECODER_IS_MISSING.search(str(error)):
        codec = plan.source.video.codec
        raise UnknownCodecError(UNKNOWN_CODEC % {"codec": codec}) from error
    is_short = isinstance(error, UnplannedOutputError) and complaints
    if is_short or INPUT_IS_BROKEN.search(str(error)):
        start, end = (plan.time(n) for n in (span.first_frame, span.end_frame))
        told = {"start": f"{float(start):.0f}", "end": f"{float(end):.0f}"}
        raise DamagedSourceError(DAMAGED % told) from error
