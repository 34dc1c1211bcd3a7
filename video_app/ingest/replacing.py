"""Another source for a film, and the way back: the former one is kept for a while."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from video_app.models import Build, BuildState, FormerSource, State, Video
from video_app.streaming import film_cache


def keep(replaced: Video) -> FormerSource:
    """Remember a film's source, as the film was before it got another, and what showed it."""
    builds = Build.objects.filter(video=replaced, state=BuildState.COMPLETE)
    showed = builds.filter(source_revision=replaced.source_revision)
    return FormerSource.objects.create(
        video_id=replaced.pk,
        key=replaced.video_file.name or "",
        filename=replaced.original_name,
        size=replaced.size,
        build=showed.order_by("-pk").first(),
    )


def former(video: Video) -> FormerSource | None:
    """What one would go back to."""
    return video.former_sources.first()


def go_back(video_id: int) -> bool:
    """Give a film its former source again; whether there was one.

    What showed it is shown at once. The source of now is kept in its turn: going back twice
    changes nothing.
    """
    with transaction.atomic():
        video = Video.objects.select_for_update(of=("self",)).filter(pk=video_id).first()
        source = video and former(video)
        if not video or not source:
            return False
        build = source.build
        source.delete()
        video.take_source(source.key, source.filename)
        if build and build.state == BuildState.COMPLETE:
            _show(video, build)
    return True


def _show(video: Video, build: Build) -> None:
    """The newest source is the one that this build was made of: nothing is to be done."""
    now, revision = timezone.now(), video.source_revision
    others = video.builds.exclude(pk=build.pk)
    others.filter(state=BuildState.ENCODING).update(state=BuildState.CANCELLED)
    others.filter(retired_at=None).update(retired_at=now)
    Build.objects.filter(pk=build.pk).update(source_revision=revision, retired_at=None)
    plan = build.plan
    shown: dict[str, Any] = {
        "current_build": build,
        "planned_revision": revision,
        "state": State.COMPLETED,
        "duration": float(plan.duration),
        "width": plan.rungs[-1].width,
        "height": plan.rungs[-1].height,
    }
    Video.objects.filter(pk=video.pk).update(**shown)
    transaction.on_commit(lambda: film_cache.forget([video.pk]))


def tidy() -> None:
    """Forget sources that were replaced long ago; their files go with their rows."""
    since = timezone.now() - timedelta(hours=settings.REPLACED_HOURS)
    FormerSource.objects.filter(created_at__lt=since).delete()
