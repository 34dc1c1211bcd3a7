"""The slow scrubber: what it finds, and what it leaves alone."""

import zlib
from pathlib import Path
from typing import Any

import pytest

from video_app.models import Build, Chunk, ChunkState, Video
from video_app.tests.films import jobs, make_film
from video_app.work import verifying
from video_app.work.lease import claim

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_media")]


@pytest.fixture
def film(media: Path, monkeypatch: pytest.MonkeyPatch) -> Video:
    """A film whose reports have checksums, and which nobody has read for long."""
    monkeypatch.setattr(verifying, "BYTES_PER_SECOND", 10**12)
    film = make_film(planned_revision=1)
    for chunk in Chunk.objects.all():
        first = film.current_build.plan.chunk(chunk.index).first_segment
        for folder, segments in chunk.report.items():
            for number, segment in enumerate(segments, first):
                path = media / film.current_build.prefix / folder / f"{number:03d}.ts"
                segment["crc32"] = zlib.crc32(path.read_bytes())
        chunk.save()
    Build.objects.update(extras_at="2026-01-01T00:00:00Z", verified_at="2026-01-01T00:00:00Z")
    return film


def verify() -> int:
    lease = claim(verifying.due())
    assert lease
    with lease.held(verifying.failed):
        return verifying.run(lease)
    return 0


def segment(media: Path, film: Video) -> Path:
    return media / film.current_build.prefix / "360p" / "002.ts"


def test_finds_nothing_in_whole_film(film: Video) -> None:
    assert verify() == 0
    assert not verifying.due().exists()
    assert not Chunk.objects.filter(state=ChunkState.DUE).exists()


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    "damage", [flip, Path.unlink, lambda path: path.write_bytes(b"G"), lambda path: path.touch()]
)
def test_has_damaged_chunk_encoded_again(film: Video, media: Path, damage: Any) -> None:
    whole = segment(media, film).read_bytes()
    damage(segment(media, film))
    is_damaged = not segment(media, film).exists() or segment(media, film).read_bytes() != whole
    assert verify() == is_damaged
    assert list(Chunk.objects.filter(state=ChunkState.DUE).values_list("index", flat=True)) == (
        [1] if is_damaged else []
    )
    assert [job for job in jobs() if job.startswith("repair_chunk")] == (
        [f"repair_chunk-{film.current_build.pk}-1"] if is_damaged else []
    )


def test_reads_no_film_twice_in_a_week(film: Video) -> None:
    verify()
    assert claim(verifying.due()) is None


def test_trusts_size_where_older_reports_have_no_checksum(film: Video, media: Path) -> None:
    for chunk in Chunk.objects.all():
        for segments in chunk.report.values():
            for described in segments:
                del described["crc32"]
        chunk.save()
    flip(segment(media, film))
    assert verify() == 0
