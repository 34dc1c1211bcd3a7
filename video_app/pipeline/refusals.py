"""Why a file is no film, told by what a probe found."""

from fractions import Fraction
from typing import Any

from video_app.pipeline import notes, ranking
from video_app.pipeline.errors import PipelineError

# A film of which no more than the rest is missing is shown.
COMPLETE_SHARE = Fraction(95, 100)
NO_VIDEO = "The file has no video in it, only sound or pictures."
UNDECODABLE = "The video in this file cannot be decoded."


def refuse_many(facts: dict[str, Any], max_streams: int) -> None:
    """Fonts, covers, texts and other programs cost nothing: nobody decodes them."""
    streams = facts["streams"]
    chosen = next((s for s in streams if s["index"] == facts["chosen"]), None)
    costly = [*ranking.candidates(streams), *ranking.own_sounds(streams, chosen)]
    if len(costly) > max_streams:
        raise PipelineError(f"The file has more than {max_streams} streams.")


def refuse_incomplete(facts: dict[str, Any]) -> None:
    """Headers lie; only bytes that are missing tell a file that was cut off."""
    if not facts["is_cut_off"]:
        return
    end, stated = notes.lengths(facts)
    if notes.is_short(end, stated):
        raise PipelineError(
            f"The file is incomplete: it should last {float(stated):.0f} s "
            f"but ends after {float(end):.0f} s. Please upload it again."
        )
    if not stated and facts["size"] < facts["expected_size"] * COMPLETE_SHARE:
        raise PipelineError(
            f"The file is incomplete: it should have {facts['expected_size']} bytes "
            f"but has {facts['size']}. Please upload it again."
        )


def chosen_picture(facts: dict[str, Any]) -> dict[str, Any]:
    streams: list[dict[str, Any]] = facts["streams"]
    pictures = [s for s in streams if s["kind"] == "video" and not s["is_picture"]]
    if not pictures:
        raise PipelineError(NO_VIDEO)
    for stream in pictures:
        if stream["index"] == facts["chosen"]:
            return stream
    if codecs := {s["codec"] for s in pictures if s["type"] == "unknown" and s["codec"]}:
        raise PipelineError(unknown_codec(*sorted(codecs)))
    raise PipelineError(UNDECODABLE)


def unknown_codec(*codecs: str) -> str:
    """The refusal of a film in a codec that one of our libraries does not know."""
    return f"The video in this file cannot be decoded here: its codec is {', '.join(codecs)}."
