"""Why a file is no film, told by what a probe found."""

from fractions import Fraction
from typing import Any

from video_app.pipeline import notes, ranking
from video_app.pipeline.errors import PipelineError
from video_app.pipeline.sentences import sentence

# A film of which no more than the rest is missing is shown.
COMPLETE_SHARE = Fraction(95, 100)
NO_FILM = sentence("This is not a video file that can be read.")
NO_VIDEO = sentence("The file has no video in it, only sound or pictures.")
UNDECODABLE = sentence("The video in this file cannot be decoded.")
UNKNOWN_CODEC = sentence("The video in this file cannot be decoded here: its codec is %(codecs)s.")
TOO_LARGE = sentence("The picture is too large: %(size)s pixels.")
TOO_MANY = sentence("The file has more than %(most)s streams.")
TOO_SHORT = sentence(
    "The file is incomplete: it should last %(stated)s s but ends after %(end)s s. "
    "Please upload it again."
)
TOO_SMALL = sentence(
    "The file is incomplete: it should have %(expected)s bytes but has %(size)s. "
    "Please upload it again."
)


def refuse_many(facts: dict[str, Any], max_streams: int) -> None:
    """Fonts, covers, texts and other programs cost nothing: nobody decodes them."""
    streams = facts["streams"]
    chosen = next((s for s in streams if s["index"] == facts["chosen"]), None)
    costly = [*ranking.candidates(streams), *ranking.own_sounds(streams, chosen)]
    if len(costly) > max_streams:
        raise PipelineError(TOO_MANY % {"most": max_streams})


def refuse_incomplete(facts: dict[str, Any]) -> None:
    """Headers lie; only bytes that are missing tell a file that was cut off."""
    if not facts["is_cut_off"]:
        return
    end, stated = notes.lengths(facts)
    if notes.is_short(end, stated):
        told = {"stated": f"{float(stated):.0f}", "end": f"{float(end):.0f}"}
        raise PipelineError(TOO_SHORT % told)
    if not stated and facts["size"] < facts["expected_size"] * COMPLETE_SHARE:
        raise PipelineError(TOO_SMALL % {"expected": facts["expected_size"], "size": facts["size"]})


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


def too_large(width: int, height: int) -> str:
    """The refusal of a picture of so many pixels."""
    return TOO_LARGE % {"size": f"{width} x {height}"}


def unknown_codec(*codecs: str) -> str:
    """The refusal of a film in a codec that one of our libraries does not know."""
    return UNKNOWN_CODEC % {"codecs": ", ".join(codecs)}
