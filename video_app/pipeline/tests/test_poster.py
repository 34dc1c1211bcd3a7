"""Choosing a poster."""

import shutil
import threading
from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from video_app.pipeline import poster
from video_app.pipeline.errors import EncodeError
from video_app.pipeline.tests.samples import a_source


def a_still(path: Path, colour: str, *, spots: bool = False) -> Path:
    image = Image.new("RGB", (320, 180), colour)
    if spots:
        draw = ImageDraw.Draw(image)
        for number in range(0, 320, 20):
            draw.ellipse((number, number // 2, number + 12, number // 2 + 12), fill="orange")
    image.save(path)
    return path


def test_detail_beats_black_white_and_blank(tmp_path: Path) -> None:
    telling = poster.score(a_still(tmp_path / "a.jpg", "teal", spots=True))
    for name in ("black", "white", "teal"):
        assert poster.score(a_still(tmp_path / f"{name}.jpg", name)) < telling


def test_two_runs_at_once_do_not_disturb_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = a_still(tmp_path / "drawn.jpg", "teal", spots=True)
    both_began = threading.Barrier(2)

    def take(
        binary: str, path: Path, source: object, time: Fraction, target: Path, watch: object
    ) -> bool:
        if target.name == "0.jpg":
            both_began.wait(10)
        shutil.copy(drawn, target)
        return True

    monkeypatch.setattr(poster, "_take", take)
    target = tmp_path / "posters" / "1-1.jpg"
    runs = [
        threading.Thread(target=poster.make_poster, args=("ffmpeg", tmp_path, a_source(), target))
        for _ in range(2)
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert [file.name for file in target.parent.iterdir()] == ["1-1.jpg"]


def test_no_readable_frame_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poster, "_take", lambda *_: False)
    with pytest.raises(EncodeError):
        poster.make_poster("ffmpeg", tmp_path, a_source(), tmp_path / "posters" / "1-1.jpg")
    assert not list((tmp_path / "posters").iterdir())
