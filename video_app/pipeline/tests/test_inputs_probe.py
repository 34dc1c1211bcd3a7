"""What a probe's facts mean, without a file."""

from fractions import Fraction
from typing import Any

import pytest

from video_app.pipeline.errors import PipelineError
from video_app.pipeline.probe import source_from_facts
from video_app.pipeline.ranking import best_video

PICTURE = {
    "index": 0,
    "type": "video",
    "kind": "video",
    "codec": "h264",
    "codec_id": "h264",
    "start": "0",
    "end": "10",
    "language": "und",
    "title": "",
    "is_default": True,
    "is_forced": False,
    "is_sdh": False,
    "is_picture": False,
    "pictures": 250,
    "programs": [],
    "width": 1920,
    "height": 1080,
    "sample_aspect": "1",
    "average_rate": "25",
    "base_rate": "25",
}
SOUND = PICTURE | {
    "index": 1,
    "kind": "audio",
    "type": "audio",
    "codec": "aac",
    "channels": 2,
    "sample_rate": 48000,
}
FRAME = {
    "width": 1920,
    "height": 1080,
    "rotation": 0,
    "is_interlaced": False,
    "transfer": 2,
    "matrix": 2,
    "range": 1,
    "format": "yuv420p",
}


def facts(*streams: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "container": "mov,mp4",
        "size": 1000,
        "start": "0",
        "stated_duration": "10",
        "streams": list(streams or (PICTURE, SOUND)),
        "chosen": 0,
        "frame": FRAME,
        "sounds": {},
        "has_index": True,
        "has_steady_sound": True,
        "chapters": [],
        "parts": 1,
        "is_cut_off": False,
        "expected_size": 1000,
        "shapes": [],
        "interlaced": 0,
        "false_keys": 0,
        "damaged": 0,
    } | changes


def source(given: dict[str, Any]) -> Any:
    return source_from_facts(given, max_streams=8)


def refusal(given: dict[str, Any]) -> str:
    with pytest.raises(PipelineError) as caught:
        source(given)
    return str(caught.value)


def test_the_longest_of_picture_and_first_sound_is_the_duration():
    longer = SOUND | {"end": "12"}
    other = SOUND | {"index": 2, "end": "20", "is_default": False}
    assert source(facts(PICTURE, longer, other)).duration == 12


def test_refuses_short_film_with_missing_bytes():
    given = facts(stated_duration="60", is_cut_off=True)
    assert "should last 60 s but ends after 10 s" in refusal(given)


def test_accepts_short_film_without_missing_bytes():
    found = source(facts(stated_duration="60"))
    assert found.duration == 10
    assert [note.code for note in found.notes] == ["length_misstated"]


def test_a_longer_stream_that_is_not_shown_proves_that_the_file_is_whole():
    notes = PICTURE | {"index": 2, "kind": "data", "type": "data", "end": "60"}
    given = facts(PICTURE, SOUND, notes, stated_duration="60", is_cut_off=True)
    assert source(given).duration == 10


def test_a_container_may_state_its_end_instead_of_its_length():
    assert source(facts(stated_duration="40010", start="40000")).duration == 10


def test_a_picture_beyond_the_decoders_limit_is_named():
    huge = PICTURE | {"width": 15000, "height": 15000}
    assert "15000 x 15000" in refusal(facts(huge, frame=None))


@pytest.mark.parametrize(
    ("size", "stated", "matrix"),
    [
        ((1920, 1080), 2, "bt709"),
        ((720, 576), 2, "auto"),
        ((1920, 1080), 5, "auto"),
        ((720, 576), 1, "auto"),
    ],
)
def test_colours_are_guessed_only_for_large_pictures_that_do_not_say(size, stated, matrix):
    frame = FRAME | {"width": size[0], "height": size[1], "matrix": stated}
    assert source(facts(frame=frame)).video.matrix == matrix


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        ({}, True),
        ({"matrix": 1, "width": 720, "height": 576}, True),
        ({"range": 0}, True),
        ({"range": 2}, False),
        ({"matrix": 6}, False),
        ({"width": 720, "height": 576}, False),
        ({"format": "yuv420p10le"}, False),
        ({"format": "yuvj420p"}, False),
    ],
)
def test_colours_are_left_alone_only_where_they_are_those_of_renditions(change, kept):
    assert source(facts(frame=FRAME | change)).video.has_our_colours is kept


@pytest.mark.parametrize(("turn", "clockwise"), [(-90, 90), (90, 270), (180, 180), (-180, 180)])
def test_rotation_is_clockwise(turn, clockwise):
    assert source(facts(frame=FRAME | {"rotation": turn})).video.rotation == clockwise


def test_absurd_pixel_shapes_are_ignored():
    assert source(facts(PICTURE | {"sample_aspect": "1/1000"})).video.sample_aspect == 1


def test_sound_that_nobody_can_decode_is_no_sound():
    assert source(facts(PICTURE, SOUND | {"type": "unknown", "channels": 0})).audios == ()


def test_the_grid_of_sound_frames_is_kept():
    (audio,) = source(facts(sounds={"1": {"samples": 1024, "start": "1/40"}})).audios
    assert (audio.grid_samples, audio.grid_start) == (1024, Fraction(1, 40))


def test_a_cover_is_never_the_film_and_the_default_one_wins():
    cover = PICTURE | {"is_picture": True, "width": 4000}
    extra = PICTURE | {"index": 1, "is_default": False, "width": 3840}
    film = PICTURE | {"index": 2}
    assert best_video([cover, extra, film]) == film
    assert best_video([cover]) is None
