"""Which addresses are the world's, and not ours or our neighbours'."""

import ipaddress
import socket
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
SCHEMES = {"http": 80, "https": 443}
# They carry an IPv4 address in their last 32 bits (RFC 6052).
TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


class ForbiddenTargetError(Exception):
    """Not http or https, not found, or inside; the message is for people."""


def checked(url: str) -> list[str]:
    """The addresses of a URL's host, all of them global; else `ForbiddenTargetError`.

    Whoever connects takes one of these: looked up again, the name may say something else.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or SCHEMES.get(parts.scheme, 0)
    except ValueError as error:
        raise ForbiddenTargetError(_("This is no address of the web.")) from error
    host = parts.hostname or ""
    if not port or not host or parts.username is not None:
        raise ForbiddenTargetError(_("This has to be an http or https address without a user."))
    found = _look_up(host, port)
    if host not in settings.WEBHOOK_ALLOWED_HOSTS and not all(map(_is_global, found)):
        raise ForbiddenTargetError(_("This address is not on the public internet."))
    return found


def _look_up(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ForbiddenTargetError(_("This host cannot be found.")) from error
    return list(dict.fromkeys(str(address[4][0]) for address in found))


def _is_global(text: str) -> bool:
    address = _plain(ipaddress.ip_address(text.partition("%")[0]))
    return address.is_global and not address.is_multicast


def _plain(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
