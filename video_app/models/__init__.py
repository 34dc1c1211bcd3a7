"""What is stored: videos, their builds, the chunks of a build, marks, workers."""

from video_app.models.arrivals import Arrival, Upload
from video_app.models.builds import Build, BuildState, Chunk, ChunkState, Tombstone
from video_app.models.descriptions import Chapter, Person, Series, Tag
from video_app.models.leased import Installation, Leased, Worker
from video_app.models.marks import Favorite, WatchPosition
from video_app.models.play_links import PlayLink
from video_app.models.search import Mention, Word, WordKey
from video_app.models.subtitles import Subtitle
from video_app.models.videos import (
    Category,
    State,
    Video,
    VideoQuerySet,
    source_name,
    thumbnail_name,
    unfinished_work,
)

__all__ = [
    "Arrival",
    "Build",
    "BuildState",
    "Category",
    "Chapter",
    "Chunk",
    "ChunkState",
    "Favorite",
    "Installation",
    "Leased",
    "Mention",
    "Person",
    "PlayLink",
    "Series",
    "State",
    "Subtitle",
    "Tag",
    "Tombstone",
    "Upload",
    "Video",
    "VideoQuerySet",
    "WatchPosition",
    "Word",
    "WordKey",
    "Worker",
    "source_name",
    "thumbnail_name",
    "unfinished_work",
]
