"""Of several pictures and sounds the film is what people mean, and the rest is named."""

from functools import partial
from pathlib import Path

import pytest

from tests.media import hostile, unusual
from tests.media.films import assert_exact, prepare
from tests.media.samples import AAC, X264, ffmpeg
from video_app.pipeline import source
from video_app.pipeline.errors import PipelineError
from video_app.pipeline.streams import Source

pytestmark = pytest.mark.ffmpeg


def look(path: Path) -> Source:
    return source.read_source(path, max_streams=64)


def codes(found: Source) -> list[str]:
    return [note.code for note in found.notes]


def text(found: Source, code: str) -> str:
    return next(note.text for note in found.notes if note.code == code)


@pytest.mark.parametrize(
    ("seconds", "rate", "marks", "container"),
    [
        (8, "1/4", ("default", "default"), "mov"),
        (14, "2", ("default", "default"), "mov"),
        (14, "2", ("0", "default"), "mkv"),
        (70, "1/10", ("0", "default"), "mp4"),
    ],
)
def test_prefers_film_to_larger_slides(samples, seconds, rate, marks, container):
    make = partial(unusual.beside_slides, seconds=seconds, rate=rate, marks=marks)
    name = f"slides-{seconds}-{marks[0]}.{container}"
    found = look(samples.get(name, make))
    assert (found.video.width, found.video.height) == (320, 180)
    assert text(found, "other_videos") == "1 further video was left out: 1280 x 720 pixels."


@pytest.mark.parametrize("marks", [("0", "0"), ("default", "0"), ("default", "default")])
@pytest.mark.parametrize("container", ["mkv", "mp4"])
def test_prefers_film_to_its_preview(samples, marks, container):
    name = f"preview-{'-'.join(marks)}.{container}"
    found = look(samples.get(name, partial(unusual.beside_preview, marks=marks)))
    assert found.video.width == 320


def test_prefers_film_to_larger_track_with_one_picture(samples):
    def make(target: Path) -> None:
        inputs = (*unusual.pictures("320x180", 6), *unusual.pictures("1280x720", 6, "1/6"))
        maps = ("-map", "1:v", "-map", "0:v", "-map", "2:a")
        ffmpeg(*inputs, *unusual.sound(6), *maps, *unusual.FAST, "-c:a", "aac", str(target))

    assert look(samples.get("one-large.mkv", make)).video.width == 320


@pytest.mark.parametrize(
    ("name", "contents", "width", "channels"),
    [
        ("two", ((0, 2), (1, 3)), 640, 2),
        ("reversed", ((1, 3), (0, 2)), 640, 2),
        ("silent-large", ((0, 2, 3), (1,)), 320, 1),
        ("one", ((0, 1, 2, 3),), 640, 1),
        ("radio", ((2,), (0, 3)), 320, 2),
    ],
)
def test_keeps_picture_and_sound_of_one_program(samples, name, contents, width, channels):
    make = lambda target: unusual.programs(target, *contents)  # noqa: E731 - a parametrized maker
    found = look(samples.get(f"programs-{name}.ts", make))
    assert (found.video.width, found.audios[0].channels) == (width, channels)
    assert ("other_programs" in codes(found)) == (len(contents) > 1)


def test_encodes_one_of_two_programs(samples, tmp_path):
    make = lambda target: unusual.programs(target, (0, 2), (1, 3))  # noqa: E731
    _, found = prepare(samples.get("programs-two.ts", make), tmp_path)
    assert found.video.width == 640
    assert len(found.audios) == 1
    assert codes(found) == ["other_programs"]


def with_attachments(target: Path, count: int) -> None:
    font = target.with_suffix(".bin")
    font.write_bytes(bytes(range(256)) * 4)
    files = ("-attach", str(font)) * count
    inputs = (*unusual.pictures("320x180", 1), *unusual.sound(1))
    kind = ("-metadata:s:t", "mimetype=application/x-truetype-font")
    ffmpeg(*inputs, *files, *kind, *unusual.FAST, "-c:a", "aac", str(target))


def with_texts(target: Path, count: int) -> None:
    listed = target.with_suffix(".srt")
    listed.write_text("1\n00:00:00,100 --> 00:00:00,900\nhello\n")
    inputs = (*unusual.pictures("320x180", 1), *unusual.sound(1), "-i", str(listed))
    maps = ("-map", "0:v", "-map", "1:a", *("-map", "2:s") * count)
    ffmpeg(*inputs, *maps, *unusual.FAST, "-c:a", "aac", "-c:s", "srt", str(target))


