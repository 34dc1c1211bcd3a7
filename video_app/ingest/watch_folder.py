"""The watched folder: films that appear in it are imported once, and nothing is removed."""

import logging
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache

from video_app.ingest import imports
from video_app.models import FoundFile, Import
from video_app.work import fetching

logger = logging.getLogger(__name__)

# A file is whole when it has not changed for so long.
SETTLED_SECONDS = 30
SCAN, FOUND = "import_scan", "import_found"


def watch() -> None:
    """Import what has come into the folder and grows no more."""
    if not settings.WATCH_FOLDER or not cache.add(SCAN, 1, settings.SWEEP_SECONDS // 2 or 1):
        return
    before: dict[str, Any] = cache.get(FOUND) or {}
    now: dict[str, Any] = {}
    for path in imports.films_in(Path(settings.WATCH_FOLDER)):
        seen = fetching.seen(path.lstat())
        since = before.get(str(path), [seen, time.time()])
        now[str(path)] = since if since[0] == seen else [seen, time.time()]
        if time.time() - now[str(path)][1] >= SETTLED_SECONDS:
            _import_once(path, seen)
    cache.set(FOUND, now, None)


def _import_once(path: Path, seen: str) -> None:
    """Unless it is what was found before, whatever became of that film."""
    if FoundFile.objects.filter(location=str(path), seen=seen).exists():
        return
    content = imports.content(path)
    known = (model.objects.filter(content=content) for model in (FoundFile, Import))
    if not any(rows.exists() for rows in known) and imports.add_file(path):
        logger.info("film_found", extra={"file": path.name})
    about = {"seen": seen, "content": content}
    FoundFile.objects.update_or_create(location=str(path), defaults=about)
