"""The bucket where finished films lie, under the names that S3's users know."""

from core.settings.env import env

USE_S3_MEDIA = env.bool("USE_S3_MEDIA", default=False)
AWS_STORAGE_BUCKET_NAME = env.str("AWS_STORAGE_BUCKET_NAME", default="")
AWS_S3_REGION_NAME = env.str("AWS_S3_REGION_NAME", default="")
# Of other makes of S3, whose buckets are folders of one host; empty: Amazon's.
AWS_S3_ENDPOINT_URL = env.str("AWS_S3_ENDPOINT_URL", default="").rstrip("/")
# Empty: boto3 looks where it always does, which finds the role of a machine at Amazon.
AWS_ACCESS_KEY_ID = env.str("AWS_ACCESS_KEY_ID", default="")
AWS_SECRET_ACCESS_KEY = env.str("AWS_SECRET_ACCESS_KEY", default="")

_AMAZON = f"https://{AWS_STORAGE_BUCKET_NAME}.s3"
_HOSTS = [f"{_AMAZON}.amazonaws.com", f"{_AMAZON}.{AWS_S3_REGION_NAME}.amazonaws.com"]
# What pages have to be allowed to load films from.
BUCKET_ORIGINS = ([AWS_S3_ENDPOINT_URL] if AWS_S3_ENDPOINT_URL else _HOSTS) if USE_S3_MEDIA else []
