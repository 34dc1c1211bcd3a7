"""A finished film's way into the bucket, and what may go from here once it is there.

Nothing local goes because a row says that it lies in the bucket: that is looked at first.
What is missing there, because the bucket is another one or somebody emptied it, is put
there again.
"""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from video_app import services
from video_app.models import Build, Discarded, State, Video
from video_app.pipeline import layout, subtitles
from video_app.store import bucket

# Whoever still copies for a build that is gone has noticed after so many leases.
DISCARD_LEASES = 10


def copy(build: Build, *, watch: Callable[[], None]) -> None:
    """Put everything of a build into the bucket that is not there yet, and its source.

    `FileNotFoundError` when a part is missing here, `bucket.BucketError`.
    """
    bucket.put(_missing(build, [*_files(build), *_source(build)]), watch=watch)


def _missing(build: Build, files: list[tuple[Path, str]]) -> list[tuple[Path, str]]:
    """Those of some local files that are not in the bucket, or not whole."""
    stored = bucket.sizes(build.prefix)
    return [(path, key) for path, key in files if stored.get(key) != path.stat().st_size]


def _files(build: Build) -> Iterator[tuple[Path, str]]:
    """Every file that players may ask for, here and there."""
    plan, prefix = build.plan, build.prefix
    folders = [rung.name for rung in plan.rungs]
    folders += [layout.track_name(number) for number in range(len(plan.tracks))]
    texts = range(subtitles.segment_count(plan.duration))
    keys = [
        *(layout.segment_key(prefix, name, n) for name in folders for n in range(plan.segments)),
        *(layout.progressive_key(prefix, rung) for rung in build.progressive),
        *(layout.subtitle_key(prefix, t, n) for t in range(build.subtitles) for n in texts),
        *(layout.storyboard_key(prefix, n) for n in range(build.storyboard_sheets)),
    ]
    return ((_root() / key, key) for key in keys)


def _source(build: Build) -> Iterator[tuple[Path, str]]:
    if build.source_revision == build.video.source_revision:
        path = Path(build.video.video_file.path)
        yield path, layout.stored_source_key(build.prefix, path.name)


def bring_back(video: Video, *, watch: Callable[[], None]) -> None:
    """Fetch a source that has moved to the bucket with its film."""
    path = Path(video.video_file.path)
    build = services.in_bucket().filter(pk=video.current_build_id).first()
    if build and not path.exists():
        bucket.fetch(layout.stored_source_key(build.prefix, path.name), path, watch=watch)


# --- what may go --------------------------------------------------------------------


def chores() -> int:
    """How much `tidy` would look at."""
    if not settings.USE_S3_MEDIA:
        return 0
    return _discarded().count() + len(_spent_builds()) + len(_spent_sources())


def tidy() -> None:
    """Remove from the bucket what is gone here, and from here what lies in the bucket."""
    if not settings.USE_S3_MEDIA:
        return
    for discarded in _discarded():
        bucket.remove(discarded.prefix)
        discarded.delete()
    for build in _spent_builds():
        _let_segments_go(build)
    for build in _spent_sources():
        _let_source_go(build)


def _discarded() -> Any:
    noticed = timezone.now() - timedelta(seconds=DISCARD_LEASES * settings.LEASE_SECONDS)
    return Discarded.objects.filter(created_at__lt=noticed)


def _spent_builds() -> list[Build]:
    """Those with local files too. Whoever watches since before they were in the bucket has a
    playlist that leads here."""
    since = timezone.now() - timedelta(seconds=settings.RETIRED_BUILD_SECONDS)
    local = [int(path.name) for path in _root().glob("hls/*/*") if path.name.isdecimal()]
    return list(services.in_bucket().filter(pk__in=local, stored_at__lt=since))


def _let_segments_go(build: Build) -> None:
    folder = _root() / build.prefix
    local = [(path, _key(path)) for path in folder.rglob("*") if path.is_file()]
    if missing := _missing(build, local):
        _put_right(build, missing)
    else:
        shutil.rmtree(folder, ignore_errors=True)


def _put_right(build: Build, missing: list[tuple[Path, str]]) -> None:
    """A film that is here in full plays from here until it is copied again."""
    if all(path.exists() for path, _ in _files(build)):
        services.take_out_of_bucket(build)
    else:
        bucket.put(missing, watch=lambda: None)


def _spent_sources() -> list[Build]:
    local = [_key(path) for path in _root().glob("sources/*")]
    return list(_done_with().filter(video__video_file__in=local).select_related("video"))


def _done_with() -> Any:
    """Builds in the bucket whose film needs its source here for nothing."""
    return (
        services.in_bucket()
        .filter(
            pk=F("video__current_build"),
            source_revision=F("video__source_revision"),
            video__state=State.COMPLETED,
        )
        .exclude(video__in=Video.objects.filter(services.lacks_poster()))
    )


def _let_source_go(build: Build) -> None:
    ((path, key),) = _source(build)
    if missing := _missing(build, [(path, key)]):
        _put_right(build, missing)
        return
    with transaction.atomic():
        # Whoever wants to plan has to wait for this row, and finds the source or fetches it.
        Video.objects.filter(pk=build.video_id).select_for_update(of=("self",)).first()
        if _done_with().filter(pk=build.pk).exists():
            path.unlink(missing_ok=True)


def _key(path: Path) -> str:
    return path.relative_to(_root()).as_posix()


def _root() -> Path:
    return Path(settings.MEDIA_ROOT)
