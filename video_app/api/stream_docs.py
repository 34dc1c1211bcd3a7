"""What the schema says about the stream views, which are plain Django views."""

from dataclasses import dataclass
from typing import Any

from drf_spectacular.plumbing import alpha_operation_sorter

from video_app.pipeline import ladder
from video_app.streaming.rendering import HLS

Json = dict[str, Any]
VTT = "text/vtt"
TEXT = {"type": "string"}
PLACE = {"type": "integer", "minimum": 0, "maximum": 9999}
RUNG = {"type": "string", "enum": sorted(ladder.NAMES)}
LINK = {
    "type": "object",
    "properties": {"url": {"type": "string", "format": "uri"}},
    "required": ["url"],
}


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
WIDTH = _parameter("width", "path", {"type": "string", "enum": ["320", "640", "1280"]})
FORMAT = _parameter("format", "path", {"type": "string", "enum": ["webp", "jpg"]})
TOKEN = _parameter("token", "query", TEXT)
QUALITY = _parameter("quality", "query", RUNG)


def _answer(content_type: str, schema: Json) -> Json:
    return {"content": {content_type: {"schema": schema}}, "description": ""}


NOT_MODIFIED = {"description": "The client has it already."}
OUTSIDE = {"description": "The range lies outside the file."}


def _text(content_type: str) -> Json:
    return {"200": _answer(content_type, TEXT), "304": NOT_MODIFIED}


def _bytes(content_type: str) -> Json:
    found = _answer(content_type, {"type": "string", "format": "binary"})
    return {"200": found, "206": found, "304": NOT_MODIFIED, "416": OUTSIDE}


@dataclass(frozen=True, slots=True)
class Operation:
    """A GET below `/api/video/{video_id}/`, unless its path begins with a slash."""

    path: str
    name: str
    description: str
    responses: Json
    parameters: tuple[Json, ...]
    needs_session: bool = True

    @property
    def full_path(self) -> str:
        return self.path if self.path[0] == "/" else f"/api/video/{{video_id}}/{self.path}/"

    def to_schema(self) -> Json:
        session: Json = {"security": [{"session": []}, {"token": []}]} if self.needs_session else {}
        parameters = sorted([VIDEO, *self.parameters], key=lambda one: str(one["name"]))
        return {
            "operationId": self.name,
            "description": self.description,
            "summary": self.name.replace("_", " ").capitalize(),
            "parameters": parameters,
            "tags": ["stream"],
            **session,
            "responses": dict(self.responses),
        }


OPERATIONS = [
    Operation(
        "master.m3u8",
        "get_master_playlist",
        "The master playlist: every rendition, sound track and subtitle track of the film. "
        "While the film is encoded: the renditions that players can keep to.",
        _text(HLS),
        (BUILD, RUNGS),
    ),
    Operation(
        "{resolution}/index.m3u8",
        "get_playlist",
        "The playlist of one rendition. It grows while the film is encoded.",
        _text(HLS),
        (RESOLUTION, BUILD, OWN),
    ),
    Operation(
        "{resolution}/iframes.m3u8",
        "get_iframe_playlist",
        "The I-frames of one rendition, for trick play. There once the film is complete.",
        _text(HLS),
        (RESOLUTION, BUILD),
    ),
    Operation(
        "{resolution}/{number}",
        "get_segment",
        "One segment of a rendition, as its playlist names it.",
        _bytes("video/MP2T"),
        (RESOLUTION, SEGMENT, BUILD, RANGE),
    ),
    Operation(
        "audio-{track}/index.m3u8",
        "get_sound_playlist",
        "The playlist of a selectable sound track.",
        _text(HLS),
        (TRACK, BUILD),
    ),
    Operation(
        "audio-{track}/{number}",
        "get_sound_segment",
        "One segment of a sound track.",
        _bytes("video/MP2T"),
        (TRACK, SEGMENT, BUILD, RANGE),
    ),
    Operation(
        "subtitles-{track}/index.m3u8",
        "get_subtitle_playlist",
        "The playlist of a subtitle track.",
        _text(HLS),
        (TRACK, BUILD),
    ),
    Operation(
        "subtitles-{track}/{number}.vtt",
        "get_subtitle_segment",
        "One segment of a subtitle track, in WebVTT.",
        _bytes(VTT),
        (TRACK, NUMBER, BUILD),
    ),
    Operation(
        "text-{subtitle_id}/index.m3u8",
        "get_added_subtitle_playlist",
        "The playlist of a subtitle track that people added.",
        _text(HLS),
        (ADDED, BUILD),
    ),
    Operation(
        "text-{subtitle_id}/{number}.vtt",
        "get_added_subtitle_segment",
        "One segment of a subtitle track that people added, in WebVTT.",
        _text(VTT),
        (ADDED, NUMBER, BUILD),
    ),
    Operation(
        "storyboard.vtt",
        "get_storyboard",
        "Which part of which storyboard sheet shows which seconds, in WebVTT.",
        _text(VTT),
        (BUILD,),
    ),
    Operation(
        "storyboard/{number}.jpg",
        "get_storyboard_sheet",
        "One sheet of thumbnails.",
        _bytes("image/jpeg"),
        (NUMBER, BUILD),
    ),
    Operation(
        "thumbnail.jpg",
        "get_thumbnail",
        "The film's poster, or the thumbnail that was uploaded instead.",
        _bytes("image/jpeg"),
        (VERSION, RANGE),
    ),
    Operation(
        "poster-{width}.{format}",
        "get_poster",
        "The same, at most so many pixels wide, as JPEG or WebP.",
        _bytes("image/*"),
        (WIDTH, FORMAT, VERSION, RANGE),
    ),
    Operation(
        "{resolution}/film.mp4",
        "get_file",
        "The progressive MP4. The signature in the URL is the right; no cookie comes along.",
        _bytes("video/mp4"),
        (RESOLUTION, TOKEN, RANGE),
        needs_session=False,
    ),
    Operation(
        "/content/video-url/{video_id}/",
        "get_file_url",
        "Where a film's progressive MP4 lies, for players without HLS.",
        {"200": _answer("application/json", {"$ref": "#/components/schemas/Link"})},
        (QUALITY,),
    ),
]


def add_streams(result: Json, **kwargs: Any) -> Json:
    """Put the stream operations where the generator would have put them."""
    paths = result["paths"] | {one.full_path: {"get": one.to_schema()} for one in OPERATIONS}
    result["paths"] = dict(sorted(paths.items(), key=_place_of))
    components = result["components"]
    components["schemas"] = dict(sorted([*components["schemas"].items(), ("Link", LINK)]))
    return result


def _place_of(item: tuple[str, Json]) -> Any:
    return alpha_operation_sorter((item[0], "", "GET", None))  # type: ignore[no-untyped-call]
