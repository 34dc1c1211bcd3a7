"""What file names say of films: usual names and odd ones."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from video_app.ingest.names import Suggestion, suggest

USUAL = {
    "The.Matrix.1999.1080p.BluRay.x264-GROUP.mkv": Suggestion("The Matrix", 1999),
    "Big Buck Bunny.mp4": Suggestion("Big Buck Bunny"),
    "Sintel (2010).mkv": Suggestion("Sintel", 2010),
    "Der Untergang.mp4": Suggestion("Der Untergang"),
    "Elephants_Dream_2006_720p.avi": Suggestion("Elephants Dream", 2006),
    "tears.of.steel.2012.web-dl.h264.mp4": Suggestion("tears of steel", 2012),
    "District 9 (2009).mkv": Suggestion("District 9", 2009),
    "Ocean's 8.mp4": Suggestion("Ocean's 8"),
    "Fast & Furious 9.mkv": Suggestion("Fast & Furious 9"),
    "Se7en.1995.mkv": Suggestion("Se7en", 1995),
    "2001 A Space Odyssey (1968).mkv": Suggestion("2001 A Space Odyssey", 1968),
    "Das Boot - 1981.mkv": Suggestion("Das Boot", 1981),
    "Kill.Bill.2003.German.DL.1080p.mkv": Suggestion("Kill Bill", 2003),
    "Amélie.2001.FRENCH.mkv": Suggestion("Amélie", 2001),
    "Breaking.Bad.S01E02.720p.mkv": Suggestion("Breaking Bad S01E02", None, "Breaking Bad", 1, 2),
    "Breaking Bad - 1x03 - And the Bag's in the River.avi": Suggestion(
        "And the Bag's in the River", None, "Breaking Bad", 1, 3
    ),
    "Rick and Morty S05E01.mkv": Suggestion("Rick and Morty S05E01", None, "Rick and Morty", 5, 1),
    "The Office (US) - S03E01-E02 - Gay Witch Hunt.mkv": Suggestion(
        "Gay Witch Hunt", None, "The Office", 3, 1
    ),
    "24 S01E01.mkv": Suggestion("24 S01E01", None, "24", 1, 1),
    "Tatort Folge 1123 - Ein Titel.mp4": Suggestion("Ein Titel", None, "Tatort", None, 1123),
}
ODD = {
    "1917.mkv": Suggestion("1917"),
    "1917.2019.2160p.mkv": Suggestion("1917", 2019),
    "2012 (2009).mp4": Suggestion("2012", 2009),
    "300.mkv": Suggestion("300"),
    "Blade Runner 2049.mp4": Suggestion("Blade Runner 2049"),
    "Blade Runner 2049 (2017).mp4": Suggestion("Blade Runner 2049", 2017),
    "Adam-12.mkv": Suggestion("Adam-12"),
    "Adam-12 S01E05.mkv": Suggestion("Adam-12 S01E05", None, "Adam-12", 1, 5),
    "12 Angry Men.mkv": Suggestion("12 Angry Men"),
    "101 Dalmatians.mp4": Suggestion("101 Dalmatians"),
    "Apollo 13.mp4": Suggestion("Apollo 13"),
    "U-571.mp4": Suggestion("U-571"),
    "K-19 The Widowmaker.mkv": Suggestion("K-19 The Widowmaker"),
    "[Group] Name of It - 05 [1080p].mkv": Suggestion(
        "Name of It E05", None, "Name of It", None, 5
    ),
    "IMG_0042.MOV": Suggestion("IMG 0042"),
    "VID_20230512_181233.mp4": Suggestion("VID 20230512 181233"),
    "Urlaub_2023_Italien.mov": Suggestion("Urlaub Italien", 2023),
    "C:\\films\\Summer.mp4": Suggestion("Summer"),
    "....mkv": Suggestion("Untitled"),
    "": Suggestion("Untitled"),
}


@pytest.mark.parametrize("name", USUAL)
def test_understands_usual_name(name: str):
    assert suggest(name) == USUAL[name]


@pytest.mark.parametrize("name", ODD)
def test_makes_nothing_up_for_odd_name(name: str):
    assert suggest(name) == ODD[name]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_never_raises(name: str):
    suggestion = suggest(name + ".mp4")

    assert 0 < len(suggestion.title) <= 200
