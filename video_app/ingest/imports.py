"""Films that the server fetches itself: told one by one, or found in the watched folder."""

import hashlib
import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import File
from django.db import transaction

from video_app.ingest import thumbnails
from video_app.ingest.drafts import draft
from video_app.ingest.validators import FILM_SUFFIXES, film_suffix
from video_app.models import Import, ImportOrigin, Video, source_name
from video_app.store import landing
from video_app.work import fetching, importing

logger = logging.getLogger(__name__)

# A file of the watched folder is whole when it has not changed for so long.
SETTLED_SECONDS = 30
EDGE_BYTES = 1024**2
SCAN, FOUND = "import_scan", "import_found"
PICTURES = (".jpg", ".jpeg", ".png", ".webp")


def add_address(url: str, *, owner: Any = None, publishes: bool = True) -> Import:
    """Have a film fetched; `ValidationError` when the address does not end like a film's."""
    name = unquote(urlsplit(url).path).rsplit("/", 1)[-1]
    return _add(name, owner, publishes, origin=ImportOrigin.URL, location=url)


def add_file(path: Path, *, owner: Any = None, publishes: bool = True) -> Import | None:
    """Have a film copied, with the picture beside it; none when it was imported before."""
    seen, content = fetching.seen(path.lstat()), _content(path)
    if Import.objects.filter(content=content).exists():
        return None
    about = {"location": str(path), "seen": seen, "content": content}
    row = _add(path.name, owner, publishes, origin=ImportOrigin.FOLDER, **about)
    _bring_picture(row.video, path)
    return row


def films_in(folder: Path) -> Iterator[Path]:
    """Regular files with a film's ending below a folder, through no link, by name."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths = (Path(parent, name) for name in sorted(names) if not name.startswith("."))
        yield from filter(_is_film, paths)


def _is_film(path: Path) -> bool:
    is_named_so = path.suffix[1:].lower() in FILM_SUFFIXES
    return is_named_so and path.is_file() and not path.is_symlink()


def watch() -> None:
    """Import what has come into the watched folder and grows no more; nothing is removed."""
    if not settings.WATCH_FOLDER or not cache.add(SCAN, 1, settings.SWEEP_SECONDS // 2 or 1):
        return
    before: dict[str, Any] = cache.get(FOUND) or {}
    now: dict[str, Any] = {}
    for path in films_in(Path(settings.WATCH_FOLDER)):
        seen = fetching.seen(path.lstat())
        since = before.get(str(path), [seen, time.time()])
        now[str(path)] = since if since[0] == seen else [seen, time.time()]
        if time.time() - now[str(path)][1] >= SETTLED_SECONDS:
            _import_once(path, seen)
    cache.set(FOUND, now, None)


def _import_once(path: Path, seen: str) -> None:
    if not Import.objects.filter(location=str(path), seen=seen).exists() and add_file(path):
        logger.info("film_found", extra={"file": path.name})


def _add(name: str, owner: Any, publishes: bool, **about: Any) -> Import:
    film_suffix(File(None, name))
    video = draft({"filename": name})
    video.owner, video.is_published = owner, False
    key = source_name(video, name)
    landing.begin(key)
    with transaction.atomic():
        video.save()
        row = Import.objects.create(
            video=video, owner=owner, publishes=publishes, filename=name[:255], key=key, **about
        )
        importing.request(Import.objects.filter(pk=row.pk))
    return row


def _content(path: Path) -> str:
    """What a film is known by: its size, its first and its last MiB."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        digest = hashlib.sha256(str(size).encode())
        for start in (0, max(0, size - EDGE_BYTES)):
            file.seek(start)
            digest.update(file.read(EDGE_BYTES))
    return digest.hexdigest()


def _bring_picture(video: Video, path: Path) -> None:
    """`Film.jpg` beside `Film.mkv`, or `poster.jpg` of its folder, becomes the thumbnail."""
    names = [f"{stem}{suffix}" for stem in (path.stem, "poster") for suffix in PICTURES]
    found = (path.with_name(name) for name in names)
    for picture in (each for each in found if each.is_file() and not each.is_symlink()):
        try:
            with picture.open("rb") as file:
                video.thumbnail = thumbnails.thumbnail(file)
        except (OSError, thumbnails.BadImageError) as error:
            logger.info("picture_left_out", extra={"file": picture.name, "reason": str(error)})
            continue
        video.save(update_fields=["thumbnail", "updated_at"])
        return
