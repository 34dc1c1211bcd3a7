"""Calls that encode no picture: copies of streams, and text."""

from video_app.pipeline.command.opening import base_arguments, input_arguments
from video_app.pipeline.command.sound import resampler, stereo
from video_app.pipeline.streams import Source
from video_app.pipeline.types import SAMPLE_RATE


def remux(binary: str, path: str, source: Source, target: str) -> list[str]:
    """Copy the pictures into Matroska, to be sought in, with lossless stereo sound."""
    # No other streams: those that are declared and never come keep ffmpeg from starting.
    further = [stream.index for stream in source.audios]
    further += [stream.index for stream in source.subtitles]
    indexes = [source.video.index, *further]
    return [
        *base_arguments(binary),
        *("-fflags", "+genpts"),
        # A recorder may give streams other numbers on the way: they are still the same ones.
        *(("-merge_pmt_versions", "1") if source.container == "mpegts" else ()),
        *input_arguments(path),
        *(argument for index in indexes for argument in ("-map", f"0:{index}")),
        # Matroska cannot hold every kind of text either.
        *("-c:v", "copy", *_steady_sound(source), "-c:s", "srt"),
        *("-f", "matroska", "-y", f"file:{target}"),
    ]


def _steady_sound(source: Source) -> list[str]:
    """A chunk can neither follow sound that changes its channels or rate, nor can Matroska
    hold every kind of sound."""
    arguments = []
    for number, audio in enumerate(source.audios):
        arguments += [f"-filter:a:{number}", f"{stereo(audio)},{resampler()}"]
    return [
        *arguments,
        *("-c:a", "flac", "-ac", "2", "-ar", str(SAMPLE_RATE), "-sample_fmt", "s16"),
        # Whole milliseconds, which is all that Matroska's time stamps can tell.
        *("-frame_size", str(SAMPLE_RATE // 50)),
        # Damaged sound is no reason to lose the pictures.
        *("-max_error_rate", "1"),
    ]


def join(binary: str, names: list[str], target: str) -> list[str]:
    """Our own segments of one rendition as one MP4 that plays while it loads; no re-encode."""
    return [
        *base_arguments(binary),
        # Bytes are joined, not files: the time stamps go on as they stand.
        *("-protocol_whitelist", "concat,file", "-f", "mpegts", "-i", "concat:" + "|".join(names)),
        *("-map", "0:v", "-map", "0:a?", "-c", "copy", "-bsf:a", "aac_adtstoasc"),
        *("-movflags", "+faststart", "-f", "mp4", "-y", f"file:{target}"),
    ]


def sound_samples(binary: str, names: list[str], target: str) -> list[str]:
    """The main sound of our own segments as 16-bit samples, 16,000 a second, for an engine."""
    return [
        *base_arguments(binary),
        *("-protocol_whitelist", "concat,file", "-f", "mpegts", "-i", "concat:" + "|".join(names)),
        *("-map", "0:a:0", "-ac", "1", "-ar", "16000", "-f", "s16le", "-y", f"file:{target}"),
    ]


def subtitles(binary: str, path: str, indexes: dict[int, int], folder: str) -> list[str]:
    """Text streams as WebVTT: `<folder>/<number>.vtt` for each number and its stream."""
    outputs = []
    for number, index in indexes.items():
        outputs += ["-map", f"0:{index}", "-c:s", "webvtt", "-f", "webvtt", "-y"]
        outputs.append(f"file:{folder}/{number}.vtt")
    return [
        *base_arguments(binary),
        *("-copyts", "-start_at_zero"),
        *input_arguments(path),
        *outputs,
    ]
