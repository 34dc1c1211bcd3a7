"""How much room films take in a bucket, as far as the database knows: nobody lists a bucket for
a page."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, Sum

from video_app.models import Build, BuildState, Chunk, FormerSource, Import, Upload, Video

# Builds that one sweep measures; each means to read its chunks' reports.
AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Stored:
    """Films that have builds in the bucket, and the bytes of all sources, segments and MP4s there;
    of posters, storyboards and subtitles nobody keeps them."""

    films: int
    bytes: int
    is_all: bool  # whether no build there is still to be measured


def stored() -> Stored:
    """With as many queries at any size."""
    builds = Build.objects.exclude(stored_at=None)
    here = Q(current_build=None) | Q(current_build__stored_at__isnull=False)
    unmeasured = builds.filter(state__in=(BuildState.ENCODING, BuildState.COMPLETE), size=None)
    return Stored(
        films=builds.values("video").distinct().count(),
        bytes=_sum(Video.objects.filter(here), "size")
        + _sum(FormerSource.objects.all(), "size")
        + _sum(Upload.objects.unfinished(), "offset")
        + _sum(Import.objects.filter(finished_at=None), "offset")
        + _sum(builds, "size"),
        is_all=not unmeasured.exists(),
    )


def _sum(rows: Any, column: str) -> int:
    total: int = rows.aggregate(bytes=Sum(column))["bytes"] or 0
    return total


def measure() -> int:
    """Note the bytes of builds that get no more files; of how many."""
    is_whole = ~Q(extras_at=None) | ~Q(retired_at=None)
    whole = Build.objects.filter(is_whole, state=BuildState.COMPLETE, size=None)
    builds = list(whole.order_by("-pk").only("pk", "progressive")[:AT_ONCE])
    for build in builds:
        Build.objects.filter(pk=build.pk).update(size=_size(build))
    return len(builds)


def _size(build: Build) -> int:
    reports = Chunk.objects.filter(build=build).values_list("report", flat=True)
    segments = (found for report in reports for folder in report.values() for found in folder)
    total: int = sum(found["size"] for found in segments) + sum(build.progressive.values())
    return total