def test_accepts_many_fonts(samples):
    found = look(samples.get("fonts.mkv", partial(with_attachments, count=70)))
    assert codes(found) == []


def test_accepts_many_subtitles_and_counts_those_left_out(samples):
    found = look(samples.get("texts70.mkv", partial(with_texts, count=70)))
    assert len(found.subtitles) == 32
    assert text(found, "subtitles_beyond_limit").startswith("38 subtitle tracks were left out")


def test_refuses_many_sounds(samples):
    path = samples.get("streams.mkv", lambda target: hostile.many_streams(target, 900))
    with pytest.raises(PipelineError, match="more than 64 streams"):
        look(path)


def test_counts_sounds_left_out(samples):
    found = look(samples.get("sounds-12.mkv", partial(unusual.many_sounds, count=12)))
    assert len(found.audios) == 8
    expected = "4 sound tracks were left out: a film has at most 8."
    assert text(found, "sounds_beyond_limit") == expected


def test_names_sound_that_nobody_can_decode(samples):
    plain = samples.film("german.mkv", *X264, *AAC, "-metadata:s:a:0", "language=ger")
    path = samples.get(
        "mute-german.mkv", lambda target: hostile.unknown_codec(plain, target, b"A_AAC")
    )
    found = look(path)
    assert found.audios == ()
    assert text(found, "sound_undecodable").startswith("1 sound track (German) was left out")


def test_keeps_chapters(samples):
    def make(target: Path) -> None:
        listed = target.with_suffix(".txt")
        listed.write_text(
            ";FFMETADATA1\n"
            + "[CHAPTER]\nTIMEBASE=1/10\nSTART=0\nEND=5\ntitle=Dawn\n"
            + "[CHAPTER]\nTIMEBASE=1/10\nSTART=5\nEND=10\ntitle=Dusk\n"
        )
        canvas = ("-f", "lavfi", "-i", "color=black:s=320x180:r=1:d=1,format=pal8")
        text_file = target.with_suffix(".srt")
        text_file.write_text("1\n00:00:00,100 --> 00:00:00,900\nhello\n")
        inputs = (*unusual.pictures("320x180", 1), "-i", str(listed), "-i", str(text_file), *canvas)
        maps = ("-map", "0:v", "-map", "2:s", "-map_metadata", "1")
        ffmpeg(*inputs, *maps, *unusual.FAST, "-c:s", "srt", str(target))

    found = look(samples.get("chapters.mkv", make))
    marks = [(float(mark.start), mark.title) for mark in found.chapters]
    assert marks == [(0.0, "Dawn"), (0.5, "Dusk")]


def test_keeps_marks_of_tracks(samples):
    def make(target: Path) -> None:
        with_texts(target.with_suffix(".plain.mkv"), 3)
        marks = {"s:0": "forced+default", "s:1": "0", "s:2": "hearing_impaired"}
        flags = [a for stream, mark in marks.items() for a in (f"-disposition:{stream}", mark)]
        title = ("-metadata:s:s:1", "title=English (Forced)")
        plain = ("-i", str(target.with_suffix(".plain.mkv")), "-map", "0", "-c", "copy")
        ffmpeg(*plain, *flags, *title, "-disposition:a:0", "visual_impaired", str(target))

    found = look(samples.get("marks.mkv", make))
    marks = [(s.is_default, s.is_forced, s.is_sdh) for s in found.subtitles]
    assert marks == [(True, True, False), (False, True, False), (False, False, True)]
    assert found.audios[0].is_sdh


def test_names_codec_that_is_unknown(samples):
    plain = samples.film("plain.mkv", *X264, *AAC)
    path = samples.get(
        "unknown.mkv", lambda target: hostile.unknown_codec(plain, target, b"V_MPEG4/ISO/AVC")
    )
    with pytest.raises(PipelineError, match="cannot be decoded"):
        look(path)


def test_encodes_film_with_slides(samples, encoded):
    make = partial(unusual.beside_slides, seconds=8, rate="1/4", marks=("default", "default"))
    film = encoded(samples.get("slides-8-default.mov", make))
    assert_exact(film, duration=8)
    assert (film.plan.rungs[-1].width, film.plan.rungs[-1].height) == (320, 180)
