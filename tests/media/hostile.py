"""Files that mean harm or are no films, written byte by byte or with ffmpeg's own muxers."""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

from tests.media.samples import ffmpeg

VICTIM = "victim.ts"
# An address on which the tests listen; `{port}` is filled in.
URL = "http://127.0.0.1:{port}/x.ts"


def _hls(target: str) -> str:
    head = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:0\n"
    return f"{head}#EXTINF:4.0,\n{target}\n#EXT-X-ENDLIST\n"


def _dash(target: str) -> str:
    return (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"'
        ' mediaPresentationDuration="PT4S" profiles="urn:mpeg:dash:profile:isoff-main:2011">'
        '<Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"'
        f' codecs="avc1.640028"><BaseURL>{target}</BaseURL></Representation></AdaptationSet>'
        "</Period></MPD>"
    )


def _concat(target: str) -> str:
    return f"ffconcat version 1.0\nfile '{target}'\n"


def _svg(target: str) -> str:
    return (
        '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="320" height="180"'
        ' xmlns:xlink="http://www.w3.org/1999/xlink">'
        f'<image xlink:href="{target}" width="320" height="180"/></svg>'
    )


def _sdp(target: str) -> str:
    return (
        f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns={target}\nc=IN IP4 127.0.0.1\nt=0 0\n"
        "m=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n"
    )


def scripts(victim: Path, port: int) -> dict[str, str]:
    """Texts that would make ffmpeg read the victim, which lies next to them, or call home."""
    url = URL.format(port=port)
    targets = {"file-url": f"file://{victim}", "sibling": victim.name, "http": url}
    targets["parent"] = f"../{victim.parent.name}/{victim.name}"
    makers: dict[str, Callable[[str], str]] = {
        "hls": _hls,
        "dash": _dash,
        "ffconcat": _concat,
        "svg": _svg,
        "sdp": _sdp,
    }
    made = {
        f"{kind}-{name}": make(target)
        for kind, make in makers.items()
        for name, target in targets.items()
    }
    return made | {
        "tty": "\x1b[2J\x1b[31mHello, I am a film made of letters.\n" * 200,
        "html": f"<!doctype html><html><body><img src='{url}'></body></html>",
        "words": "This is no film at all. " * 1000,
        "ass": "[Script Info]\nScriptType: v4.00+\n[Events]\n",
    }


def gab2(film: Path, target: Path, playlist: str) -> None:
    """An AVI in which an HLS playlist poses as subtitles (HackerOne 2017)."""
    ffmpeg("-i", str(film), "-c", "copy", "-map", "0:v", str(target))
    content = bytearray(target.read_bytes())
    header = b"txts".ljust(20, b"\0") + struct.pack("<2I", 1, 1) + bytes(28)  # scale, rate
    stream = b"strl" + b"strh" + struct.pack("<I", len(header)) + header + b"strf" + bytes(4)
    stream = b"LIST" + struct.pack("<I", len(stream)) + stream
    body = b"GAB2\0\x02\0" + bytes(6) + b"\x04\0"
    body += struct.pack("<I", len(playlist)) + playlist.encode()
    body += b"\0" * (len(body) % 2)
    chunk = b"01tx" + struct.pack("<I", len(body)) + body
    _grow(content, content.index(b"movi") - 4, len(chunk))
    end = content.index(b"idx1")
    content[end:end] = chunk
    _grow(content, content.index(b"hdrl") - 4, len(stream))
    content[content.index(b"avih") + 32] += 1  # streams
    end = content.index(b"hdrl") - 4 + 4 + _size(content, content.index(b"hdrl") - 4)
    content[end - len(stream) : end - len(stream)] = stream
    _grow(content, 4, len(stream) + len(chunk))
    target.write_bytes(content)


def _size(content: bytearray, at: int) -> int:
    return int.from_bytes(content[at : at + 4], "little")


def _grow(content: bytearray, at: int, by: int) -> None:
    content[at : at + 4] = struct.pack("<I", _size(content, at) + by)


def huge_picture(target: Path, width: int, height: int) -> None:
    """A PNG in Matroska whose picture is large and whose file is small."""
    row = b"\0" * (1 + (width + 7) // 8)
    packer = zlib.compressobj(9)
    pixels = b"".join([*(packer.compress(row) for _ in range(height)), packer.flush()])
    header = struct.pack(">2I5B", width, height, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    picture = target.with_suffix(".png")
    picture.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
            for name, body in chunks
        )
    )
    _wrap(picture, target)


def _wrap(picture: Path, target: Path) -> None:
    copy = ("-c", "copy", "-frames:v", "2", "-f", "matroska")
    ffmpeg("-loop", "1", "-framerate", "1", "-i", str(picture), *copy, str(target))
    picture.unlink()


def many_streams(target: Path, count: int) -> None:
    """A film with one picture stream and very many sounds."""
    sounds = ("-map", "1:a") * count
    inputs = ("-f", "lavfi", "-i", "testsrc2=s=320x180:d=1", "-f", "lavfi", "-i", "anullsrc")
    codec = ("-c:v", "libx264", "-preset", "ultrafast", "-c:a", "pcm_s16le", "-t", "0.2")
    ffmpeg(*inputs, "-map", "0:v", *sounds, *codec, "-f", "matroska", str(target))


def gap_bomb(target: Path, hours: int) -> None:
    """Two pictures, many hours apart."""
    gap = f"testsrc2=s=320x180:r=1:d=2,setpts=N*{hours * 3600}/TB"
    codec = ("-fps_mode", "vfr", "-c:v", "libx264", "-preset", "ultrafast", "-bf", "0")
    ffmpeg("-f", "lavfi", "-i", gap, *codec, "-f", "mp4", str(target))


def sound_with_cover(target: Path) -> None:
    cover = target.with_suffix(".png")
    ffmpeg("-f", "lavfi", "-i", "color=red:s=300x300", "-frames:v", "1", str(cover))
    inputs = ("-i", str(cover), "-f", "lavfi", "-i", "sine=d=3", "-map", "0", "-map", "1")
    codec = ("-c:v", "copy", "-c:a", "aac", "-disposition:v:0", "attached_pic", "-f", "mp4")
    ffmpeg(*inputs, *codec, str(target))


def unknown_codec(film: Path, target: Path, tag: bytes) -> None:
    """The film with a codec renamed to one that nobody knows."""
    content = film.read_bytes()
    target.write_bytes(content.replace(tag, tag[:-3] + b"XYZ"))
