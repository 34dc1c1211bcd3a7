"""Which files beside a film are its subtitles and pictures."""

import pytest

from video_app.pipeline.sidecars import SidecarText, pictures_of, texts_of

FILM = "Some.Film.2019.mkv"


@pytest.mark.parametrize(
    ("ending", "language", "label", "is_forced", "is_sdh"),
    [
        (".srt", "und", "", False, False),
        (".ASS", "und", "", False, False),
        (".de.srt", "deu", "", False, False),
        (".ger.srt", "deu", "", False, False),
        (".German.vtt", "deu", "", False, False),
        ("_de.srt", "deu", "", False, False),
        (".pt-BR.srt", "por", "", False, False),
        (".forced.en.vtt", "eng", "", True, False),
        (".en.forced.vtt", "eng", "", True, False),
        (".en.sdh.srt", "eng", "", False, True),
        (".en.cc.srt", "eng", "", False, True),
        (".en.hi.srt", "eng", "", False, True),
        (".hi.srt", "hin", "", False, False),
        (".default.en.srt", "eng", "", False, False),
        (".en.Director's Comments.srt", "eng", "Director's Comments", False, False),
        (".dvd.srt", "und", "dvd", False, False),
    ],
)
def test_reads_name_of_subtitles(
    ending: str, language: str, label: str, is_forced: bool, is_sdh: bool
) -> None:
    name = f"some.film.2019{ending}"

    assert texts_of(FILM, [FILM, name]) == [SidecarText(name, language, label, is_forced, is_sdh)]


@pytest.mark.parametrize(
    "name", ["Some.Film.2019.txt", "Some.Film.2019 Extra.srt", "Other.srt", "Some.srt"]
)
def test_leaves_what_is_not_the_films(name: str) -> None:
    assert texts_of(FILM, [FILM, name]) == []


def test_gives_subtitles_to_the_film_with_the_longer_name() -> None:
    names = ["Alien.mkv", "Alien.3.mkv", "Alien.3.de.srt", "Alien.de.srt"]

    assert [text.name for text in texts_of("Alien.mkv", names)] == ["Alien.de.srt"]
    assert [text.name for text in texts_of("Alien.3.mkv", names)] == ["Alien.3.de.srt"]


def test_prefers_own_picture() -> None:
    names = ["folder.jpg", "poster.png", "Some.Film.2019.JPG", "Some.Film.2019-poster.png", "a.jpg"]

    assert pictures_of(FILM, names) == [
        *("Some.Film.2019-poster.png", "Some.Film.2019.JPG", "poster.png", "folder.jpg"),
    ]
