"""Machines with more cores than this one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.media.films import BINARY, LIMITS
from tests.media.samples import X264
from video_app.pipeline import source, transcode
from video_app.pipeline.plan import make_plan

ROOT = Path(__file__).parents[2]
PRINT_THREADS = (
    "import os, django; os.cpu_count = lambda: {cores}; django.setup();"
    "from video_app.work import effort; print(effort.threads(takes_all=True))"
)


def threads(cores: int, folder: Path, **stated: str) -> int:
    """What a film's first chunk gets on a machine with so many cores."""
    env = {"PATH": os.environ["PATH"], "IGNORE_DOTENV": "1", "VAR_DIR": str(folder)}
    env |= {"MEDIA_ROOT": str(folder), "DJANGO_SETTINGS_MODULE": "core.settings"}
    argv = [sys.executable, "-c", PRINT_THREADS.format(cores=cores)]
    done = subprocess.run(
        argv, cwd=ROOT, env=env | stated, check=True, capture_output=True, text=True
    )
    return int(done.stdout)


@pytest.mark.parametrize(("cores", "wanted"), [(2, 2), (8, 8), (64, 8)])
def test_an_encode_takes_every_core_of_a_usual_machine(tmp_path, cores, wanted):
    assert threads(cores, tmp_path) == wanted


def test_who_states_a_number_gets_it(tmp_path):
    assert threads(64, tmp_path, FFMPEG_THREADS="24") == 24


@pytest.mark.ffmpeg
@pytest.mark.parametrize("count", [8, 32])
def test_a_large_film_is_encoded_with_many_threads(samples, tmp_path, count):
    path = samples.lavfi("large.mp4", "testsrc2=s=1920x1080:r=24:d=0.5", *X264)
    plan = make_plan(source.read_source(path, max_streams=64), LIMITS)
    report = transcode.encode_chunk(BINARY, path, plan, plan.chunk(0), tmp_path, threads=count)
    assert len(report) == len(plan.rungs) == 5
