"""`process_video`: transcode one video again, by the workers or here and now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from video_app import services, tasks
from video_app.models import Build, BuildState, State, Video


class Command(BaseCommand):
    help = "Transcodes a video again. With --sync in this process, without a worker."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("video_id", type=int)
        parser.add_argument("--sync", action="store_true", help="do it here and wait for the end")

    def handle(self, *, video_id: int, sync: bool, **options: Any) -> None:
        if not services.transcode_again(video_id):
            raise CommandError(f"There is no video {video_id} with a film in it.")
        if not sync:
            self.stdout.write(f"Video {video_id} will be transcoded by the workers.")
            return
        video = Video.objects.get(pk=video_id)
        tasks.plan_video(video_id, video.source_revision)
        for build in Build.objects.filter(video=video, state=BuildState.ENCODING):
            for index in range(build.plan.chunks):
                tasks.encode_chunk(build.pk, index)
            tasks.finish_build(build.pk)
        video.refresh_from_db()
        if video.state != State.COMPLETED:
            raise CommandError(
                video.error or f"Video {video_id} is {video.state}: a worker has it."
            )
        self.stdout.write(f"Video {video_id} is ready: {video.duration:.1f} s.")
