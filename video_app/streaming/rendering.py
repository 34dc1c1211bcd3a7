"""The text of each kind of playlist, from a build's plan and what is ready of it."""

from collections.abc import Callable, Sequence

from video_app.models import Build
from video_app.pipeline import layout, master, playlist, storyboard
from video_app.streaming import tracks
from video_app.streaming.film_cache import PlayableBuild
from video_app.streaming.film_uris import Film, Listed

MEDIA = "media"
OWN = "own media"  # of a player that looks itself what is there of each rung
MASTER = "master"
WHOLE_MASTER = "whole-master"  # with the rungs that are not offered yet
IFRAMES = "iframes"
SUBTITLES = "subtitles"
ADDED_TEXT = "added text"
STORYBOARD = "storyboard"
HLS = "application/vnd.apple.mpegurl"


def render(build: PlayableBuild, kind: str, listed: Listed) -> str:
    """The playlist of that kind.

    `Build.DoesNotExist` when the build was removed meanwhile.
    """
    row = Build.objects.select_related("video").get(pk=build["id"])
    return TEXTS[kind](Film(build, row, row.plan, listed))


def _media(film: Film) -> str:
    return playlist.media_playlist(
        film.plan,
        film.listed.segments,
        complete=film.build["complete"],
        abandoned=film.build["abandoned"],
        stands_in=film.listed.has_others,
        uri=film.uri,
    )


def _iframes(film: Film) -> str:
    reports = film.reports() if film.build["complete"] else []
    return playlist.iframe_playlist(film.plan, film.folder, reports, uri=film.uri)


def _subtitles(film: Film) -> str:
    return playlist.subtitle_playlist(film.plan, uri=film.uri)


def _added_text(film: Film) -> str:
    """Of a file that lies nowhere: web makes it from the database."""
    edited = film.build["tracks_revision"]
    return playlist.subtitle_playlist(film.plan, uri=lambda name: f"{film.here(name)}&s={edited}")


def _storyboard(film: Film) -> str:
    return storyboard.text(film.plan, uri=film.uri)


def _master(film: Film) -> str:
    return _master_of(film, film.build["offered"])


def _whole_master(film: Film) -> str:
    """The rungs that are offered before the others."""
    offered = film.build["offered"]
    others = [rung for rung in film.build["rungs"] if rung not in offered]
    return _master_of(film, offered, others, query="&own=1" if others else "")


def _master_of(
    film: Film, offered: Sequence[str], others: Sequence[str] = (), query: str = ""
) -> str:
    complete = film.build["complete"]
    named = tracks.corrected(film.plan, film.row.video.track_edits)
    return master.master_playlist(
        named,
        film.reports() if complete else [],
        complete=complete,
        rungs=[*master.by_preference(film.plan, offered), *others],
        texts=tracks.text_tracks_of(film.row, named),
        uri=lambda name: f"{film.folder}{film.here(name)}{query}",
    )


TEXTS: dict[str, Callable[[Film], str]] = {
    MEDIA: _media,
    OWN: _media,
    MASTER: _master,
    WHOLE_MASTER: _whole_master,
    IFRAMES: _iframes,
    SUBTITLES: _subtitles,
    ADDED_TEXT: _added_text,
    STORYBOARD: _storyboard,
}
TYPES = dict.fromkeys(TEXTS, HLS) | {STORYBOARD: layout.TYPES[".vtt"]}
