"""`adopt_media`: say that the media folder and this database belong together."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from video_app.models import Build, Installation, Video
from video_app.store import identity, local, the_store
from video_app.work import cleanup, orphans


class Command(BaseCommand):
    help = (
        "Makes the media folder this database's. Until then nothing in it is written, moved or "
        "deleted. Films that the database does not know go to .quarantine/ with --quarantine."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--yes", action="store_true", help="do it, not only look")
        parser.add_argument("--quarantine", action="store_true", help="move unknown films away")

    def handle(self, *, yes: bool, quarantine: bool, **options: Any) -> None:
        if not (problem := identity.problem()):
            self.stdout.write("The media belong to this database already.")
            return
        if not local.root().is_dir():
            raise CommandError(f"There is no folder {local.root()}. Mount it, or make it.")
        unknown = unknown_folders()
        self.stdout.write(problem)
        self.stdout.write(f"Films in the database: {Video.objects.count()}, {_present()}.")
        self.stdout.write(f"Folders that it does not know: {len(unknown)}.")
        if not yes:
            self.stdout.write("Nothing was changed. Again with --yes to adopt the folder.")
            return
        if unknown and not quarantine:
            raise CommandError(
                "New films would be written over the unknown ones. Restore the database that "
                "knows them, or move them away with --quarantine."
            )
        cleanup.quarantine(unknown)
        adopt()
        self.stdout.write("The media belong to this database now.")


def unknown_folders() -> list[str]:
    """Folders of films or builds that no row knows."""
    return list(orphans.orphan_folders())


def adopt() -> None:
    installation, _ = Installation.objects.get_or_create(pk=1)
    mark = identity.read_mark()
    if mark is None:
        identity.write_mark(installation.media_id)
    Installation.objects.filter(pk=1).update(
        media_id=mark or installation.media_id, is_marked=True, orphans=0
    )


def _present() -> str:
    builds = Build.objects.filter(finished_at__isnull=False, retired_at=None)
    there = sum(next(the_store().list(build.prefix), None) is not None for build in builds)
    return f"of which {there} of {len(builds)} encoded ones lie in the folder"
