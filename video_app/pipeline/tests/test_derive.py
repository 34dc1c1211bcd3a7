"""What is made of a finished build, by real ffmpeg."""

import subprocess
from pathlib import Path

import pytest

from video_app.pipeline import derive
from video_app.pipeline.layout import segment_name
from video_app.pipeline.tests.samples import a_plan

pytestmark = pytest.mark.ffmpeg


def write_dark_and_silent(target: Path) -> None:
    sources = "-f lavfi -i color=black:s=212x120:r=12:d=6 -f lavfi -i anullsrc=r=48000:cl=stereo"
    encoding = "-t 6 -c:v libx264 -preset veryfast -c:a aac -f mpegts -pes_payload_size 0"
    command = ["ffmpeg", "-v", "error", *sources.split(), *encoding.split(), str(target)]
    subprocess.run(command, check=True)


def test_the_mp4_of_a_dark_and_silent_film_is_whole_although_it_is_small(tmp_path: Path) -> None:
    plan = a_plan(duration=6)
    work = tmp_path / "work"
    work.mkdir()
    for rung in plan.rungs:
        (tmp_path / rung.name).mkdir()
        for number in range(plan.segments):
            write_dark_and_silent(tmp_path / rung.name / segment_name(number))

    sizes = derive.make_progressive("ffmpeg", tmp_path, plan, work, watch=lambda: None)

    assert sizes.keys() == {rung.name for rung in plan.rungs}
