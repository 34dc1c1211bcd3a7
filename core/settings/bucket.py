"""The bucket where all files lie with `USE_S3_MEDIA`, under the names that S3's users know."""

from urllib.parse import parse_qs, unquote, urlsplit

from core.settings.env import env


def from_url(url: str) -> dict[str, str]:
    """What a `BUCKET_URL` says, under the names of the single variables.

    `s3://KEY:SECRET@bucket/prefix?region=eu-central-1` is a bucket of Amazon's,
    `https://KEY:SECRET@s3.example.org/bucket/prefix` one of a compatible service.
    """
    parts = urlsplit(url)
    if not parts.hostname:
        return {}
    names = [parts.hostname] if parts.scheme == "s3" else []
    names += [name for name in parts.path.split("/") if name]
    address = parts.netloc.rpartition("@")[2]
    return {
        "AWS_STORAGE_BUCKET_NAME": names[0] if names else "",
        "AWS_LOCATION": "/".join(names[1:]),
        "AWS_S3_ENDPOINT_URL": "" if parts.scheme == "s3" else f"{parts.scheme}://{address}",
        "AWS_S3_REGION_NAME": parse_qs(parts.query).get("region", [""])[0],
        "AWS_ACCESS_KEY_ID": unquote(parts.username or ""),
        "AWS_SECRET_ACCESS_KEY": unquote(parts.password or ""),
    }


_url = from_url(env.str("BUCKET_URL", default=""))

USE_S3_MEDIA = env.bool("USE_S3_MEDIA", default=bool(_url))
AWS_STORAGE_BUCKET_NAME = env.str(
    "AWS_STORAGE_BUCKET_NAME", default=_url.get("AWS_STORAGE_BUCKET_NAME", "")
)
AWS_S3_REGION_NAME = env.str("AWS_S3_REGION_NAME", default=_url.get("AWS_S3_REGION_NAME", ""))
# Of S3-compatible services, whose buckets are folders of one host; empty: Amazon's.
AWS_S3_ENDPOINT_URL = env.str(
    "AWS_S3_ENDPOINT_URL", default=_url.get("AWS_S3_ENDPOINT_URL", "")
).rstrip("/")
# Empty: boto3 looks where it always does, which finds the role of a machine at Amazon.
AWS_ACCESS_KEY_ID = env.str("AWS_ACCESS_KEY_ID", default=_url.get("AWS_ACCESS_KEY_ID", ""))
AWS_SECRET_ACCESS_KEY = env.str(
    "AWS_SECRET_ACCESS_KEY", default=_url.get("AWS_SECRET_ACCESS_KEY", "")
)
AWS_SESSION_TOKEN = env.str("AWS_SESSION_TOKEN", default="")
# What every key begins with, so that others may use the bucket too; "" or with a slash at its end.
_location = env.str("AWS_LOCATION", default=_url.get("AWS_LOCATION", ""))
AWS_LOCATION = f"{_location.strip('/')}/".lstrip("/")
# How browsers reach the bucket, where that is another address than the one above.
AWS_S3_PUBLIC_ENDPOINT_URL = env.str("AWS_S3_PUBLIC_ENDPOINT_URL", default="").rstrip("/")
# False: web passes the bytes through, and nobody else needs to reach the bucket.
BUCKET_LINKS = env.bool("BUCKET_LINKS", default=True)
# A CDN in front of the bucket, such as https://d111111abcdef8.cloudfront.net: links lead there.
MEDIA_CDN_URL = env.str("MEDIA_CDN_URL", default="").rstrip("/")
# `cloudfront`, or the dotted name of a function that signs.
MEDIA_CDN_SIGNER = env.str("MEDIA_CDN_SIGNER", default="cloudfront")
MEDIA_CDN_KEY_ID = env.str("MEDIA_CDN_KEY_ID", default="")
MEDIA_CDN_KEY_FILE = env.str("MEDIA_CDN_KEY_FILE", default="")


def origins(name: str, region: str, endpoint: str) -> list[str]:
    """Where links into a bucket may lead, which pages have to be allowed to load from."""
    if endpoint:
        parts = urlsplit(endpoint)
        return [f"{parts.scheme}://{parts.netloc}"]
    domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return [f"https://{name}.s3.{domain}", f"https://{name}.s3.{region}.{domain}"]


BUCKET_ORIGINS = (
    origins(
        AWS_STORAGE_BUCKET_NAME,
        AWS_S3_REGION_NAME,
        MEDIA_CDN_URL or AWS_S3_PUBLIC_ENDPOINT_URL or AWS_S3_ENDPOINT_URL,
    )
    if USE_S3_MEDIA and BUCKET_LINKS
    else []
)
