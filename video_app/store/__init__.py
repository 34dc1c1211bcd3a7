"""Where files lie."""

from video_app.store.chosen import the_store
from video_app.store.interface import AwayError, Entry, File, OffsetError, Store

__all__ = ["AwayError", "Entry", "File", "OffsetError", "Store", "the_store"]
