"""Addresses that films may be fetched from: only public ones, whatever their names resolve to."""

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from video_app.pipeline.errors import PipelineError
from video_app.pipeline.sentences import sentence

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.ip_network("64:ff9b::/96")
NOT_HTTP = sentence("Only http and https addresses without a password can be fetched.")
INNER = sentence("%(host)s is not on the public internet: it is not fetched.")
UNKNOWN = sentence("There is no host %(host)s.")


def split(url: str) -> SplitResult:
    """The parts of an address; `PipelineError` when it is none that may be fetched."""
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in ("http", "https") and parts.hostname and not parts.username
        parts.port  # noqa: B018 - raises for a port that there is not
    except ValueError as error:
        raise PipelineError(NOT_HTTP) from error
    if not is_good:
        raise PipelineError(NOT_HTTP)
    return parts


def resolve(host: str, port: int) -> str:
    """The one address to connect to; `PipelineError` unless all that the name has are public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise PipelineError(UNKNOWN % {"host": host}) from error
    addresses = [str(address[0]).partition("%")[0] for *_, address in found]
    if host.lower() not in settings.IMPORT_ALLOWED_HOSTS and not all(map(_is_public, addresses)):
        raise PipelineError(INNER % {"host": host})
    return addresses[0]


def _is_public(text: str) -> bool:
    address = _unwrapped(ipaddress.ip_address(text))
    return address.is_global and not address.is_multicast


def _unwrapped(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    tunnelled = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or tunnelled or address
