"""The parameters of the stream views, as the schema describes them."""

from typing import Any

from video_app.pipeline import ladder
from video_app.streaming.pictures import SUFFIXES, WIDTHS

Json = dict[str, Any]
TEXT = {"type": "string"}
PLACE = {"type": "integer", "minimum": 0, "maximum": 9999}
RUNG = {"type": "string", "enum": sorted(ladder.NAMES)}


def _parameter(name: str, place: str, schema: Json, description: str = "") -> Json:
    parameter: Json = {"in": place, "name": name, "schema": schema}
    if description:
        parameter["description"] = description
    return parameter | ({"required": True} if place == "path" else {})


RANGE = _parameter(
    "Range", "header", {"type": "string", "example": "bytes=0-1023"}, "One byte range."
)
BUILD = _parameter(
    "b",
    "query",
    TEXT,
    "The build that a playlist belongs to, as playlists name it. Without it the "
    "current one, which another may follow at any time.",
)
RUNGS = _parameter(
    "rungs",
    "query",
    {"type": "string", "enum": ["all"]},
    "While the film is encoded: also those that have just begun, whose playlists may still be "
    "empty. `ready` in the film's status says what is there.",
)
OWN = _parameter(
    "own",
    "query",
    {"type": "string", "enum": ["1"]},
    "While the film is encoded: this rendition's segments alone. Without it the playlist begins "
    "with those of a lower one until half a minute of this one is there.",
)
VIDEO = _parameter("video_id", "path", {"type": "integer", "minimum": 1})
TRACK = _parameter("track", "path", PLACE, "From 0.")
ADDED = _parameter("subtitle_id", "path", {"type": "integer", "minimum": 1})
NUMBER = _parameter("number", "path", PLACE, "From 0.")
SEGMENT = _parameter(
    "number",
    "path",
    {"type": "string", "pattern": r"^(index|segment_?)?[0-9]{1,6}\.ts$", "example": "000.ts"},
    "`NNN.ts`; `indexN.ts`, `segmentNNN.ts`, `segment_NNN.ts` are the same.",
)
RESOLUTION = _parameter(
    "resolution",
    "path",
    RUNG,
    "A rendition that the film does not have answers with the nearest one.",
)
VERSION = _parameter("v", "query", TEXT)
WIDTH = _parameter("width", "path", {"type": "string", "enum": [*map(str, WIDTHS)]})
FORMAT = _parameter("format", "path", {"type": "string", "enum": [*SUFFIXES]})
TOKEN = _parameter("token", "query", TEXT)
QUALITY = _parameter("quality", "query", RUNG)
