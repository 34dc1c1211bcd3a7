"""From a probe's facts to a `Source`, or to a reason why it cannot be a film."""

from fractions import Fraction
from typing import Any

from video_app.pipeline.command import MAX_PIXELS
from video_app.pipeline.errors import PipelineError
from video_app.pipeline.types import AudioStream, Source, SubtitleStream, VideoStream

HDR_TRANSFERS = {16, 18}  # SMPTE ST 2084 (PQ), ARIB STD-B67 (HLG); ITU-T H.273
TEXT_SUBTITLES = {"subrip", "srt", "ass", "ssa", "webvtt", "mov_text", "text"}
MAX_SUBTITLES = 32
# The mode of `probe_child` that looks at no sound.
DEAF = "deaf"
# A film that holds less than this share of what its header states was cut off.
COMPLETE_SHARE = Fraction(95, 100)

BT709_MATRIX, UNSPECIFIED_MATRIX = 1, 2  # ibid.
FULL_RANGE = 2  # as libavutil counts: 0 unspecified, 1 limited
NO_FILM = "This is not a video file that can be read."
UNDECODABLE = "The video in this file cannot be decoded."


def source_from_facts(facts: dict[str, Any], *, max_streams: int) -> Source:
    """The source that `probe_child` described; `PipelineError` when it is no film."""
    if "error" in facts:
        raise PipelineError(NO_FILM)
    if len(facts["streams"]) > max_streams:
        raise PipelineError(f"The file has more than {max_streams} streams.")
    video = _video(facts)
    audios = tuple(_audios(facts))
    _refuse_incomplete(facts)
    return Source(
        container=facts["container"],
        size=facts["size"],
        duration=max(Fraction(s["end"]) for s in _timed(facts, video, audios)),
        video=video,
        audios=audios,
        subtitles=tuple(_subtitles(facts)),
        start=Fraction(facts["start"]),
        has_index=facts["has_index"],
        has_steady_sound=facts["has_steady_sound"],
    )


def _refuse_incomplete(facts: dict[str, Any]) -> None:
    stated = Fraction(facts["stated_duration"])
    # Some containers state where they end, not how long they last.
    end = max(Fraction(stream["end"]) for stream in facts["streams"])
    end += max(Fraction(0), Fraction(facts["start"]))
    if end < stated * COMPLETE_SHARE and stated - end > 1:
        raise PipelineError(
            f"The file is incomplete: it should last {float(stated):.0f} s "
            f"but ends after {float(end):.0f} s. Please upload it again."
        )


def _timed(
    facts: dict[str, Any], video: VideoStream, audios: tuple[AudioStream, ...]
) -> list[dict[str, Any]]:
    """The streams that decide the length: the picture and the first sound."""
    indexes = {video.index, *(audio.index for audio in audios[:1])}
    return [stream for stream in facts["streams"] if stream["index"] in indexes]


def _video(facts: dict[str, Any]) -> VideoStream:
    pictures = [s for s in facts["streams"] if s["type"] == "video" and not s["is_picture"]]
    if not pictures:
        raise PipelineError("The file has no video in it, only sound or pictures.")
    chosen, frame = facts["chosen"], facts["frame"]
    if chosen is None:
        raise PipelineError(UNDECODABLE)
    stream = next(s for s in pictures if s["index"] == chosen)
    if frame is None and stream["width"] * stream["height"] > MAX_PIXELS:
        raise PipelineError(
            f"The picture is too large: {stream['width']} x {stream['height']} pixels."
        )
    if frame is None:
        raise PipelineError(UNDECODABLE)
    return VideoStream(
        index=chosen,
        codec=stream["codec"],
        width=frame["width"],
        height=frame["height"],
        sample_aspect=_sane_aspect(Fraction(stream["sample_aspect"])),
        rotation=-frame["rotation"] % 360,
        average_rate=Fraction(stream["average_rate"]),
        base_rate=Fraction(stream["base_rate"]),
        start=Fraction(stream["start"]),
        is_interlaced=frame["is_interlaced"],
        is_hdr=frame["transfer"] in HDR_TRANSFERS,
        matrix=_matrix(frame),
        has_our_colours=_has_our_colours(frame),
    )


def _has_our_colours(frame: dict[str, Any]) -> bool:
    is_bt709 = frame["matrix"] == BT709_MATRIX or _matrix(frame) == "bt709"
    return is_bt709 and frame["range"] != FULL_RANGE and frame["format"] == "yuv420p"


def _matrix(frame: dict[str, Any]) -> str:
    """As every player guesses: BT.709 for large pictures that do not say."""
    is_large = frame["width"] >= 1280 or frame["height"] > 576
    return "bt709" if frame["matrix"] == UNSPECIFIED_MATRIX and is_large else "auto"


def _sane_aspect(aspect: Fraction) -> Fraction:
    return aspect if Fraction(1, 4) <= aspect <= 4 else Fraction(1)


def _audios(facts: dict[str, Any]) -> list[AudioStream]:
    """The sound tracks that can be decoded, the default one first."""
    streams = [s for s in facts["streams"] if s["type"] == "audio" and s.get("channels")]
    streams.sort(key=lambda s: (not s["is_default"], s["index"]))
    return [
        AudioStream(
            index=s["index"],
            codec=s["codec"],
            channels=s["channels"],
            sample_rate=s["sample_rate"],
            start=Fraction(s["start"]),
            end=Fraction(s["end"]),
            language=s["language"],
            title=s["title"],
            is_default=s["is_default"],
            **_grid(facts["sounds"].get(str(s["index"]))),
        )
        for s in streams
        if Fraction(s["end"]) > 0
    ]


def _grid(sound: dict[str, Any] | None) -> dict[str, Any]:
    if sound is None:
        return {}
    return {"grid_samples": sound["samples"], "grid_start": Fraction(sound["start"])}


def _subtitles(facts: dict[str, Any]) -> list[SubtitleStream]:
    return [
        SubtitleStream(s["index"], s["codec"], s["language"], s["title"])
        for s in facts["streams"]
        if s["type"] == "subtitle" and s["codec"] in TEXT_SUBTITLES
    ][:MAX_SUBTITLES]
