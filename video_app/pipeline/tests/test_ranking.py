"""Which streams are the film, without a file."""

from typing import Any

from video_app.pipeline.ranking import best_video, own_sounds, own_texts

FILM = {
    "index": 0,
    "type": "video",
    "is_picture": False,
    "is_default": False,
    "is_sdh": False,
    "width": 1280,
    "height": 720,
    "pictures": 1000,
    "programs": [],
}
SOUND = FILM | {"index": 9, "type": "audio"}


def video(index: int, **changes: Any) -> dict[str, Any]:
    return FILM | {"index": index} | changes


def sound(index: int, **changes: Any) -> dict[str, Any]:
    return SOUND | {"index": index} | changes


def chosen(*streams: dict[str, Any]) -> int | None:
    best = best_video(streams)
    return best and best["index"]


def test_slides_lose_though_larger_and_default():
    assert chosen(video(0), video(1, width=3840, is_default=True, pictures=40)) == 0


def test_one_picture_loses():
    assert chosen(video(0, width=4000, pictures=1), video(1, pictures=2)) == 1


def test_default_wins_among_equals():
    assert chosen(video(0, width=1920), video(1, is_default=True)) == 1


def test_preview_loses_though_default():
    assert chosen(video(0, width=160, height=90, is_default=True), video(1)) == 1


def test_largest_wins_among_unmarked():
    assert chosen(video(0), video(1, width=1920, height=1080)) == 1


def test_program_without_sound_loses():
    large = video(0, width=1920, programs=[1])
    assert chosen(large, video(1, programs=[2]), sound(2, programs=[2])) == 1


def test_cover_is_no_film():
    assert chosen(video(0, is_picture=True)) is None


def test_size_may_be_unknown():
    assert chosen(video(0, width=0, height=0)) == 0


def test_keeps_sounds_of_own_program():
    film = video(0, programs=[2])
    streams = (film, sound(1, programs=[1]), sound(2, programs=[2]), sound(3))
    assert [s["index"] for s in own_sounds(streams, film)] == [2, 3]


def test_keeps_shared_sound():
    film = video(0, programs=[2])
    assert [s["index"] for s in own_sounds((film, sound(1, programs=[1, 2])), film)] == [1]


def test_keeps_any_sound_where_none_is_its_own():
    film = video(0, programs=[2])
    assert [s["index"] for s in own_sounds((film, sound(1, programs=[1])), film)] == [1]


def test_described_pictures_are_no_first_choice():
    film = video(0)
    sounds = (sound(1, is_sdh=True), sound(2), sound(3, is_default=True))
    assert [s["index"] for s in own_sounds((film, *sounds), film)] == [3, 2, 1]


def test_keeps_texts_of_own_program():
    film = video(0, programs=[2])
    texts = [SOUND | {"index": n, "type": "subtitle", "programs": [n]} for n in (1, 2)]
    assert [s["index"] for s in own_texts((film, *texts), film)] == [2]
