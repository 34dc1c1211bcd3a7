"""Looking at a file, without a film."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from video_app.pipeline import source
from video_app.pipeline.errors import EncodeError, PipelineError


def test_a_watch_that_raises_stops_the_look_at_a_file(tmp_path: Path) -> None:
    class Stop(Exception):
        pass

    def watch() -> None:
        raise Stop

    path = tmp_path / "x.mp4"
    path.write_text("no film")
    with pytest.raises(Stop):
        source.read_source(path, max_streams=8, watch=watch)


def test_reports_fault_of_the_probe_as_such() -> None:
    command = [sys.executable, "-m", "video_app.pipeline.probe_child"]  # without a path
    output = subprocess.run(command, capture_output=True, check=True).stdout
    assert json.loads(output)["fault"].startswith("TypeError: ")


def test_blames_no_file_for_fault_of_the_probe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "_probe", lambda *_: {"fault": "KeyError: 0"})
    with pytest.raises(EncodeError, match="KeyError: 0"):
        source.read_source(a_file(tmp_path), max_streams=8)


def test_blames_file_that_crashes_the_probe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: Any) -> None:
        raise EncodeError("exit status -11: ")

    monkeypatch.setattr(source, "_probe", crash)
    with pytest.raises(PipelineError, match="damaged"):
        source.read_source(a_file(tmp_path), max_streams=8)


def a_file(folder: Path) -> Path:
    path = folder / "film.mp4"
    path.write_bytes(b"film")
    return path
