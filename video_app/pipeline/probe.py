"""From a probe's facts to a `Source`, or to a reason why it cannot be a film."""

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from video_app.pipeline import notes, ranking
from video_app.pipeline.command import MAX_PIXELS
from video_app.pipeline.errors import PipelineError
from video_app.pipeline.refusals import (
    NO_FILM,
    UNDECODABLE,
    chosen_picture,
    refuse_incomplete,
    refuse_many,
    too_large,
)
from video_app.pipeline.shapes import main_shape, read_shapes
from video_app.pipeline.streams import AudioStream, ChapterMark, Source, SubtitleStream, VideoStream
from video_app.pipeline.types import MAX_TRACKS

HDR_TRANSFERS = {16, 18}  # SMPTE ST 2084 (PQ), ARIB STD-B67 (HLG); ITU-T H.273
# Many files say it in words only.
FORCED_TITLE = re.compile(r"\bforced\b", re.IGNORECASE)
SDH_TITLE = re.compile(r"\bSDH\b|\bCC\b|hearing.impaired", re.IGNORECASE)
# The mode of `probe_child` that looks at no sound.
DEAF = "deaf"
MAX_CHAPTER_TITLE = 200
# So many places at which the container's key pictures are none, and no seek is trusted.
FALSE_KEYS = 2

BT709_MATRIX, UNSPECIFIED_MATRIX = 1, 2  # ibid.
FULL_RANGE = 2  # as libavutil counts: 0 unspecified, 1 limited


def source_from_facts(facts: dict[str, Any], *, max_streams: int, is_copy: bool = False) -> Source:
    """The source that `probe_child` described; `PipelineError` when it is no film.

    `is_copy` says that the container is ours, which states nothing that the pictures do not.
    """
    if "error" in facts:
        raise PipelineError(NO_FILM)
    refuse_many(facts, max_streams)
    chosen = chosen_picture(facts)
    video = _video(facts, chosen, is_copy=is_copy)
    sounds = [s for s in ranking.own_sounds(facts["streams"], chosen) if notes.is_heard(s)]
    refuse_incomplete(facts)
    return Source(
        container=facts["container"],
        size=facts["size"],
        duration=max(Fraction(s["end"]) for s in (chosen, *sounds[:1])),
        video=video,
        audios=tuple(_audio(s, facts["sounds"]) for s in sounds[: 1 + MAX_TRACKS]),
        subtitles=tuple(_subtitles(facts, chosen)),
        start=Fraction(facts["start"]),
        has_index=facts["has_index"],
        has_steady_sound=facts["has_steady_sound"],
        must_decode_from_start=facts["false_keys"] >= FALSE_KEYS,
        notes=notes.notes_from_facts(facts, chosen),
        parts=facts["parts"],
        chapters=tuple(_chapters(facts)),
    )


def _chapters(facts: dict[str, Any]) -> Iterator[ChapterMark]:
    """In their order, one at each moment."""
    last = Fraction(-1)
    for mark in sorted(facts["chapters"], key=lambda mark: Fraction(mark["start"])):
        start = max(Fraction(0), Fraction(mark["start"]))
        if start > last:
            title = "".join(c for c in mark["title"] if c.isprintable()).strip()
            yield ChapterMark(start, title[:MAX_CHAPTER_TITLE])
            last = start


def _video(facts: dict[str, Any], stream: dict[str, Any], *, is_copy: bool) -> VideoStream:
    frame = facts["frame"]
    if frame is None and ranking.pixels(stream) > MAX_PIXELS:
        raise PipelineError(too_large(stream["width"], stream["height"]))
    if frame is None:
        raise PipelineError(UNDECODABLE)
    follows_codec = is_copy or not facts["container"].startswith("matroska")
    stated = Fraction(stream["sample_aspect"])
    shape, changes_shape = main_shape(read_shapes(facts, stated, follows_codec=follows_codec))
    frame = frame | {"width": shape.width, "height": shape.height}
    return VideoStream(
        index=stream["index"],
        codec=stream["codec"],
        width=shape.width,
        height=shape.height,
        sample_aspect=shape.aspect,
        rotation=-frame["rotation"] % 360,
        average_rate=Fraction(stream["average_rate"]),
        base_rate=Fraction(stream["base_rate"]),
        start=Fraction(stream["start"]),
        is_interlaced=frame["is_interlaced"] or facts["interlaced"] > 0,
        is_hdr=frame["transfer"] in HDR_TRANSFERS,
        matrix=_matrix(frame),
        has_our_colours=_has_our_colours(frame),
        changes_shape=changes_shape,
    )


def _has_our_colours(frame: dict[str, Any]) -> bool:
    is_bt709 = frame["matrix"] == BT709_MATRIX or _matrix(frame) == "bt709"
    return is_bt709 and frame["range"] != FULL_RANGE and frame["format"] == "yuv420p"


def _matrix(frame: dict[str, Any]) -> str:
    """As every player guesses: BT.709 for large pictures that do not say."""
    is_large = frame["width"] >= 1280 or frame["height"] > 576
    return "bt709" if frame["matrix"] == UNSPECIFIED_MATRIX and is_large else "auto"


def _audio(stream: dict[str, Any], grids: dict[str, dict[str, Any]]) -> AudioStream:
    return AudioStream(
        index=stream["index"],
        codec=stream["codec"],
        channels=stream["channels"],
        sample_rate=stream["sample_rate"],
        start=Fraction(stream["start"]),
        end=Fraction(stream["end"]),
        language=stream["language"],
        title=stream["title"],
        is_default=stream["is_default"],
        is_forced=stream["is_forced"],
        is_sdh=stream["is_sdh"],
        **_grid(grids.get(str(stream["index"]))),
    )


def _grid(sound: dict[str, Any] | None) -> dict[str, Any]:
    if sound is None:
        return {}
    return {"grid_samples": sound["samples"], "grid_start": Fraction(sound["start"])}


def _subtitles(facts: dict[str, Any], chosen: dict[str, Any]) -> list[SubtitleStream]:
    return [
        SubtitleStream(
            s["index"],
            s["codec"],
            s["language"],
            s["title"],
            is_default=s["is_default"],
            is_forced=s["is_forced"] or bool(FORCED_TITLE.search(s["title"])),
            is_sdh=s["is_sdh"] or bool(SDH_TITLE.search(s["title"])),
        )
        for s in ranking.own_texts(facts["streams"], chosen)
        if s["codec"] in notes.TEXT_SUBTITLES
    ][: notes.MAX_SUBTITLES]
