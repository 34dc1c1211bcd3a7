"""Films of unusual make, generated with ffmpeg and a few bytes changed by hand."""

import struct
from pathlib import Path

from tests.media.samples import AAC, X264, Samples, ffmpeg

CHIRP = "aevalsrc=0.4*sin(2*PI*(300+50*t)*t):s=48000"
FAST = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
FILM, SLIDES, PREVIEW = "320x180", "1280x720", "96x54"


def sound(seconds: float) -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", f"{CHIRP}:d={seconds}")


def pictures(size: str, seconds: float, rate: str = "25") -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}:d={seconds}")


def still(target: Path, seconds: int, *codec: str) -> None:
    """One picture under so many seconds of sound."""
    one = target.with_suffix(".one.mkv")
    ffmpeg(*pictures("640x360", 1, "1"), "-frames:v", "1", *(codec or FAST), str(one))
    both = ("-i", str(one), *sound(seconds), "-map", "0:v", "-map", "1:a")
    ffmpeg(*both, "-c:v", "copy", "-c:a", "aac", str(target))
    one.unlink()


def late(target: Path, seconds: int, *, stream: str) -> None:
    """A film whose pictures, or whose sound, begin so many seconds after the rest."""
    lengths = {"video": (6, seconds + 6), "audio": (seconds + 6, 6)}[stream]
    delay = ("-itsoffset", str(seconds))
    picture, tone = pictures(FILM, lengths[0]), sound(lengths[1])
    inputs = (*delay, *picture, *tone) if stream == "video" else (*picture, *delay, *tone)
    codec = ("-c:a", "mp2") if target.suffix == ".mpg" else ("-c:a", "aac")
    picture = ("-c:v", "mpeg2video") if target.suffix == ".mpg" else FAST
    # Copied: an encoder would fill the gap with pictures for some containers.
    made = target.with_suffix(".made.mkv")
    maps = ("-map", "0:v", "-map", "1:a")
    ffmpeg(*inputs, *maps, *picture, "-g", "25", *codec, "-fps_mode", "vfr", str(made))
    ffmpeg("-i", str(made), "-map", "0", "-c", "copy", str(target))
    made.unlink()


def many_sounds(target: Path, count: int, seconds: float = 4) -> None:
    maps = ("-map", "1:a") * count
    inputs = (*pictures(FILM, seconds), *sound(seconds))
    ffmpeg(*inputs, "-map", "0:v", *maps, *FAST, "-c:a", "aac", str(target))


def with_first_stream(target: Path, kind: str) -> None:
    """Two pictures with two seconds of sound, behind a stream of another kind."""
    text = target.with_suffix(".srt")
    text.write_text("1\n00:00:00,500 --> 00:00:01,000\nhello\n")
    cover = ("-f", "lavfi", "-i", "color=red:s=64x64:r=25:d=0.04")
    first, codec, marks = {
        "text": (("-i", str(text)), ("-c:s", "srt"), ()),
        "cover": (cover, ("-c:v:0", "mjpeg"), ("-disposition:v:0", "attached_pic")),
    }[kind]
    inputs = (*first, *pictures(FILM, 0.08), *sound(2))
    maps = ("-map", "0", "-map", "1:v", "-map", "2:a")
    ffmpeg(*inputs, *maps, *FAST, "-c:a", "aac", *codec, *marks, str(target))
    text.unlink()


def beside_slides(target: Path, seconds: int, *, rate: str, marks: tuple[str, str]) -> None:
    """A film with a larger track of slides; `marks` are the dispositions of both."""
    inputs = (*pictures(FILM, seconds), *pictures(SLIDES, seconds, rate), *sound(seconds))
    codecs = (*FAST, "-c:v:1", "mjpeg", "-q:v:1", "20", "-c:a", "aac")
    flags = ("-disposition:v:0", marks[0], "-disposition:v:1", marks[1])
    ffmpeg(*inputs, "-map", "0:v", "-map", "1:v", "-map", "2:a", *codecs, *flags, str(target))


