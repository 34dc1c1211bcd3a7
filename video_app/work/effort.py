"""How much of the machine the encoding of a chunk gets."""

import os

from django.conf import settings

from video_app.models import Chunk, ChunkState
from video_app.pipeline.layers import Layer
from video_app.streaming import watching

# For the kernel. Of a film that somebody watches the pictures that are needed next go before
# everything else, and each chunk before the one after it: a process keeps the niceness that it
# began with, so the chunk itself has to say it.
NEXT_NICENESS = 1
AHEAD_NICENESS = {1: 3, 2: 5, 3: 7}  # by a chunk's index
FAR_AHEAD_NICENESS = 8
# First pictures, and beginnings of films that nobody watches yet.
FIRST_NICENESS = 4
BEGINNING_NICENESS = {1: 11, 2: 13}
NICENESS = 19


def niceness(chunk: Chunk, layer: Layer) -> int:
    if layer == Layer.HIGH or (layer == Layer.ALL and chunk.index):
        return NICENESS
    if not chunk.index:
        return FIRST_NICENESS
    if chunk.build.video_id not in watching.watched_now():
        return BEGINNING_NICENESS.get(chunk.index, NICENESS)
    earlier = Chunk.objects.filter(build=chunk.build_id, index__lt=chunk.index)
    if earlier.filter(state=ChunkState.DUE, has_low=False).exists():
        return AHEAD_NICENESS.get(chunk.index, FAR_AHEAD_NICENESS)
    return NEXT_NICENESS


def threads(*, takes_all: bool) -> int:
    """All cores for what somebody waits for, and for the last chunk that is due; else one: as
    many chunks as there are processes are encoded side by side."""
    if settings.FFMPEG_THREADS:
        return int(settings.FFMPEG_THREADS)
    return min(settings.MAX_FFMPEG_THREADS, os.cpu_count() or 1) if takes_all else 1
