"""What the container says about its streams."""

import re
from fractions import Fraction
from typing import Any

from av import logging
from av.container import InputContainer

TEXT_LENGTH = 100
# Of sound that was not looked at: only that there is some.
UNKNOWN_CHANNELS = 2
PROGRAM = re.compile(r"^  (?:Program (\d+)|(No Program))")
STREAM = re.compile(r"^  Stream #0:(\d+)[^:]*: \w+: (\w*)")


def read_streams(container: InputContainer, origin: Fraction) -> list[dict[str, Any]]:
    """The facts of each stream; times are strings of fractions of seconds from `origin`."""
    programs, codecs = _printed(container)
    streams = []
    for stream in container.streams:
        facts = _stream(stream, origin)
        facts["programs"] = programs.get(stream.index, [])
        facts["codec"] = facts["codec"] or codecs.get(stream.index, "")
        streams.append(facts)
    return streams


def _stream(stream: Any, origin: Fraction) -> dict[str, Any]:
    codec = stream.codec_context  # none without a decoder
    marks = stream.disposition
    facts = {
        "index": stream.index,
        "kind": stream.type,
        "type": stream.type if codec else "unknown",
        "codec": codec.name if codec else "",
        "codec_id": codec.codec.canonical_name if codec else "",
        "start": _start(stream, origin),
        "language": stream.metadata.get("language", "und")[:TEXT_LENGTH],
        "title": stream.metadata.get("title", "")[:TEXT_LENGTH],
        "is_default": bool(marks & marks.default),
        "is_forced": bool(marks & marks.forced),
        "is_sdh": bool(marks & (marks.hearing_impaired | marks.visual_impaired)),
        "is_picture": bool(marks & (marks.attached_pic | marks.timed_thumbnails)),
        "pictures": 0,  # see `count`
    }
    if facts["type"] == "video":
        facts |= {
            "width": codec.width,
            "height": codec.height,
            "sample_aspect": str(stream.sample_aspect_ratio or 1),
            "average_rate": str(stream.average_rate or 0),
            "base_rate": str(stream.base_rate or 0),
        }
    if facts["type"] == "audio":
        facts |= {"channels": UNKNOWN_CHANNELS, "sample_rate": codec.sample_rate}
    return facts


def _start(stream: Any, origin: Fraction) -> str | None:
    """None where libavformat stopped looking before the stream began."""
    return None if stream.start_time is None else str(stream.start_time * stream.time_base - origin)


def _printed(container: InputContainer) -> tuple[dict[int, list[int]], dict[int, str]]:
    """The programs of each stream and the names of their codecs, which PyAV does not know
    where it has no decoder: from the overview that libavformat prints."""
    logging.set_level(logging.INFO)
    try:
        lines = container.dumps_format().splitlines()  # type: ignore[attr-defined]
    finally:
        logging.set_level(None)
    programs: dict[int, list[int]] = {}
    codecs: dict[int, str] = {}
    program = ""
    for line in lines:
        if found := PROGRAM.match(line):
            program = found[1] or ""
        elif found := STREAM.match(line):
            codecs[int(found[1])] = found[2]
            programs.setdefault(int(found[1]), []).extend([int(program)] if program else [])
    return programs, codecs
