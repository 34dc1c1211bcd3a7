"""What of a file is not in its film, and why, in words for people."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from video_app.pipeline import languages, ranking
from video_app.pipeline import note_words as words
from video_app.pipeline.sentences import Counted
from video_app.pipeline.streams import Note
from video_app.pipeline.types import MAX_TRACKS

TEXT_SUBTITLES = {"subrip", "srt", "ass", "ssa", "webvtt", "mov_text", "text"}
# A file may state a length that is so far off without a word about it.
SHORT_SHARE = Fraction(95, 100)
MAX_SUBTITLES = 32
IMAGES = {"dvd_subtitle", "dvb_subtitle", "hdmv_pgs_subtitle", "xsub"}
Stream = dict[str, Any]


def notes_from_facts(facts: dict[str, Any], chosen: Stream) -> tuple[Note, ...]:
    """A note for each kind of thing that is left out of the film."""
    streams = facts["streams"]
    return (
        *_programs(streams, chosen),
        *_pictures(streams, chosen),
        *_sounds(streams, chosen),
        *_subtitles(streams, chosen),
        *_file(facts),
    )


def _programs(streams: list[Stream], chosen: Stream) -> Iterator[Note]:
    others = {n for s in streams for n in s["programs"]} - set(chosen["programs"])
    if others and any(s["type"] in ("video", "audio") and _is_foreign(s, chosen) for s in streams):
        yield Note("other_programs", words.OTHER_PROGRAMS % {"number": len(others) + 1})


def _is_foreign(stream: Stream, chosen: Stream) -> bool:
    return bool(stream["programs"]) and not ranking.share_program(stream, chosen)


def _pictures(streams: list[Stream], chosen: Stream) -> Iterator[Note]:
    own = [s for s in streams if not _is_foreign(s, chosen) and not s["is_picture"]]
    further = [s for s in ranking.candidates(own) if s is not chosen and Fraction(s["end"]) > 0]
    if further:
        sizes = ", ".join(f"{s['width']} x {s['height']}" for s in further)
        yield _left_out("other_videos", words.OTHER_VIDEOS, further, sizes=sizes)
    unknown = [s for s in own if s["kind"] == "video" and s["type"] == "unknown"]
    if unknown:
        yield _undecodable("video_undecodable", words.LOST_VIDEOS, unknown)


def _sounds(streams: list[Stream], chosen: Stream) -> Iterator[Note]:
    lost = [
        s
        for s in streams
        if s["kind"] == "audio" and not _is_foreign(s, chosen) and not is_audible(s)
    ]
    if lost:
        yield _undecodable("sound_undecodable", words.LOST_SOUNDS, lost)
    heard = [s for s in ranking.own_sounds(streams, chosen) if is_heard(s)]
    further = heard[1 + MAX_TRACKS :]
    if further:
        yield _left_out("sounds_beyond_limit", words.FURTHER_SOUNDS, further, most=1 + MAX_TRACKS)


def is_audible(stream: Stream) -> bool:
    """Whether a sound stream can be decoded."""
    return bool(stream["type"] == "audio" and stream.get("channels"))


def is_heard(stream: Stream) -> bool:
    """Whether there is sound in a stream: some are declared and never come."""
    return is_audible(stream) and Fraction(stream["end"]) > 0


def _subtitles(streams: list[Stream], chosen: Stream) -> Iterator[Note]:
    own = [s for s in streams if s["kind"] == "subtitle" and not _is_foreign(s, chosen)]
    texts = [s for s in own if s["codec"] in TEXT_SUBTITLES]
    images = [s for s in own if s["codec_id"] in IMAGES]
    others = [s for s in own if s not in texts and s not in images]
    if images:
        yield _left_out("subtitles_are_images", words.IMAGES, images)
    if others:
        yield _undecodable("subtitles_undecodable", words.LOST_SUBTITLES, others)
    if further := texts[MAX_SUBTITLES:]:
        yield _left_out(
            "subtitles_beyond_limit", words.FURTHER_SUBTITLES, further, most=MAX_SUBTITLES
        )


def _file(facts: dict[str, Any]) -> Iterator[Note]:
    end, stated = lengths(facts)
    if is_short(end, stated):
        lengths_told = {"stated": f"{float(stated):.0f}", "end": f"{float(end):.0f}"}
        yield Note("length_misstated", words.MISSTATED % lengths_told)
    if facts["damaged"]:
        yield Note("damaged", words.DAMAGED)


def lengths(facts: dict[str, Any]) -> tuple[Fraction, Fraction]:
    """Where the file ends and where it says that it ends, in seconds."""
    # Some containers state where they end, not how long they last.
    end = max(Fraction(stream["end"]) for stream in facts["streams"])
    return end + max(Fraction(0), Fraction(facts["start"])), Fraction(facts["stated_duration"])


def is_short(end: Fraction, stated: Fraction) -> bool:
    """Whether a film holds notably less than its header says."""
    return end < stated * SHORT_SHARE and stated - end > 1


def _left_out(code: str, said: Counted, streams: Sequence[Stream], **values: object) -> Note:
    names = dict.fromkeys(filter(None, (languages.english(s["language"]) for s in streams)))
    known = f" ({', '.join(names)})" if names else ""
    return Note(code, said.of(len(streams), languages=known, **values))


def _undecodable(code: str, said: Counted, streams: Sequence[Stream]) -> Note:
    codecs = dict.fromkeys(s["codec_id"] or s["codec"] or words.UNKNOWN_CODEC for s in streams)
    return _left_out(code, said, streams, codecs=", ".join(codecs))
