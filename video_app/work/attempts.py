"""What attempts have left in a bucket whose segments no row names: of workers that died, and of
chunks that were mended. The latter stays until its film is read again: players hold links to it."""

import re

from video_app.models import Build
from video_app.store import the_store

PLACE = re.compile("[0-9a-f]{32}")


def remove_spent(build: Build) -> None:
    """Remove the segments of attempts that neither published nor are under way."""
    if the_store().puts_at_once:
        return
    needed = set()
    for *places, token in build.chunks.values_list("place", "low_place", "lease_token"):
        needed |= {*places, token.hex if token else ""}
    for entry in list(the_store().list(build.prefix)):
        name = entry.key.rpartition("/")[2]
        if entry.is_folder and PLACE.fullmatch(name) and name not in needed:
            the_store().remove(entry.key)
