"""`reconcile`: the sweeper by hand."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from video_app.catalogue import index
from video_app.store import identity
from video_app.work import verifying
from video_app.work.lease import claim
from video_app.work.sweeper import reconcile


class Command(BaseCommand):
    help = "Finds lost work and leftovers and puts them right. Workers do so every minute."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what is wrong")
        parser.add_argument(
            "--remove-orphans",
            action="store_true",
            help="move films without a row into .quarantine/, however many they are",
        )
        parser.add_argument(
            "--verify",
            action="store_true",
            help="read every segment of every film; workers do so about once a week",
        )
        parser.add_argument(
            "--search", action="store_true", help="build what the search knows of all films anew"
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *, dry_run: bool, remove_orphans: bool, **options: Any) -> None:
        found = reconcile(dry_run=dry_run, remove_orphans=remove_orphans)
        if options["verify"] and not dry_run:
            found["damaged"] = verify_all()
        if options["search"] and not dry_run:
            found["indexed"] = index.rebuild()
        counts = {name: count for name, count in found.items() if count}
        if options["json"]:
            self.stdout.write(json.dumps(dict(found)))
            return
        text = ", ".join(f"{count} {name}" for name, count in counts.items())
        self.stdout.write(text or "nothing to do")
        if problem := identity.problem():
            self.stderr.write(f"Nothing was cleaned up. {problem}")


def verify_all() -> int:
    """How many chunks of all films are damaged; they are encoded again."""
    damaged = 0
    for pk in list(verifying.verifiable().values_list("pk", flat=True)):
        if lease := claim(verifying.verifiable().filter(pk=pk)):
            with lease.held(verifying.failed):
                damaged += verifying.run(lease)
    return damaged
