"""Videos with builds and bytes, without any encoding."""

from fractions import Fraction
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from video_app.models import Build, BuildState, Chunk, ChunkState, State, Video
from video_app.pipeline import layout
from video_app.pipeline.types import Plan, Rung, Source, VideoStream

SEGMENT_FRAMES = 144  # six seconds
VIDEO = VideoStream(
    index=0,
    codec="h264",
    width=1280,
    height=720,
    sample_aspect=Fraction(1),
    rotation=0,
    average_rate=Fraction(24),
    base_rate=Fraction(24),
    start=Fraction(0),
)


def make_plan(segments: int = 4, rungs: tuple[str, ...] = ("360p", "720p"), chunk: int = 2) -> Plan:
    """Segments of six seconds at 24 frames per second, `chunk` of them in a chunk."""
    return Plan(
        rate=Fraction(24),
        gop=48,
        cuts=tuple(range(0, (segments + 1) * SEGMENT_FRAMES, SEGMENT_FRAMES)),
        chunk_cuts=(*range(0, segments, chunk), segments),
        rungs=tuple(_rung(name) for name in rungs),
        source=Source("mov", 1000, Fraction(segments * 6), VIDEO),
    )


def _rung(name: str) -> Rung:
    height = int(name[:-1])
    return Rung(name, height * 16 // 9, height, 21, 3_000_000, 6_000_000, "fast", 128_000)


def make_video(title: str = "Big Buck Bunny", **fields: Any) -> Video:
    """A row without a film in it; no job is started for it."""
    given = {"state": State.PENDING, "video_file": "sources/a.mp4", "source_revision": 1}
    video = Video(title=title, **given | fields)
    Video.objects.bulk_create([video])
    return video


def make_film(title: str = "Big Buck Bunny", *, segments: int = 4, **fields: Any) -> Video:
    """A video that is complete, with all its segments on the disk."""
    video = make_video(title, **{"state": State.COMPLETED, "duration": segments * 6.0, **fields})
    publish(make_build(video, make_plan(segments)))
    return video


def make_build(video: Video, plan: Plan, *, done: int | None = None) -> Build:
    """A build of which the first `done` chunks are ready; complete when None."""
    build = Build.objects.create(
        video=video,
        source_revision=1,
        plan_json=plan.to_json(),
        state=BuildState.COMPLETE if done is None else BuildState.ENCODING,
    )
    for index in range(plan.chunks):
        ready = done is None or index < done
        Chunk.objects.create(
            build=build,
            index=index,
            state=ChunkState.DONE if ready else ChunkState.DUE,
            report=_write_chunk(build, plan, index) if ready else {},
        )
    return build


def publish(build: Build) -> None:
    """Make the build the current one of its video, and retire the one before."""
    video = build.video
    video.builds.exclude(pk=build.pk).update(retired_at=timezone.now())
    Video.objects.filter(pk=video.pk).update(current_build=build)
    video.current_build = build


def segment_bytes(build: Build, rung: str, number: int) -> bytes:
    """Looks like a transport stream from afar, and says whose it is."""
    packet = f"G build {build.pk} {rung} segment {number} ".encode()
    return packet.ljust(188, b".") * 20


def _write_chunk(build: Build, plan: Plan, index: int) -> dict[str, Any]:
    span = plan.chunk(index)
    report: dict[str, Any] = {}
    for rung in plan.rungs:
        for number in range(span.first_segment, span.end_segment):
            body = segment_bytes(build, rung.name, number)
            write(layout.segment_key(build.prefix, rung.name, number), body)
            segment = {"size": len(body), "iframes": [[0, 188], [188, 188], [376, 188]]}
            report.setdefault(rung.name, []).append(segment)
    return report


def write_progressive(build: Build, rung: str, body: bytes) -> None:
    write(layout.progressive_key(build.prefix, rung), body)
    build.progressive[rung] = len(body)
    build.save(update_fields=["progressive"])


def write(key: str, body: bytes) -> None:
    path = Path(settings.MEDIA_ROOT) / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
