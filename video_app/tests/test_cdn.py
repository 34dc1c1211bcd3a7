"""Links through a CDN: signed as CloudFront checks them, or by a function of one's own."""

import base64
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from video_app.store import cdn
from video_app.store.bucket import BucketStore

CDN = "https://d1.cloudfront.test"
HOUR = 3600


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(autouse=True)
def cdn_settings(settings: Any, key: RSAPrivateKey, tmp_path: Path) -> Any:
    file = tmp_path / "key.pem"
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(key.private_bytes(*form))
    settings.MEDIA_CDN_URL, settings.MEDIA_CDN_SIGNER = CDN, "cloudfront"
    settings.MEDIA_CDN_KEY_ID, settings.MEDIA_CDN_KEY_FILE = "K2", str(file)
    settings.BUCKET_LINKS, settings.AWS_LOCATION = True, "films/"
    cdn._signed.cache_clear()
    return settings


def decoded(text: str) -> bytes:
    return base64.b64decode(text.translate(str.maketrans("-_~", "+=/")))


def opened(link: str, key: RSAPrivateKey) -> tuple[str, int]:
    """What CloudFront does: the resource and the end, when the signature is right."""
    asked = {name: value for name, (value,) in parse_qs(urlsplit(link).query).items()}
    assert asked["Key-Pair-Id"] == "K2"
    policy = decoded(asked["Policy"])
    key.public_key().verify(decoded(asked["Signature"]), policy, PKCS1v15(), hashes.SHA1())
    (statement,) = json.loads(policy)["Statement"]
    return statement["Resource"], statement["Condition"]["DateLessThan"]["AWS:EpochTime"]


def test_signs_for_all_of_a_build_as_cloudfront_checks(key: RSAPrivateKey) -> None:
    link = BucketStore().url("hls/1/2/360p/000.ts", 3 * HOUR)

    assert link.startswith(f"{CDN}/films/hls/1/2/360p/000.ts?")
    resource, end = opened(link, key)
    assert resource == f"{CDN}/films/hls/1/2/*"
    assert 3 * HOUR <= end - time.time() <= 3 * HOUR + cdn.STEP_SECONDS


def test_signs_for_nothing_else_than_a_file_outside_of_builds(key: RSAPrivateKey) -> None:
    assert opened(cdn.link("sources/a b.mp4", HOUR), key)[0] == f"{CDN}/films/sources/a%20b.mp4"
    assert opened(cdn.link("hls/1/notes.txt", HOUR), key)[0] == f"{CDN}/films/hls/1/notes.txt"


def test_tampered_policy_is_refused(key: RSAPrivateKey) -> None:
    link = cdn.link("hls/1/2/360p/000.ts", HOUR)
    policy = parse_qs(urlsplit(link).query)["Policy"][0]
    wider = base64.b64encode(decoded(policy).replace(b"/hls/1/2/", b"/hls/1/3/")).decode()

    with pytest.raises(InvalidSignature):
        opened(link.replace(policy, wider.translate(str.maketrans("+=/", "-_~"))), key)


def test_signs_once_for_a_playlist() -> None:
    queries = {urlsplit(cdn.link(f"hls/1/2/360p/{n:03}.ts", HOUR)).query for n in range(50)}

    assert len(queries) == 1
    assert cdn._signed.cache_info().misses == 1


def test_role_that_ends_soon_keeps_the_cdn(cdn_settings: Any) -> None:
    cdn_settings.AWS_SESSION_TOKEN = "of-a-role"

    assert BucketStore().url("hls/1/2/360p/000.ts", HOUR).startswith(CDN)


def test_passes_bytes_through_without_links(cdn_settings: Any) -> None:
    cdn_settings.BUCKET_LINKS = False

    assert BucketStore().url("hls/1/2/360p/000.ts", HOUR) == ""


def own_signer(address: str, end: int) -> str:
    return f"{address}?until={end}"


def test_asks_a_function_of_ones_own(cdn_settings: Any) -> None:
    cdn_settings.MEDIA_CDN_SIGNER = f"{__name__}.own_signer"

    assert "/films/hls/1/2/360p/000.ts?until=" in cdn.link("hls/1/2/360p/000.ts", HOUR)


@pytest.mark.parametrize(
    ("name", "value"), [("MEDIA_CDN_KEY_FILE", "/nowhere.pem"), ("MEDIA_CDN_SIGNER", "no.such")]
)
def test_says_why_it_cannot_sign(cdn_settings: Any, name: str, value: str) -> None:
    assert cdn.problem() == ""
    setattr(cdn_settings, name, value)
    cdn._signed.cache_clear()

    assert cdn.problem()
