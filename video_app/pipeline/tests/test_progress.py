"""ffmpeg's progress lines."""

from fractions import Fraction

import pytest

from video_app.pipeline.progress import Progress


@pytest.mark.parametrize(
    ("lines", "seconds"),
    [
        (["frame=36"], 3.0),
        (["frame=  36"], 3.0),
        (["frame=36", "out_time_us=90000", "speed=1x"], 3.0),
        (["frame=N/A", "garbage", ""], 0.0),
        (["frame=36", "frame=24"], 3.0),
        (["frame=9999"], 10.0),
    ],
)
def test_it_never_goes_back_and_never_past_the_end(lines, seconds):
    progress = Progress(Fraction(1, 12), 120)
    for line in lines:
        progress.feed(line)
    assert progress.seconds == seconds
