"""What one chunk's encoding may take: seconds and memory."""

import os

from video_app.pipeline.types import ChunkSpan, Plan

# Wall clock: generous, because a slow machine is no error.
SECONDS_PER_SECOND = 40
MIN_SECONDS = 300
# Address space: stacks, heaps and pictures of each thread of the decoder, the filters and
# five encoders. Measured with 8K HDR: 1.7 GB with one thread, 0.4 GB more with each further.
MEMORY = 3 * 1024**3
MEMORY_PER_THREAD = 512 * 1024**2


def chunk_seconds(plan: Plan, span: ChunkSpan) -> int:
    """The wall clock that one chunk may take, with a second try from the film's start."""
    return 2 * try_seconds(plan, span)


def try_seconds(plan: Plan, span: ChunkSpan) -> int:
    length = plan.time(span.end_frame - span.first_frame)
    return max(MIN_SECONDS, int(length * SECONDS_PER_SECOND)) + int(plan.time(span.first_frame))


def chunk_memory(threads: int) -> int:
    """Bytes that an encode may take; 0 threads are one for each core."""
    return MEMORY + MEMORY_PER_THREAD * (threads or os.cpu_count() or 1)
