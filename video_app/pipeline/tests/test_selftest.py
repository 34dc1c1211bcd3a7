"""Telling a broken machine from a broken file."""

from pathlib import Path

import pytest

from video_app.pipeline.errors import EncodeError
from video_app.pipeline.ffmpeg import find_ffmpeg
from video_app.pipeline.selftest import self_test

pytestmark = pytest.mark.ffmpeg


def a_program(folder: Path, script: str) -> str:
    program = folder / "ffmpeg"
    program.write_text(f"#!/bin/bash\n{script}\n")
    program.chmod(0o755)
    return str(program)


def test_passes_on_a_sound_machine_and_leaves_nothing_behind(tmp_path):
    self_test(find_ffmpeg(), tmp_path)
    assert not list(tmp_path.iterdir())


def test_says_when_there_is_no_ffmpeg(tmp_path):
    with pytest.raises(EncodeError, match="test pattern"):
        self_test(str(tmp_path / "nowhere"), tmp_path)


def test_says_when_ffmpeg_crashes(tmp_path):
    with pytest.raises(EncodeError, match="out of luck"):
        self_test(a_program(tmp_path, "echo out of luck >&2; kill -SEGV $$"), tmp_path)


def test_says_when_ffmpeg_ends_well_and_writes_nothing(tmp_path):
    with pytest.raises(EncodeError, match="not written"):
        self_test(a_program(tmp_path, "exit 0"), tmp_path)


def test_says_when_an_encoder_is_missing(tmp_path):
    lame = f'exec {find_ffmpeg()} "${{@/libx264/libnone}}"'
    with pytest.raises(EncodeError, match="exit status"):
        self_test(a_program(tmp_path, lame), tmp_path)


def test_says_when_the_folder_is_gone(tmp_path):
    with pytest.raises(EncodeError, match="cannot encode"):
        self_test(find_ffmpeg(), tmp_path / "gone")
