"""`reconcile`: the sweeper by hand."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from video_app.sweep import reconcile


class Command(BaseCommand):
    help = "Finds lost work and leftovers and puts them right. Workers do so every minute."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what is wrong")
        parser.add_argument("--json", action="store_true")

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        found = reconcile(dry_run=dry_run)
        self.stdout.write(json.dumps(asdict(found)) if options["json"] else str(found))
