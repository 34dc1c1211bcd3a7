"""A film of many segments, without encoding one."""

import resource
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from tests.media.films import BINARY
from tests.media.samples import X264
from video_app.pipeline import command, ffmpeg
from video_app.pipeline.layout import segment_name

pytestmark = pytest.mark.ffmpeg
SEGMENTS, OPEN_FILES = 300, 200


@pytest.fixture
def few_open_files() -> Iterator[None]:
    """The soft limit of a login shell, in small: no process of ours may open more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2 * SEGMENTS:
        pytest.skip("this machine does not allow enough open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("few_open_files")
def test_more_segments_than_files_that_may_be_open_are_joined(samples, tmp_path: Path) -> None:
    segment = samples.film("segment.ts", "-frames:v", "10", "-an", *X264)
    names = [segment_name(number) for number in range(SEGMENTS)]
    for name in names:
        (tmp_path / name).hardlink_to(segment)
    target = tmp_path / "whole.mp4"
    ffmpeg.run(command.join(BINARY, names, str(target)), ffmpeg.ProcessLimits(), cwd=tmp_path)
    with av.open(str(target)) as container:
        assert container.streams.video[0].frames == 10 * SEGMENTS
