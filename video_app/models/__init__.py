"""What is stored: videos, their builds, the chunks of a build, marks, workers."""

from video_app.models.arrivals import (
    Arrival,
    FormerSource,
    FoundFile,
    Import,
    ImportOrigin,
    Upload,
    held_keys,
)
from video_app.models.builds import Build, BuildState, Chunk, ChunkState, Tombstone
from video_app.models.categories import Category
from video_app.models.descriptions import Chapter, Person, Series, Tag
from video_app.models.leased import Installation, Leased, Worker
from video_app.models.marks import Favorite, WatchPosition, are_of
from video_app.models.play_links import PlayLink
from video_app.models.preferences import Preferences
from video_app.models.querysets import VideoQuerySet, unfinished_work
from video_app.models.search import Mention, Word, WordKey
from video_app.models.subtitles import Subtitle
from video_app.models.videos import (
    Audience,
    State,
    Video,
    source_name,
    thumbnail_name,
)
from video_app.models.watching import FilmDay, Viewing, WatchTotals
from video_app.models.webhooks import Delivery, DeliveryState, Event, Webhook

__all__ = [
    "Arrival",
    "Audience",
    "Build",
    "BuildState",
    "Category",
    "Chapter",
    "Chunk",
    "ChunkState",
    "Delivery",
    "DeliveryState",
    "Event",
    "Favorite",
    "FilmDay",
    "FormerSource",
    "FoundFile",
    "Import",
    "ImportOrigin",
    "Installation",
    "Leased",
    "Mention",
    "Person",
    "PlayLink",
    "Preferences",
    "Series",
    "State",
    "Subtitle",
    "Tag",
    "Tombstone",
    "Upload",
    "Video",
    "VideoQuerySet",
    "Viewing",
    "WatchPosition",
    "WatchTotals",
    "Webhook",
    "Word",
    "WordKey",
    "Worker",
    "are_of",
    "held_keys",
    "source_name",
    "thumbnail_name",
    "unfinished_work",
]
