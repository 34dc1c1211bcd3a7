"""Files beside a film that is imported, wherever it comes from."""

import os
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, urljoin, urlsplit

from video_app.models import Import, ImportOrigin
from video_app.pipeline import sidecars
from video_app.pipeline.errors import PipelineError
from video_app.pipeline.sentences import sentence
from video_app.store import foreign
from video_app.work import fetching

# Of a folder with more files nobody looks at the rest.
MOST_NAMES = 20_000
SILENT = sentence("It does not answer.")


class Neighbours(Protocol):
    """`names` and `read` raise `OSError`, `PipelineError` or `fetching.CutError`."""

    # Whether a name may turn out to be nothing's.
    are_guessed: bool

    def names(self) -> list[str]: ...

    def read(self, name: str, most: int) -> bytes:
        """At most so many bytes of it."""
        ...


def of(row: Import) -> Neighbours:
    if row.origin == ImportOrigin.FOLDER:
        return InFolder(Path(row.location).parent)
    if row.origin == ImportOrigin.BUCKET:
        return InBucket(foreign.parse(row.location))
    return AtAddress(row.location, row.filename)


class InFolder:
    are_guessed = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> list[str]:
        """Of regular files only, no links."""
        with os.scandir(self._folder) as entries:
            files = (entry.name for entry in entries if entry.is_file(follow_symlinks=False))
            return _some(files)

    def read(self, name: str, most: int) -> bytes:
        return _start(fetching.from_file(str(self._folder / name), 0), most)


class InBucket:
    are_guessed = False

    def __init__(self, place: foreign.Place) -> None:
        self._place = place

    def names(self) -> list[str]:
        return _some(found.name for found in foreign.beside(self._place))

    def read(self, name: str, most: int) -> bytes:
        place = foreign.Place(self._place.bucket, self._place.folder + name)
        return foreign.read(place, most)


class AtAddress:
    """Nothing can be listed there: usual names are tried. An address with a query may open
    that one film only."""

    are_guessed = True

    def __init__(self, url: str, film: str) -> None:
        self._url, self._film = url, film
        self._is_silent = False

    def names(self) -> list[str]:
        return [] if urlsplit(self._url).query else list(sidecars.guesses(self._film))

    def read(self, name: str, most: int) -> bytes:
        """Who did not answer once is not asked again."""
        if self._is_silent:
            raise PipelineError(SILENT)
        try:
            return _start(fetching.from_address(urljoin(self._url, quote(name)), 0, ""), most)
        except fetching.CutError:
            self._is_silent = True
            raise


def _some(names: Iterable[str]) -> list[str]:
    return [name for name, _ in zip(names, range(MOST_NAMES), strict=False)]


def _start(opened: AbstractContextManager[fetching.Body], most: int) -> bytes:
    content = bytearray()
    with opened as body:
        for piece in body.pieces:
            content += piece
            if len(content) >= most:
                break
        else:
            if len(content) < body.length:
                raise PipelineError(fetching.BROKEN_OFF)
    return bytes(content[:most])
