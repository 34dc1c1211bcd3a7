"""The playlists of a published film, kept in the cache.

An entry names the state of the build that it was rendered for, so none is ever stale
and nothing has to be forgotten.
"""

import zlib
from dataclasses import dataclass
from typing import Any, TypedDict

from django.conf import settings
from django.core.cache import cache

from video_app.pipeline import ladder
from video_app.streaming import film_cache, watching
from video_app.streaming.film_cache import PlayableBuild
from video_app.streaming.film_uris import LIFETIME, Listed
from video_app.streaming.rendering import OWN, render

# Of the texts; raise it when they are worded differently, for rolling upgrades.
CACHE_VERSION = 5


class Playlist(TypedDict):
    version: str
    tag: str
    text: str
    has_links: bool  # to the bucket: what players fetch by them does not pass us


@dataclass(frozen=True, slots=True)
class Wanted:
    """A playlist as the client asked for it; `build` is "" for the current one."""

    video_id: int
    build: str
    kind: str
    folder: str
    is_linked: bool = False

    @property
    def key(self) -> str:
        """Where it lies in the cache."""
        linked = ":link" if self.is_linked else ""
        return f"playlist:{self.video_id}:{self.build}:{self.kind}:{self.folder}{linked}"

    @property
    def noted_key(self) -> str:
        return watching.noted_key(self.video_id)

    @property
    def keys(self) -> tuple[str, str]:
        """What the view needs from the cache, besides film and session."""
        return self.key, self.noted_key


def fresh(cached: Any, wanted: Wanted, build: PlayableBuild) -> Playlist:
    """What lay in the cache if it is of this very state of the build, else made now.

    `Build.DoesNotExist` when the build was removed meanwhile.
    """
    folder = _nearest(build, wanted.folder)
    segments, has_others = _segments(build, wanted.kind, folder)
    flags = f"{build['complete']:d}{build['abandoned']:d}.{build['tracks_revision']}"
    where = _bucket_version() if build["stored"] else ""
    ready = f"{segments}.{has_others:d}.{len(build['offered'])}"
    version = f"{CACHE_VERSION}.{build['id']}.{ready}.{build['revision']}.{flags}{where}"
    if cached and cached["version"] == version:
        found: Playlist = cached
        return found
    text = render(build, wanted.kind, Listed(folder, segments, has_others))
    tag = f"{version}.{zlib.crc32(text.encode()):08x}"
    # Our own addresses are relative ones.
    made = Playlist(version=version, tag=tag, text=text, has_links="://" in text)
    cache.set(wanted.key, made, LIFETIME)
    return made


def _segments(build: PlayableBuild, kind: str, folder: str) -> tuple[int, bool]:
    """How many segments are listed, and whether another rung's stand in for some: under the
    same addresses, because players give up a film whose addresses change (hls.js)."""
    own = build["ready"].get(folder, 0)
    if folder not in build["rungs"] or folder in build["offered"] or (kind == OWN and own):
        return own, False
    return max(own, film_cache.stand_in(build, folder)[1]), True


def _nearest(build: PlayableBuild, asked: str) -> str:
    return ladder.nearest(asked, tuple(build["rungs"])) if asked in ladder.NAMES else asked


def _bucket_version() -> str:
    """Another one where links lead elsewhere."""
    where = (
        *(settings.AWS_STORAGE_BUCKET_NAME, settings.AWS_LOCATION, settings.BUCKET_LINKS),
        *(settings.AWS_S3_ENDPOINT_URL, settings.AWS_S3_PUBLIC_ENDPOINT_URL),
        *(settings.MEDIA_CDN_URL, settings.MEDIA_CDN_SIGNER, settings.MEDIA_CDN_KEY_ID),
    )
    return f"{zlib.crc32(repr(where).encode()):08x}"
