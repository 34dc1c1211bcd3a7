"""Which of the stores the settings name."""

from video_app.store.interface import Store
from video_app.store.local import LocalStore


def the_store() -> Store:
    """The store that all files of this installation lie in."""
    return LocalStore()