def beside_preview(target: Path, marks: tuple[str, str]) -> None:
    """A film behind a preview of it, as long and with as many pictures."""
    inputs = (*pictures(PREVIEW, 8), *pictures(FILM, 8), *sound(8))
    flags = ("-disposition:v:0", marks[0], "-disposition:v:1", marks[1])
    maps = ("-map", "0:v", "-map", "1:v", "-map", "2:a")
    ffmpeg(*inputs, *maps, *FAST, "-c:a", "aac", *flags, str(target))


def programs(target: Path, *contents: tuple[int, ...]) -> None:
    """A transport stream of programs; each is a tuple of streams: 0 and 1 are pictures
    (the second ones larger), 2 and 3 are sounds of one and of two channels."""
    inputs = (*pictures(FILM, 4), *pictures("640x360", 4), *sound(4), *sound(4))
    maps = tuple(a for n in range(4) for a in ("-map", str(n)))
    named = tuple(
        argument
        for number, streams in enumerate(contents, 1)
        for argument in (
            "-program",
            ":".join([f"program_num={number}", *(f"st={s}" for s in streams)]),
        )
    )
    codecs = (*FAST, "-g", "25", "-c:a", "aac", "-ac:a:1", "2", "-f", "mpegts")
    ffmpeg(*inputs, *maps, *codecs, *named, str(target))


def broadcast(samples: Samples, name: str, *halves: tuple[str, ...]) -> Path:
    """MPEG-2 recordings appended to each other, each with its own clock or a later one."""

    def make(target: Path) -> None:
        content = b""
        for number, options in enumerate(halves):
            half = target.with_suffix(f".{number}.ts")
            inputs = (*pictures("720x576", 4, "50" if "interlace" in options else "25"), *sound(4))
            codec = ("-c:v", "mpeg2video", "-b:v", "1500k", "-g", "12", "-c:a", "mp2", "-ac", "2")
            ffmpeg(*inputs, *_interlaced(options), *codec, *_others(options), str(half))
            content += half.read_bytes()
            half.unlink()
        target.write_bytes(content)

    return samples.get(name, make)


def _interlaced(options: tuple[str, ...]) -> tuple[str, ...]:
    flags = ("-vf", "interlace", "-flags", "+ilme+ildct")
    return flags if "interlace" in options else ()


def _others(options: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(option for option in options if option != "interlace")


def call(target: Path, *sizes: str) -> None:
    """A call whose pictures change their size, four seconds each."""
    parts = []
    for number, size in enumerate(sizes):
        part = target.with_suffix(f".{number}.webm")
        codec = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "400k")
        ffmpeg(*pictures(size, 4), *sound(4), *codec, "-c:a", "libopus", "-ac", "2", str(part))
        parts.append(part)
    listed = target.with_suffix(".txt")
    listed.write_text("".join(f"file {part.name}\n" for part in parts))
    ffmpeg("-f", "concat", "-safe", "0", "-i", str(listed), "-c", "copy", str(target))


def plain(samples: Samples, name: str) -> Path:
    """Eight seconds of the clock in the container of that name."""
    return samples.film(name, *X264, *AAC)


def misstate(path: Path, seconds: float, target: Path) -> Path:
    """The film with another length in its header."""
    content = bytearray(path.read_bytes())
    if path.suffix == ".flv":
        at, number = content.index(b"duration") + 9, struct.pack(">d", seconds)
    elif path.suffix == ".mp4":  # in the units of the movie header, a thousandth of a second
        at, number = content.index(b"mvhd") + 20, struct.pack(">I", int(seconds * 1000))
    else:
        at, number = content.index(b"\x44\x89\x88") + 3, struct.pack(">d", seconds * 1000)
    content[at : at + len(number)] = number
    target.write_bytes(content)
    return target


def appended(target: Path, *paths: Path) -> Path:
    target.write_bytes(b"".join(path.read_bytes() for path in paths))
    return target
