"""Films that the server fetches itself: from its folders, from buckets and from addresses."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from video_app.catalogue.sentences import translated
from video_app.ingest.drafts import draft
from video_app.ingest.validators import FILM_SUFFIXES, film_suffix
from video_app.models import Import, ImportOrigin, source_name
from video_app.models.leased import NO_LEASE
from video_app.store import foreign, landing
from video_app.work import fetching, importing

EDGE_BYTES = 1024**2
NOWHERE = _("There is no file or folder %(place)s.")
NO_FILMS = _("There are no films in %(place)s.")
# What was found, and its import; without one it was imported before.
Told = tuple[str, Import | None]


def begin(location: str, **given: Any) -> Iterator[Told]:
    """Have all films fetched that a place has: an address, a file, a folder, or a place in a
    bucket. `ValidationError` in words, `OSError`."""
    if location.startswith(("http://", "https://")):
        found: Iterator[Told] = iter([(location, add_address(location, **given))])
    elif location.startswith(foreign.SCHEME):
        found = _begin_bucket(location, **given)
    else:
        found = _begin_folder(Path(location), **given)
    is_empty = True
    for told in found:
        is_empty = False
        yield told
    if is_empty:
        raise ValidationError(NO_FILMS % {"place": location})


def _begin_folder(path: Path, **given: Any) -> Iterator[Told]:
    if not path.exists():
        raise ValidationError(NOWHERE % {"place": path})
    for film in films_in(path) if path.is_dir() else [path]:
        yield str(film), add_file(film, **given)


def _begin_bucket(location: str, **given: Any) -> Iterator[Told]:
    try:
        place = foreign.parse(location)
    except foreign.NoBucketError as error:
        raise ValidationError(translated(str(error))) from error
    for found in foreign.files(place):
        if _is_shown_film(found.place.key):
            yield str(found.place), add_object(found, **given)


def _is_shown_film(key: str) -> bool:
    is_hidden = any(part.startswith(".") for part in key.split("/"))
    return not is_hidden and key.rpartition(".")[2].lower() in FILM_SUFFIXES


def add_address(url: str, *, owner: Any = None, publishes: bool = True) -> Import | None:
    """Have a film fetched, unless it is being fetched; `ValidationError` when the address does
    not end like a film's."""
    if Import.objects.filter(location=url, finished_at=None, error="").exists():
        return None
    name = unquote(urlsplit(url).path).rsplit("/", 1)[-1]
    return _add(name, owner, publishes, origin=ImportOrigin.URL, location=url)


def add_file(path: Path, *, owner: Any = None, publishes: bool = True) -> Import | None:
    """Have a film copied, with what lies beside it; none when it was imported before."""
    about = {"location": str(path), "seen": fetching.seen(path.lstat())}
    if Import.objects.filter(**about, error="").exists():
        return None
    return _add_once(path.name, owner, publishes, ImportOrigin.FOLDER, content(path), about)


def add_object(found: foreign.Found, *, owner: Any = None, publishes: bool = True) -> Import | None:
    """The same for a file in a bucket."""
    about = {"location": str(found.place), "seen": found.version}
    known = hashlib.sha256(f"{found.size} {found.version}".encode()).hexdigest()
    return _add_once(found.name, owner, publishes, ImportOrigin.BUCKET, known, about)


def _add_once(
    name: str, owner: Any, publishes: bool, origin: str, known: str, about: dict[str, str]
) -> Import | None:
    """What failed is tried again instead."""
    if (before := Import.objects.filter(content=known).first()) is None:
        return _add(name, owner, publishes, origin=origin, content=known, **about)
    return before if retry(before) else None


def films_in(folder: Path) -> Iterator[Path]:
    """Regular files with a film's ending below a folder, through no link, by name."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths = (Path(parent, name) for name in sorted(names) if not name.startswith("."))
        yield from filter(_is_film, paths)


def _is_film(path: Path) -> bool:
    is_named_so = path.suffix[1:].lower() in FILM_SUFFIXES
    return is_named_so and path.is_file() and not path.is_symlink()


def content(path: Path) -> str:
    """What a film is known by: its size, its first and its last MiB."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        digest = hashlib.sha256(str(size).encode())
        for start in (0, max(0, size - EDGE_BYTES)):
            file.seek(start)
            digest.update(file.read(EDGE_BYTES))
    return digest.hexdigest()


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


def retry(row: Import) -> bool:
    """Fetch what failed again, from where it stopped; whether it had failed."""
    rows = Import.objects.filter(pk=row.pk, finished_at=None).exclude(error="")
    has_failed = bool(rows.update(**NO_LEASE, error=""))
    if has_failed:
        importing.request(Import.objects.filter(pk=row.pk))
    return has_failed


def cancel(row: Import) -> bool:
    """End an import and remove its draft; whether it was unfinished."""
    unfinished = Import.objects.filter(pk=row.pk, finished_at=None).first()
    if unfinished:
        unfinished.video.delete()
    return unfinished is not None
