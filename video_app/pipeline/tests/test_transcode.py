"""What ffmpeg complains about."""

import pytest

from video_app.pipeline.faults import is_harmless
from video_app.pipeline.tests.samples import a_source, an_audio

SOURCE = a_source(audios=(an_audio(1, codec="aac"), an_audio(12, codec="mp3float")))


@pytest.mark.parametrize(
    "line",
    [
        "[h264 @ 0x55a85029e180] mmco: unref short failure",
        "[h264 @ 0x55a85029e180] co located POCs unavailable",
        "[aac @ 0x55a85029e180] Reserved bit set.",
        "Error while decoding stream #0:1: Invalid data found when processing input",
        "[aist#0:12/mp3 @ 0x55a8] [dec:mp3float @ 0x55a9] Error submitting packet to decoder",
    ],
)
def test_sound_and_beginnings_say_nothing_about_missing_pictures(line):
    assert is_harmless(line, SOURCE)


@pytest.mark.parametrize(
    "line",
    [
        "[h264 @ 0x55a85029e180] Invalid NAL unit size (0 > 3214).",
        "Error while decoding stream #0:0: Invalid data found when processing input",
        "[matroska,webm @ 0x5] 0x00 at pos 1234 (0x4d2) invalid as first byte of an EBML number",
        "[vist#0:0/h264 @ 0x55a8] [dec:h264 @ 0x55a9] Error submitting packet to decoder",
    ],
)
def test_damage_is_told_from_it(line):
    assert not is_harmless(line, SOURCE)
