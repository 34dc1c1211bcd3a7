"""Films in older places: in this machine's media folder, or in the bucket as the first release
put them there, with a copy of the source beside each build.

Local files are removed only after the bucket's listing confirms them.
"""

import logging
from pathlib import Path

from django.db.models import Q

from video_app.models import Build, BuildState, Video
from video_app.pipeline.layout import LEASE_FOLDER
from video_app.store import File, files, is_there, local, the_store
from video_app.streaming import film_cache
from video_app.work import clock, folders, planning

logger = logging.getLogger(__name__)


def waiting() -> list[Video]:
    """Films of which something may lie in an older place."""
    here = {local.key(path) for path in local.root().glob("*/*") if path.is_file()}
    pks = [int(path.name) for path in local.root().glob("hls/*") if path.name.isdecimal()]
    builds = Q(builds__stored_at=None) & ~Q(builds__state__in=GONE)
    known = Q(video_file__in=here) | Q(thumbnail__in=here) | Q(poster__in=here) | Q(pk__in=pks)
    return list(Video.objects.filter(builds | known | Q(pk__in=_of_first_release())).distinct())


GONE = (BuildState.FAILED, BuildState.CANCELLED)


def _of_first_release() -> list[int]:
    """Films whose source lies beside their build only."""
    shown = Video.objects.filter(current_build__stored_at__isnull=False).exclude(video_file="")
    sources = the_store().sizes("sources")
    return [video.pk for video in shown.only("video_file") if video.video_file.name not in sources]


def adopt(video: Video) -> None:
    """Bring all of a film into the bucket; what is there already is not sent again.

    `OSError` when something of it is missing, or the bucket is away; then nothing is lost.
    """
    _fetch_source(video)
    for build in video.builds.exclude(state__in=GONE):
        _put(folders_of(build))
        Build.objects.filter(pk=build.pk, stored_at=None).update(stored_at=clock.now())
    keys = files.of(video)[:-1]
    _put([(local.path(key), key) for key in keys if local.path(key).is_file()])
    film_cache.forget([video.pk])
    for key in files.of(video):
        local.LocalStore().remove(key)
    if video.is_unfinished and video.video_file:
        planning.request_again(video.pk)  # half of it may be segments of a folder


def folders_of(build: Build) -> list[File]:
    found = folders.files_in(local.path(build.prefix), build.prefix)
    return [(path, key) for path, key in found if LEASE_FOLDER not in key]


def _fetch_source(video: Video) -> None:
    """The first release moved it beside the build that was made of it."""
    name, build = video.video_file.name or "", video.current_build
    if not name or not build or local.path(name).exists() or is_there(name):
        return
    old = f"{build.prefix}/source/{Path(name).name}"
    if is_there(old):
        the_store().move(old, name)
    else:
        logger.warning("source_not_found", extra={"video": video.pk, "key": name})


def _put(found: list[File]) -> None:
    """Send what is not in the bucket, or not whole; then look whether all of it is."""
    for prefix in {key.rpartition("/")[0] for _, key in found}:
        here = [(path, key) for path, key in found if key.rpartition("/")[0] == prefix]
        the_store().put(_missing(prefix, here))
        if missing := _missing(prefix, here):
            raise FileNotFoundError(f"not in the bucket: {missing[0][1]}")


def _missing(prefix: str, found: list[File]) -> list[File]:
    there = the_store().sizes(prefix)
    return [(path, key) for path, key in found if there.get(key) != path.stat().st_size]
