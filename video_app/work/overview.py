"""What staff want to know at a glance: what comes in, what is worked on, what is wrong."""

import shutil
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from video_app.catalogue import progress
from video_app.catalogue.outlook import outlook
from video_app.catalogue.sentences import translated
from video_app.models import Import, State, Upload, Video, WatchPosition, Worker
from video_app.store import identity, local
from video_app.work import clock
from video_app.work.stored import Stored, stored

SHOWN = 8
SILENT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Disk:
    """Bytes of the volume that the media lie on."""

    free: int
    total: int

    @property
    def percent(self) -> int:
        return round(100 * (self.total - self.free) / self.total) if self.total else 0


@dataclass(frozen=True, slots=True)
class Overview:
    counts: dict[str, int]  # films by what they are
    uploads: list[Upload]
    imports: list[Import]  # that are not over
    encoding: list[tuple[Video, dict[str, Any]]]  # with `outlook`
    failed: list[tuple[Video, str]]  # with the reason
    watched: list[Video]  # today, with `viewers`
    viewers: int
    workers: int
    problems: list[str]
    disk: Disk | None
    stored: Stored | None  # None without a bucket


def overview() -> Overview:
    """Everything, with as many queries at any size."""
    films = Video.objects.defer("description")
    encoding = films.filter(state__in=(State.PENDING, State.PROCESSING)).exclude(video_file="")
    today = WatchPosition.objects.filter(updated_at__gte=_midnight())
    return Overview(
        counts=_counts(),
        uploads=list(Upload.objects.unfinished().select_related("video")[:SHOWN]),
        imports=list(Import.objects.filter(finished_at=None, error="").order_by("pk")[:SHOWN]),
        encoding=[
            (video, outlook(video))
            for video in encoding.order_by("created_at").with_progress()[:SHOWN]
        ],
        failed=[
            (video, translated(video.error)) for video in films.filter(state=State.FAILED)[:SHOWN]
        ],
        watched=_watched(today),
        viewers=today.aggregate(people=Count("user", distinct=True))["people"],
        workers=_living().count(),
        problems=_problems(),
        disk=_disk(),
        stored=stored() if settings.USE_S3_MEDIA else None,
    )


def _midnight() -> Any:
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def _counts() -> dict[str, int]:
    has_file = ~Q(video_file="")
    counted: dict[str, int] = Video.objects.aggregate(
        published=Count("pk", filter=Q(is_published=True)),
        drafts=Count("pk", filter=Q(is_published=False)),
        waiting=Count("pk", filter=Q(state=State.PENDING) & has_file),
        encoding=Count("pk", filter=Q(state=State.PROCESSING)),
        failed=Count("pk", filter=Q(state=State.FAILED)),
        dated=Count("pk", filter=Q(publish_at__isnull=False) | Q(unpublish_at__isnull=False)),
    )
    return counted


def _watched(today: Any) -> list[Video]:
    viewers = Count("positions", filter=Q(positions__in=today))
    counted = Video.objects.filter(positions__in=today).annotate(viewers=viewers)
    return list(counted.order_by("-viewers", "title")[:SHOWN])


def _living() -> Any:
    return Worker.objects.filter(seen_at__gt=clock.ago(SILENT_SECONDS))


def _problems() -> list[str]:
    """What keeps work from going on, each once."""
    told = [identity.problem(), *_living().exclude(problem="").values_list("problem", flat=True)]
    waiting = [progress.waiting(video) for video in Video.objects.exclude(retry_at=None)[:SHOWN]]
    if not _living().exists():
        told.append(_("No worker is running: nothing is encoded."))
    return list(dict.fromkeys(map(translated, filter(None, [*told, *waiting]))))


def _disk() -> Disk | None:
    try:
        found = shutil.disk_usage(local.root())
    except OSError:  # the media are away, which is one of the problems
        return None
    return Disk(found.free, found.total)
