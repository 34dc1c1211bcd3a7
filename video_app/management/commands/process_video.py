"""`process_video`: transcode one video again, by the workers or here and now."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from video_app.management.rows import shown
from video_app.models import Build, Chunk, State, Video
from video_app.work import encoding, extras, finishing, planning
from video_app.work.kind import Kind
from video_app.work.lease import work_on

PAUSE_SECONDS = 0.5


class Command(BaseCommand):
    help = "Transcodes a video again. With --sync in this process, without a worker."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("video_id", type=int)
        parser.add_argument("--sync", action="store_true", help="do it here and wait for the end")
        parser.add_argument("--json", action="store_true")

    def handle(self, *, video_id: int, sync: bool, **options: Any) -> None:
        if not planning.request_again(video_id):
            raise CommandError(f"There is no video {video_id} with a film in it.")
        while sync and _video(video_id).state in (State.PENDING, State.PROCESSING):
            _work_on(video_id)
            time.sleep(PAUSE_SECONDS)
        video = _video(video_id)
        if options["json"]:
            self.stdout.write(shown([video], as_json=True))
        if video.state == State.FAILED:
            raise CommandError(video.error)
        if not options["json"]:
            self.stdout.write(_sentence(video))


def _sentence(video: Video) -> str:
    if video.state == State.COMPLETED:
        return f"Video {video.pk} is ready: {video.duration:.1f} s."
    return f"Video {video.pk} will be transcoded by the workers."


def _video(video_id: int) -> Video:
    video = Video.objects.filter(pk=video_id).first()
    if video is None:
        raise CommandError(f"Video {video_id} was deleted meanwhile.")
    return video


def _work_on(video_id: int) -> None:
    """Do what no worker does; what one does, wait for."""
    builds = Build.objects.filter(video=video_id)
    _run_all(planning.KIND, Video.objects.filter(pk=video_id))
    _run_all(encoding.KIND, Chunk.objects.filter(build__in=builds).order_by("index"))
    _run_all(finishing.KIND, builds)
    _run_all(extras.KIND, builds)


def _run_all(kind: Kind, rows: Any) -> None:
    for pk in list(rows.values_list("pk", flat=True)):
        work_on(kind.due().filter(pk=pk), kind.run, kind.failed)
