"""Subtitle files that people upload: SRT, WebVTT and ASS in any usual encoding, as WebVTT."""

import codecs
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_BYTES = 2 * 1024**2
MAX_CUES = 20_000
PREVIEW_CUES = 3
# What files without a word about it may be written in; people choose by what they read.
ENCODINGS = (
    *("utf-8", "utf-16", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256"),
    *("iso-8859-15", "shift_jis", "euc_kr", "gb18030", "big5"),
)
UNREADABLE = "This is not a subtitle file we can read: SRT, WebVTT or ASS."
TOO_LARGE = "This subtitle file is too large."
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CLOCK = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
TIMING = re.compile(rf"^\s*{CLOCK}\s*-->\s*{CLOCK}(?=\s|$)(.*)$")
ASS_CLOCK = re.compile(r"\s*(\d{1,4}):(\d{1,2}):(\d{1,2})[.:](\d{1,3})\s*")
ASS_FIELDS = ("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect")
OVERRIDE = re.compile(r"\{[^{}]*\}")
KEPT_TAG = re.compile(r"&lt;(/?[ibu])&gt;", re.IGNORECASE)
OTHER_TAG = re.compile(r"</?font[^<>]*>", re.IGNORECASE)


class BadTextError(ValueError):
    """Not subtitles, or too many; the message is for people."""


@dataclass(frozen=True, slots=True)
class Text:
    """What a subtitle file says."""

    vtt: str
    encoding: str
    preview: str  # the first cues, by which people judge whether the encoding was right


@dataclass(frozen=True, slots=True)
class _Cue:
    start: int  # milliseconds
    end: int
    text: str
    settings: str = ""


def read(content: bytes, encoding: str = "") -> Text:
    """The subtitles in a file. `BadTextError` when there are none.

    Without an `encoding`: what a byte order mark says, else UTF-8 if it is that, else cp1252.
    """
    if len(content) > MAX_BYTES:
        raise BadTextError(TOO_LARGE)
    text, encoding = _decoded(content, encoding)
    cues = sorted(_cues(text.replace("\0", "")), key=lambda cue: (cue.start, cue.end))
    if not cues:
        raise BadTextError(UNREADABLE)
    if len(cues) > MAX_CUES:
        raise BadTextError(TOO_LARGE)
    first = " / ".join(" ".join(cue.text.split()) for cue in cues[:PREVIEW_CUES])
    return Text(_vtt(cues), encoding, html.unescape(first)[:200])


def _decoded(content: bytes, encoding: str) -> tuple[str, str]:
    if encoding and encoding not in ENCODINGS:
        raise BadTextError(f"Please choose one of these encodings: {', '.join(ENCODINGS)}.")
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


def _cues(text: str) -> Iterator[_Cue]:
    lines = text.splitlines()
    is_ass = any(line.lower().startswith(("[script info]", "dialogue:")) for line in lines)
    found = _ass_cues(lines) if is_ass else _timed_cues(lines)
    return (cue for cue in found if cue.text and cue.start < cue.end)


def _timed_cues(lines: list[str]) -> Iterator[_Cue]:
    """SRT and WebVTT: a line with times, then the text up to an empty line or the next times."""
    is_vtt = bool(lines) and lines[0].lstrip("\ufeff").startswith("WEBVTT")
    timing, shown = None, list[str]()
    for line in [*lines, ""]:
        next_timing = _timing(line)
        if line.strip() and not next_timing:
            shown.append(line.strip())
            continue
        if timing:
            if next_timing and shown and shown[-1].isdecimal():
                shown.pop()  # the number of the next cue, in a file without empty lines
            yield _timed_cue(timing, "\n".join(shown), is_vtt=is_vtt)
        timing, shown = next_timing, []


def _timed_cue(timing: "re.Match[str]", text: str, *, is_vtt: bool) -> _Cue:
    start, end = _milliseconds(*timing.groups()[:4]), _milliseconds(*timing.groups()[4:8])
    if is_vtt:
        return _Cue(start, end, text, timing[9].strip())
    return _Cue(start, end, _escaped(text))


def _timing(line: str) -> "re.Match[str] | None":
    return TIMING.match(line) if "-->" in line else None


def _ass_cues(lines: list[str]) -> Iterator[_Cue]:
    """The lines of `[Events]`; what stands where, their `Format` says."""
    fields = [*ASS_FIELDS, "text"]
    for line in lines:
        kind, _, rest = line.partition(":")
        if kind.strip().lower() == "format" and "text" in rest.lower():
            fields = [name.strip().lower() for name in rest.split(",")]
        elif kind.strip().lower() == "dialogue" and (cue := _ass_cue(rest, fields)):
            yield cue


def _ass_cue(rest: str, fields: list[str]) -> _Cue | None:
    values = dict(zip(fields, rest.split(",", len(fields) - 1), strict=False))
    start = ASS_CLOCK.fullmatch(values.get("start", ""))
    end = ASS_CLOCK.fullmatch(values.get("end", ""))
    if not start or not end or r"\p1" in values.get("text", ""):  # which is a drawing
        return None
    text = OVERRIDE.sub("", values.get("text", ""))
    lines = text.replace(r"\N", "\n").replace(r"\n", "\n").replace(r"\h", " ").split("\n")
    shown = "\n".join(line.strip() for line in lines if line.strip())
    return _Cue(_milliseconds(*start.groups()), _milliseconds(*end.groups()), _escaped(shown))


def _escaped(text: str) -> str:
    """As WebVTT writes it; of tags only those that it has itself are kept."""
    plain = OTHER_TAG.sub("", OVERRIDE.sub("", text))
    return KEPT_TAG.sub(r"<\1>", html.escape(html.unescape(plain), quote=False)).strip()


def _milliseconds(hours: str | None, minutes: str, seconds: str, fraction: str) -> int:
    whole = 3600 * int(hours or 0) + 60 * int(minutes) + int(seconds)
    return 1000 * whole + int(fraction.ljust(3, "0"))


def _vtt(cues: list[_Cue]) -> str:
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
