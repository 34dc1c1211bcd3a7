"""Links through a CDN in front of the bucket (`MEDIA_CDN_URL`), signed as that CDN wants it.

`MEDIA_CDN_SIGNER` is `cloudfront`, or the dotted name of a function of your own (docs/deploy.md).
"""

import base64
import json
import time
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import quote

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.utils.module_loading import import_string

# Address of a file and the second since 1970 when its link ends → the link.
Signer = Callable[[str, int], str]
# Links of one build that begin within so many seconds end together, so that one signature does.
STEP_SECONDS = 600


def link(key: str, seconds: int) -> str:
    """A link to a file of the bucket that lives at least so long."""
    address = f"{settings.MEDIA_CDN_URL}/{quote(settings.AWS_LOCATION + key)}"
    end = -(-(time.time() + seconds) // STEP_SECONDS) * STEP_SECONDS
    return signer(settings.MEDIA_CDN_SIGNER)(address, int(end))


@cache
def signer(name: str) -> Signer:
    """`ImportError` for a name that leads to nothing."""
    found: Signer = cloudfront if name == "cloudfront" else import_string(name)
    return found


def cloudfront(address: str, end: int) -> str:
    """A signed URL of CloudFront with a custom policy: for a whole build, not file by file.

    To sign costs a millisecond, and a playlist has a thousand segments; whoever may have one of
    them may have all.
    """
    resource = _resource(address)
    names = ("Policy", "Signature", "Key-Pair-Id")
    values = (*_signed(resource, end), settings.MEDIA_CDN_KEY_ID)
    return f"{address}?" + "&".join(map("=".join, zip(names, values, strict=True)))


def _resource(address: str) -> str:
    """`…/hls/<film>/<build>/*` for what belongs to a build, else the file itself."""
    root = f"{settings.MEDIA_CDN_URL}/{quote(settings.AWS_LOCATION)}hls/"
    folders = address.removeprefix(root).split("/")
    if address.startswith(root) and len(folders) > 2:
        return f"{root}{folders[0]}/{folders[1]}/*"
    return address


@lru_cache(maxsize=1024)
def _signed(resource: str, end: int) -> tuple[str, str]:
    """Policy and signature, in CloudFront's alphabet."""
    condition = {"DateLessThan": {"AWS:EpochTime": end}}
    statement = {"Resource": resource, "Condition": condition}
    policy = json.dumps({"Statement": [statement]}, separators=(",", ":")).encode()
    # CloudFront knows no other digest for signed URLs.
    signature = _key(settings.MEDIA_CDN_KEY_FILE).sign(policy, PKCS1v15(), hashes.SHA1())  # noqa: S303
    return _encoded(policy), _encoded(signature)


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode().translate(str.maketrans("+=/", "-_~"))


@cache
def _key(file: str) -> RSAPrivateKey:
    found = load_pem_private_key(Path(file).read_bytes(), password=None)
    if not isinstance(found, RSAPrivateKey):
        raise ValueError("MEDIA_CDN_KEY_FILE has to hold an RSA key.")
    return found


def problem() -> str:
    """Why links cannot be signed; "" when they can."""
    try:
        signer(settings.MEDIA_CDN_SIGNER)(f"{settings.MEDIA_CDN_URL}/trial", 0)
    except (ImportError, OSError, ValueError) as error:
        return str(error)
    return ""
