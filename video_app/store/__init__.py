"""Where files lie."""

from video_app.store.chosen import is_there, the_store
from video_app.store.interface import AwayError, Entry, File, Store

__all__ = ["AwayError", "Entry", "File", "Store", "is_there", "the_store"]
