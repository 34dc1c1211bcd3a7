"""Reading subtitle files of all kinds and encodings."""

from fractions import Fraction

import pytest

from video_app.pipeline import texts
from video_app.pipeline.subtitles import cut

SRT = (
    "1\r\n00:00:01,500 --> 00:00:03,000\r\nÜber Straße ♪\r\n\r\n"
    "2\r\n00:01:00,000 --> 00:01:02,5\r\n- Two\r\n- lines\r\n"
)
ASS = r"""[Script Info]
Title: x
[V4+ Styles]
Format: Name, Fontname
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:09.00,Default,,0,0,0,,nobody reads this
Dialogue: 0,0:00:01.50,0:00:03.00,Default,,0,0,0,,{\an8\i1}Up, there{\i0}\NSecond line
Dialogue: 0,0:00:04.00,0:00:05.00,Default,,0,0,0,,{\p1}m 0 0 l 1 1{\p0}
"""


def vtt(content: str | bytes, encoding: str = "") -> str:
    return texts.read(content.encode() if isinstance(content, str) else content, encoding).vtt


def test_reads_srt():
    assert vtt(SRT) == (
        "WEBVTT\n\n00:00:01.500 --> 00:00:03.000\nÜber Straße ♪\n\n"
        "00:01:00.000 --> 00:01:02.500\n- Two\n- lines\n"
    )


def test_reads_ass_without_drawings_and_overrides():
    assert vtt(ASS) == "WEBVTT\n\n00:00:01.500 --> 00:00:03.000\nUp, there\nSecond line\n"


def test_keeps_settings_and_tags_of_webvtt():
    text = "WEBVTT\n\nNOTE no\n\nid\n01:00.000 --> 01:01.000 line:0\n<v Ann>Hi &amp; bye\n"
    assert vtt(text) == "WEBVTT\n\n00:01:00.000 --> 00:01:01.000 line:0\n<v Ann>Hi &amp; bye\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_finds_out_unicode_encoding(encoding):
    assert "Über Straße ♪" in vtt(SRT.encode(encoding))


def test_takes_the_rest_for_windows_western():
    read = texts.read(SRT.replace("♪", "").encode("cp1252"))
    assert "Über Straße" in read.vtt
    assert (read.encoding, read.preview) == ("cp1252", "Über Straße / - Two - lines")


def test_reads_as_people_say():
    assert "Żółw" in vtt(SRT.replace("Über Straße ♪", "Żółw").encode("cp1250"), "cp1250")


def test_reads_srt_without_empty_lines():
    text = "1\n00:00:01,000 --> 00:00:02,000\nA\n2\n00:00:03,000 --> 00:00:04,000\nB"
    assert vtt(text).count("-->") == 2
    assert "\n2\n" not in vtt(text)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("<i>a</i> <b>b</b>", "<i>a</i> <b>b</b>"),
        ('<font color="red">a</font>', "a"),
        (r"{\an8}a", "a"),
        ("I <3 you & me", "I &lt;3 you &amp; me"),
        ("<script>x</script>", "&lt;script&gt;x&lt;/script&gt;"),
        ("a --> b", "a --&gt; b"),
    ],
)
def test_keeps_only_tags_that_webvtt_has(said, shown):
    assert f"\n{shown}\n" in vtt(f"1\n00:00:01,000 --> 00:00:02,000\n{said}\n")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 5000,
        b"\x89PNG\r\n\x1a\n" * 50,
        b"WEBVTT\n\n",
        b"00:00:02,000 --> 00:00:01,000\nx",
    ],
)
def test_refuses_what_is_no_subtitles(content):
    with pytest.raises(texts.BadTextError, match="not a subtitle file"):
        texts.read(content)


def test_refuses_too_much():
    with pytest.raises(texts.BadTextError, match="too large"):
        texts.read(b" " * (texts.MAX_BYTES + 1))
    cue = "00:00:01,000 --> 00:00:02,000\nx\n\n"
    with pytest.raises(texts.BadTextError, match="too large"):
        texts.read((cue * (texts.MAX_CUES + 1)).encode())


def test_refuses_unknown_encoding():
    with pytest.raises(texts.BadTextError, match="encodings"):
        texts.read(SRT.encode(), "rot13")


@pytest.mark.parametrize(
    ("shift", "expected"),
    [
        ("0.25", ["00:00:01.750 --> 00:00:03.250"]),
        ("-2", ["00:00:00.000 --> 00:00:01.000"]),
        ("59", ["00:01:00.500 --> 00:01:02.000"]),
        ("-3", []),
    ],
)
def test_shifts_cues(shift, expected):
    text = vtt(SRT.split("\r\n\r\n")[0])
    (whole, *more) = cut(text, Fraction(120), Fraction(shift))
    found = [line for part in (whole, *more) for line in part.splitlines() if "-->" in line]
    assert found == expected
