"""How much of the machine the encoding of a chunk gets."""

import os

from django.conf import settings

from video_app.models import Chunk, ChunkState
from video_app.pipeline.layers import Layer

# For the kernel: the pictures that somebody waits for go before those that come after them,
# each chunk's before the next one's, and these before the rest of films. A process keeps what it
# began with: the chunk itself has to say it, not only what is missing at that moment.
FIRST_NICENESS, NICENESS = 2, 17
AHEAD_NICENESS = {1: 7, 2: 9, 3: 13}  # by a chunk's index; of all later ones:
LAST_AHEAD_NICENESS = 16


def niceness(chunk: Chunk, layer: Layer) -> int:
    is_ahead = layer == Layer.LOW or not chunk.index
    if layer == Layer.HIGH or not is_ahead:
        return NICENESS
    earlier = Chunk.objects.filter(build=chunk.build_id, index__lt=chunk.index)
    waits = earlier.filter(state=ChunkState.DUE, has_low=False).exists()
    return AHEAD_NICENESS.get(chunk.index, LAST_AHEAD_NICENESS) if waits else FIRST_NICENESS


def threads(*, takes_all: bool) -> int:
    """All cores for what somebody waits for, and for the last chunk that is due; else one: as
    many chunks as there are processes are encoded side by side."""
    if settings.FFMPEG_THREADS:
        return int(settings.FFMPEG_THREADS)
    return min(settings.MAX_FFMPEG_THREADS, os.cpu_count() or 1) if takes_all else 1
