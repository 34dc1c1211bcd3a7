"""What subtitle files say and when: the cues of SRT, WebVTT and ASS."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

CLOCK = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
TIMING = re.compile(rf"^\s*{CLOCK}\s*-->\s*{CLOCK}(?=\s|$)(.*)$")
ASS_CLOCK = re.compile(r"\s*(\d{1,4}):(\d{1,2}):(\d{1,2})[.:](\d{1,3})\s*")
ASS_FIELDS = ("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect")
OVERRIDE = re.compile(r"\{[^{}]*\}")
KEPT_TAG = re.compile(r"&lt;(/?[ibu])&gt;", re.IGNORECASE)
OTHER_TAG = re.compile(r"</?font[^<>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cue:
    start: int  # milliseconds
    end: int
    text: str
    settings: str = ""


def cues(text: str) -> Iterator[Cue]:
    lines = text.splitlines()
    is_ass = any(line.lower().startswith(("[script info]", "dialogue:")) for line in lines)
    found = _ass_cues(lines) if is_ass else _timed_cues(lines)
    return (cue for cue in found if cue.text and cue.start < cue.end)


def _timed_cues(lines: list[str]) -> Iterator[Cue]:
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


def _timed_cue(timing: "re.Match[str]", text: str, *, is_vtt: bool) -> Cue:
    start, end = _milliseconds(*timing.groups()[:4]), _milliseconds(*timing.groups()[4:8])
    if is_vtt:
        return Cue(start, end, text, timing[9].strip())
    return Cue(start, end, _escaped(text))


def _timing(line: str) -> "re.Match[str] | None":
    return TIMING.match(line) if "-->" in line else None


def _ass_cues(lines: list[str]) -> Iterator[Cue]:
    """The lines of `[Events]`; what stands where, their `Format` says."""
    fields = [*ASS_FIELDS, "text"]
    for line in lines:
        kind, _, rest = line.partition(":")
        if kind.strip().lower() == "format" and "text" in rest.lower():
            fields = [name.strip().lower() for name in rest.split(",")]
        elif kind.strip().lower() == "dialogue" and (cue := _ass_cue(rest, fields)):
            yield cue


def _ass_cue(rest: str, fields: list[str]) -> Cue | None:
    values = dict(zip(fields, rest.split(",", len(fields) - 1), strict=False))
    start = ASS_CLOCK.fullmatch(values.get("start", ""))
    end = ASS_CLOCK.fullmatch(values.get("end", ""))
    if not start or not end or r"\p1" in values.get("text", ""):  # which is a drawing
        return None
    text = OVERRIDE.sub("", values.get("text", ""))
    lines = text.replace(r"\N", "\n").replace(r"\n", "\n").replace(r"\h", " ").split("\n")
    shown = "\n".join(line.strip() for line in lines if line.strip())
    return Cue(_milliseconds(*start.groups()), _milliseconds(*end.groups()), _escaped(shown))


def _escaped(text: str) -> str:
    """As WebVTT writes it; of tags only those that it has itself are kept."""
    plain = OTHER_TAG.sub("", OVERRIDE.sub("", text))
    return KEPT_TAG.sub(r"<\1>", html.escape(html.unescape(plain), quote=False)).strip()


def _milliseconds(hours: str | None, minutes: str, seconds: str, fraction: str) -> int:
    whole = 3600 * int(hours or 0) + 60 * int(minutes) + int(seconds)
    return 1000 * whole + int(fraction.ljust(3, "0"))
