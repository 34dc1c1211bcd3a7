"""Videos with builds and bytes, without any encoding, and the work on them."""

import os
import time
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import django_rq
from django.conf import settings
from django.utils import timezone

from video_app.models import Build, BuildState, Chunk, ChunkState, Import, State, Video
from video_app.pipeline import layout
from video_app.pipeline.streams import Source, VideoStream
from video_app.pipeline.types import Plan, Rung
from video_app.work import encoding
from video_app.work.kind import Kind
from video_app.work.lease import Body, Lease, claim, work_on

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
    # Nor is it indexed for the search: tests that search call `index.rebuild`.
    Video.objects.filter(pk=video.pk).mark_indexed()
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
        verified_at=timezone.now() if done is None else None,
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


# --- work on films ------------------------------------------------------------------


def make_encoding(chunks: int = 2, *, done: int = 0, **fields: Any) -> Build:
    """A first build with so many chunks of one segment; shown as soon as one is done."""
    given = {"planned_revision": 1, "state": State.PROCESSING, "duration": chunks * 6.0}
    build = make_build(make_video(**given | fields), make_plan(segments=chunks, chunk=1), done=done)
    if done:
        publish(build)
    return build


def make_next_build(video: Video, plan: Plan, *, done: int = 0) -> Build:
    """A build of a new source of a film that is shown already."""
    fields = {"source_revision": 2, "planned_revision": 2, "state": State.PROCESSING}
    Video.objects.filter(pk=video.pk).update(**fields)
    build = make_build(video, plan, done=done)
    Build.objects.filter(pk=build.pk).update(source_revision=2)
    build.refresh_from_db()
    return build


def replace_source(video: Video) -> None:
    """A new file of the same film, as the admin's form saves it."""
    fresh = Video.objects.get(pk=video.pk)
    write("sources/b.mp4", b"another film")
    fresh.video_file.name = "sources/b.mp4"
    fresh.save()


def hold(kind: Kind, **which: Any) -> Lease:
    """The lease on a piece of work that is due."""
    lease = claim(kind.due().filter(**which))
    assert lease
    return lease


def run(kind: Kind, **which: Any) -> bool:
    """Do a piece of work if it is due; whether it was."""
    return work_on(kind.due().filter(**which), kind.run, kind.failed)


def work_under(lease: Lease, kind: Kind, body: Body | None = None) -> None:
    """Do what a lease was taken for before."""
    with lease.held(kind.failed):
        (body or kind.run)(lease)


def hold_chunk(build: Build, index: int) -> Lease:
    return hold(encoding.KIND, build=build, index=index)


def finish_chunk(build: Build, index: int) -> bool:
    return encoding.publish(hold_chunk(build, index), {}, None)


def end_pauses() -> None:
    """As if the pauses after faults of the machine were over."""
    for model in (Video, Build, Chunk, Import):
        model.objects.update(retry_at=None)


def jobs(*lanes: str) -> list[str]:
    names = lanes or ("urgent", "transcode")
    return [job for name in names for job in django_rq.get_queue(name).job_ids]


def ago(seconds: float) -> datetime:
    return timezone.now() - timedelta(seconds=seconds)


def make_old(path: Path, seconds: float = 2 * 24 * 3600) -> Path:
    then = time.time() - seconds
    os.utime(path, (then, then))
    return path
