"""Which pages may read from the bucket."""

from typing import Any

from django.conf import settings

from video_app.store.s3 import client, errors

CORS_RULE = "videoflix"


def allow_pages(origins: list[str]) -> None:
    """Let pages of these origins read from the bucket; other rules of its stay."""
    bucket = settings.AWS_STORAGE_BUCKET_NAME
    rule = {
        "ID": CORS_RULE,
        "AllowedOrigins": origins,
        "AllowedMethods": ["GET", "HEAD"],
        "AllowedHeaders": ["*"],
        "ExposeHeaders": ["Content-Length", "Content-Range", "ETag"],
        "MaxAgeSeconds": 3600,
    }
    with errors():
        rules = [found for found in _cors_rules() if found.get("ID") != CORS_RULE]
        client().put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [*rules, rule]})


def _cors_rules() -> list[dict[str, Any]]:
    from botocore.exceptions import ClientError

    try:
        found = client().get_bucket_cors(Bucket=settings.AWS_STORAGE_BUCKET_NAME)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchCORSConfiguration":
            raise
        return []
    return list(found["CORSRules"])
