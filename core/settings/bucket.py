"""The bucket where all files lie with `USE_S3_MEDIA`, under the names that S3's users know."""

from urllib.parse import urlsplit

from core.settings.env import env

USE_S3_MEDIA = env.bool("USE_S3_MEDIA", default=False)
AWS_STORAGE_BUCKET_NAME = env.str("AWS_STORAGE_BUCKET_NAME", default="")
AWS_S3_REGION_NAME = env.str("AWS_S3_REGION_NAME", default="")
# Of S3-compatible services, whose buckets are folders of one host; empty: Amazon's.
AWS_S3_ENDPOINT_URL = env.str("AWS_S3_ENDPOINT_URL", default="").rstrip("/")
# Empty: boto3 looks where it always does, which finds the role of a machine at Amazon.
AWS_ACCESS_KEY_ID = env.str("AWS_ACCESS_KEY_ID", default="")
AWS_SECRET_ACCESS_KEY = env.str("AWS_SECRET_ACCESS_KEY", default="")
AWS_SESSION_TOKEN = env.str("AWS_SESSION_TOKEN", default="")
# What every key begins with, so that others may use the bucket too; "" or with a slash at its end.
AWS_LOCATION = f"{env.str('AWS_LOCATION', default='').strip('/')}/".lstrip("/")
# How browsers reach the bucket, where that is another address than the one above.
AWS_S3_PUBLIC_ENDPOINT_URL = env.str("AWS_S3_PUBLIC_ENDPOINT_URL", default="").rstrip("/")
# False: web passes the bytes through, and nobody else needs to reach the bucket.
BUCKET_LINKS = env.bool("BUCKET_LINKS", default=True)


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
        AWS_S3_PUBLIC_ENDPOINT_URL or AWS_S3_ENDPOINT_URL,
    )
    if USE_S3_MEDIA and BUCKET_LINKS
    else []
)
