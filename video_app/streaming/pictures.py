"""Posters in the sizes and formats that pages show, made when somebody first asks for one.

They lie in the media of whichever machine made them. Nothing depends on them: the cleanup
removes old ones, and they are made again.
"""

import hashlib
import logging
from threading import Lock
from typing import Any, NamedTuple

from PIL import Image, features

from video_app.store import identity, local
from video_app.store.chosen import the_store

logger = logging.getLogger(__name__)


class PosterName(NamedTuple):
    """What a URL asks for: `poster-640.webp`."""

    width: int
    suffix: str


FOLDER = "pictures"
WIDTHS = (320, 640, 1280)
SUFFIXES: dict[str, tuple[str, dict[str, Any]]] = {
    # Speed 8 saves 5 % of the bytes for 3 times the CPU time, more threads cost more of it.
    "avif": ("AVIF", {"quality": 60, "speed": 9, "max_threads": 1}),
    "webp": ("WEBP", {"quality": 78}),
    "jpg": ("JPEG", {"quality": 80, "progressive": True}),
}
# Each takes some megabytes and a few milliseconds; a page asks for many at once.
_one_at_a_time = Lock()


def sized(key: str, width: int, suffix: str) -> str:
    """The key of the picture under `key`, at most so wide and as high as that makes it.

    A JPEG where Pillow came without the format. The picture's own key while the media may not
    be written to, and when it cannot be drawn.
    `FileNotFoundError` when there is no such picture.
    """
    suffix = suffix if features.check(suffix) else "jpg"
    name = hashlib.blake2b(f"{key} {width}".encode(), digest_size=12).hexdigest()
    made = f"{FOLDER}/{name}.{suffix}"
    if local.path(made).exists():
        return made
    if identity.problem():
        return key
    with _one_at_a_time:
        try:
            _make(key, made, width, suffix)
        except FileNotFoundError:
            raise
        except OSError as error:  # Pillow's word for damage, too
            logger.warning("poster_not_drawn", extra={"key": key, "error": str(error)})
            return key
    return made


def _make(key: str, made: str, width: int, suffix: str) -> None:
    """Two may make the same one; each is whole before it has its name."""
    kind, options = SUFFIXES[suffix]
    with (
        the_store().open(key) as file,
        Image.open(file, formats=["JPEG"]) as image,
        local.work_folder() as folder,
    ):
        image.draft("RGB", (width, width))  # decodes no more of it than is needed
        image.thumbnail((width, image.height))
        image.convert("RGB").save(folder / "picture", kind, **options)
        local.LocalStore().put([(folder / "picture", made)])
