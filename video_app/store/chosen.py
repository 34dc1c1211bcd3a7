"""Which of the stores the settings name."""

from django.conf import settings

from video_app.store.bucket import BucketStore
from video_app.store.interface import Store
from video_app.store.local import LocalStore


def the_store() -> Store:
    """The store that all files of this installation lie in."""
    return BucketStore() if settings.USE_S3_MEDIA else LocalStore()


def is_there(key: str) -> bool:
    """Whether there is a file under the key."""
    try:
        return the_store().size(key) >= 0
    except FileNotFoundError:
        return False
