"""Subtitle files that people upload: SRT, WebVTT and ASS in any usual encoding, as WebVTT."""

import codecs
import html
from collections.abc import Iterator
from dataclasses import dataclass

from video_app.pipeline.cues import Cue, cues
from video_app.pipeline.sentences import sentence

MAX_BYTES = 2 * 1024**2
MAX_CUES = 20_000
PREVIEW_CUES = 3
# What files without a word about it may be written in; people choose by what they read.
ENCODINGS = (
    *("utf-8", "utf-16", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256"),
    *("iso-8859-15", "shift_jis", "euc_kr", "gb18030", "big5"),
)
UNREADABLE = sentence("This is not a subtitle file we can read: SRT, WebVTT or ASS.")
TOO_LARGE = sentence("This subtitle file is too large.")
UNKNOWN_ENCODING = sentence("Please choose one of these encodings: %(names)s.")
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class BadTextError(ValueError):
    """Not subtitles, or too many; the message is for people."""


@dataclass(frozen=True, slots=True)
class Text:
    """What a subtitle file says."""

    vtt: str
    encoding: str
    preview: str  # the first cues, by which people judge whether the encoding was right


def read(content: bytes, encoding: str = "") -> Text:
    """The subtitles in a file. `BadTextError` when there are none.

    Without an `encoding`: what a byte order mark says, else UTF-8 if it is that, else cp1252.
    """
    if len(content) > MAX_BYTES:
        raise BadTextError(TOO_LARGE)
    text, encoding = _decoded(content, encoding)
    shown = sorted(cues(text.replace("\0", "")), key=lambda cue: (cue.start, cue.end))
    if not shown:
        raise BadTextError(UNREADABLE)
    if len(shown) > MAX_CUES:
        raise BadTextError(TOO_LARGE)
    first = " / ".join(" ".join(cue.text.split()) for cue in shown[:PREVIEW_CUES])
    return Text(_vtt(shown), encoding, html.unescape(first)[:200])


def _decoded(content: bytes, encoding: str) -> tuple[str, str]:
    if encoding and encoding not in ENCODINGS:
        raise BadTextError(UNKNOWN_ENCODING % {"names": ", ".join(ENCODINGS)})
    for name in [encoding] if encoding else _likely(content):
        try:
            return content.decode(name), name.removesuffix("-sig")
        except UnicodeDecodeError:
            continue
    name = encoding or "cp1252"
    return content.decode(name, errors="replace"), name


def _likely(content: bytes) -> Iterator[str]:
    yield from (name for mark, name in MARKS if content.startswith(mark))
    head = content[:1000]
    if head.count(0) > len(head) // 4:  # Latin letters in UTF-16 have one each
        yield "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    yield "utf-8"


def _vtt(cues: list[Cue]) -> str:
    blocks = (
        f"{stamp(cue.start)} --> {stamp(cue.end)}{f' {cue.settings}' if cue.settings else ''}\n"
        f"{cue.text.replace('-->', '→')}"
        for cue in cues
    )
    return "\n\n".join(["WEBVTT", *blocks]) + "\n"


def stamp(milliseconds: int) -> str:
    """As WebVTT writes times: 3,725,500 is 01:02:05.500."""
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"
