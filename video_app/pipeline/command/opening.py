"""How every call starts, and how every untrusted source is opened."""

from fractions import Fraction

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
