"""How every call starts, and how every untrusted source is opened."""

from fractions import Fraction

from video_app.pipeline.types import Source

# Playlists, manifests, scripts and images renamed to .mp4 make ffmpeg read other
# files; only a list of real containers stops all of them, a protocol list does not.
FORMAT_WHITELIST = "mov,matroska,avi,asf,mpegts,mpeg,flv,ogg"
PROTOCOL_WHITELIST = "file"
MAX_PIXELS = 8192 * 4320


def base_arguments(binary: str, *, threads: int = 0) -> list[str]:
    """What every call starts with."""
    return [
        binary,
        *("-nostdin", "-hide_banner", "-nostats", "-v", "error"),
        *("-threads", str(threads)),
    ]


def follow_shapes(source: Source) -> list[str]:
    """Input options that let filters see each picture's own size and pixel aspect."""
    # Scalers follow a new size; new filters would count from 0.
    options = ["-reinit_filter:v", "0"]
    if source.video.changes_shape and source.container.startswith("matroska"):
        # The head says all but the aspect, and what ffmpeg 7 and later find out about the first
        # picture overrules all others. Strict decoders need no analysis to order pictures.
        options += ["-nofind_stream_info", "-strict:v", "1"]
    return options


def input_arguments(path: str) -> list[str]:
    """How every untrusted source is opened. `path` is absolute."""
    return [
        *("-max_pixels", str(MAX_PIXELS)),
        *("-protocol_whitelist", PROTOCOL_WHITELIST, "-format_whitelist", FORMAT_WHITELIST),
        *("-probesize", "20M", "-analyzeduration", "36000M"),
        *("-i", f"file:{path}"),
    ]


def decimal(value: Fraction) -> str:
    return f"{float(value):.6f}"
