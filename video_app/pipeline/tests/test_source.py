"""Looking at a file, without a film."""

from pathlib import Path

import pytest

from video_app.pipeline import source


def test_a_watch_that_raises_stops_the_look_at_a_file(tmp_path: Path) -> None:
    class Stop(Exception):
        pass

    def watch() -> None:
        raise Stop

    path = tmp_path / "x.mp4"
    path.write_text("no film")
    with pytest.raises(Stop):
        source.read_source(path, max_streams=8, watch=watch)
