"""How every call starts, and how every untrusted source is opened."""

from fractions import Fraction

from video_app.pipeline.location import TIMEOUT_SECONDS, input_name, is_url

# Playlists, manifests, scripts and images renamed to .mp4 make ffmpeg read other
# files; only a list of real containers stops all of them, a protocol list does not.
FORMAT_WHITELIST = "mov,matroska,avi,asf,mpegts,mpeg,flv,ogg"
PROTOCOL_WHITELIST = "file"
# Only for what our reader serves on this machine. The formats that would open further
# addresses are not among those above, and nobody follows a redirect to anywhere. The reader
# itself asks the bucket again, and knows when it gave less than there is.
NETWORK_WHITELIST = "http,tcp"
NETWORK = ["-max_redirects", "0", "-rw_timeout", str(TIMEOUT_SECONDS * 10**6)]
# From version 7 on, ffmpeg gives every picture the pixel aspect that it found out about the
# file. Where aspects change it must find out nothing: the headers of our copies say enough.
# `ffmpeg.run` leaves it out for older versions, which guess times after a jump wrongly then.
OWN_ASPECTS = "-nofind_stream_info"
MAX_PIXELS = 8192 * 4320


def base_arguments(binary: str, *, threads: int = 0) -> list[str]:
    """What every call starts with."""
    return [
        binary,
        *("-nostdin", "-hide_banner", "-nostats", "-v", "error"),
        *("-threads", str(threads)),
    ]


def input_arguments(location: str, *, changes_shape: bool = False) -> list[str]:
    """How every untrusted source is opened: an absolute path, or a URL of our own reader.

    With `changes_shape` each picture keeps the pixel aspect that the decoder read for it.
    """
    protocols, options = PROTOCOL_WHITELIST, []
    if is_url(location):
        protocols, options = NETWORK_WHITELIST, NETWORK
    return [
        *("-max_pixels", str(MAX_PIXELS)),
        *("-protocol_whitelist", protocols, "-format_whitelist", FORMAT_WHITELIST),
        *options,
        *([OWN_ASPECTS] if changes_shape else []),
        *("-probesize", "20M", "-analyzeduration", "36000M"),
        *("-i", input_name(location)),
    ]


def decimal(value: Fraction) -> str:
    return f"{float(value):.6f}"
