"""What the schema says about the stream views, which are plain Django views."""

from typing import Any

from drf_spectacular.plumbing import alpha_operation_sorter

from video_app.api import stream_parameters as parameter
from video_app.api.stream_operation import Operation, answer, bytes_answer, text_answer
from video_app.api.stream_parameters import Json
from video_app.streaming.rendering import HLS

VTT = "text/vtt"
LINK = {
    "type": "object",
    "properties": {"url": {"type": "string", "format": "uri"}},
    "required": ["url"],
}


OPERATIONS = [
    Operation(
        "master.m3u8",
        "get_master_playlist",
        "The master playlist: every rendition, sound track and subtitle track of the film. "
        "While the film is encoded: the renditions that players can keep to. 404 until its first "
        "seconds are there (`playable` in its status).",
        text_answer(HLS),
        (parameter.BUILD, parameter.RUNGS),
    ),
    Operation(
        "{resolution}/index.m3u8",
        "get_playlist",
        "The playlist of one rendition. It grows while the film is encoded.",
        text_answer(HLS),
        (parameter.RESOLUTION, parameter.BUILD, parameter.OWN),
    ),
    Operation(
        "{resolution}/iframes.m3u8",
        "get_iframe_playlist",
        "The I-frames of one rendition, for trick play. There once the film is complete.",
        text_answer(HLS),
        (parameter.RESOLUTION, parameter.BUILD),
    ),
    Operation(
        "{resolution}/{number}",
        "get_segment",
        "One segment of a rendition, as its playlist names it.",
        bytes_answer("video/MP2T"),
        (parameter.RESOLUTION, parameter.SEGMENT, parameter.BUILD, parameter.RANGE),
    ),
    Operation(
        "audio-{track}/index.m3u8",
        "get_sound_playlist",
        "The playlist of a selectable sound track.",
        text_answer(HLS),
        (parameter.TRACK, parameter.BUILD),
    ),
    Operation(
        "audio-{track}/{number}",
        "get_sound_segment",
        "One segment of a sound track.",
        bytes_answer("video/MP2T"),
        (parameter.TRACK, parameter.SEGMENT, parameter.BUILD, parameter.RANGE),
    ),
    Operation(
        "subtitles-{track}/index.m3u8",
        "get_subtitle_playlist",
        "The playlist of a subtitle track.",
        text_answer(HLS),
        (parameter.TRACK, parameter.BUILD),
    ),
    Operation(
        "subtitles-{track}/{number}.vtt",
        "get_subtitle_segment",
        "One segment of a subtitle track, in WebVTT.",
        bytes_answer(VTT),
        (parameter.TRACK, parameter.NUMBER, parameter.BUILD),
    ),
    Operation(
        "text-{subtitle_id}/index.m3u8",
        "get_added_subtitle_playlist",
        "The playlist of a subtitle track that people added.",
        text_answer(HLS),
        (parameter.ADDED, parameter.BUILD),
    ),
    Operation(
        "text-{subtitle_id}/{number}.vtt",
        "get_added_subtitle_segment",
        "One segment of a subtitle track that people added, in WebVTT.",
        text_answer(VTT),
        (parameter.ADDED, parameter.NUMBER, parameter.BUILD),
    ),
    Operation(
        "storyboard.vtt",
        "get_storyboard",
        "Which part of which storyboard sheet shows which seconds, in WebVTT.",
        text_answer(VTT),
        (parameter.BUILD,),
    ),
    Operation(
        "storyboard/{number}.jpg",
        "get_storyboard_sheet",
        "One sheet of thumbnails.",
        bytes_answer("image/jpeg"),
        (parameter.NUMBER, parameter.BUILD),
    ),
    Operation(
        "thumbnail.jpg",
        "get_thumbnail",
        "The film's poster, or the thumbnail that was uploaded instead. 404 in a film's first "
        "minute, until there is one.",
        bytes_answer("image/jpeg"),
        (parameter.VERSION, parameter.RANGE),
    ),
    Operation(
        "poster-{width}.{format}",
        "get_poster",
        "The same, at most so many pixels wide, as JPEG, WebP or AVIF.",
        bytes_answer("image/*"),
        (parameter.WIDTH, parameter.FORMAT, parameter.VERSION, parameter.RANGE),
    ),
    Operation(
        "{resolution}/film.mp4",
        "get_file",
        "The progressive MP4. The signature in the URL is the right; no cookie comes along.",
        bytes_answer("video/mp4"),
        (parameter.RESOLUTION, parameter.TOKEN, parameter.RANGE),
        needs_session=False,
    ),
    Operation(
        "/content/video-url/{video_id}/",
        "get_file_url",
        "Where a film's progressive MP4 lies, for players without HLS: in the nearest quality that "
        "there is (720p without one). 404 until the film is complete, and on sites without MP4s.",
        {"200": answer("application/json", {"$ref": "#/components/schemas/Link"})},
        (parameter.QUALITY,),
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
