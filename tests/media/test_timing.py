"""Every picture at its time: no one is lost, doubled or shifted, whatever the source."""

import subprocess
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.media.films import BINARY, Film, assert_exact, assert_in_order, luma, prepare
from tests.media.samples import AAC, HEIGHT, RATE, WIDTH, X264, ffmpeg
from video_app.pipeline import command, source
from video_app.pipeline.ffmpeg import ProcessLimits, run
from video_app.pipeline.grid import choose_rate
from video_app.pipeline.plan import Limits, make_plan

pytestmark = pytest.mark.ffmpeg
NO_SOUND = ("-an",)


def test_every_picture_of_an_ordinary_film_appears_once(samples, encoded):
    film = encoded(samples.film("plain.mp4", *X264, *AAC))
    assert film.plan.chunks == 3
    assert_exact(film, duration=8)
    assert_in_order(film.numbers(), 0, 199)


def test_a_rate_that_is_no_whole_number_keeps_every_picture(samples, encoded):
    slower = ("-vf", "setpts=N*1001/(24000*TB)", "-r", "24000/1001", *NO_SOUND)
    film = encoded(samples.film("ntsc-film.mkv", *slower, *X264))
    assert film.plan.rate == Fraction(24000, 1001)
    assert_exact(film, has_sound=False)
    assert_in_order(film.numbers(), 0, 199)


def test_a_hole_in_a_variable_rate_shows_the_picture_before_it(samples, encoded):
    hole = ("-vf", "select='not(between(n,60,134))'", "-fps_mode", "vfr")
    film = encoded(samples.film("hole.mp4", *hole, *X264, *AAC))
    assert_exact(film, duration=8)
    assert film.numbers() == [*range(60), *[59] * 75, *range(135, 200)]


def test_pictures_of_uneven_length_are_shown_as_long_as_in_the_source(samples, encoded):
    uneven = ("-vf", "select='mod(n,5)-mod(n,3)'", "-fps_mode", "vfr", "-enc_time_base", "1/1000")
    film = encoded(samples.film("uneven.mkv", *uneven, *X264, *AAC))
    assert_exact(film)
    kept = [n for n in range(200) if n % 5 - n % 3]
    first = round(film.plan.source.video.start * RATE) - kept[0]
    shown = [max([n for n in kept if n + first <= k] or kept[:1]) for k in range(film.plan.frames)]
    assert film.numbers() == shown


@pytest.mark.parametrize(("rate", "seconds"), [(240, 4), (1000, 4)])
def test_very_high_rates_come_down_to_sixty(samples, encoded, rate, seconds):
    film = encoded(
        samples.film(f"{rate}.mp4", *X264, *NO_SOUND, source=samples.clock(seconds, rate))
    )
    assert film.plan.rate == 60
    assert_exact(film, duration=seconds, has_sound=False)
    exact = [frame * rate / 30 for frame in range(seconds * 30)]  # 360p has at most 30
    assert all(abs(a - b) <= rate / 60 for a, b in zip(film.numbers(), exact, strict=True))


def test_one_picture_a_second_for_a_minute(samples, encoded):
    film = encoded(samples.film("slow.mp4", *X264, *NO_SOUND, source=samples.clock(60, 1)))
    assert film.plan.rate == 1
    assert_exact(film, duration=60, has_sound=False)
    assert_in_order(film.numbers(), 0, 59)


@pytest.mark.parametrize("container", ["mp4", "mkv", "ts"])
def test_one_single_picture_is_a_film(samples, encoded, container):
    film = encoded(samples.film(f"single.{container}", "-frames:v", "1", *X264, *NO_SOUND))
    assert_exact(film, has_sound=False)
    assert film.plan.duration <= Fraction(1, 10)


def test_less_than_half_a_second_is_a_film(samples, encoded):
    film = encoded(samples.film("short.mp4", "-t", "0.4", *X264, *AAC))
    assert_exact(film, duration=0.4)
    assert film.numbers() == list(range(10))


def test_late_pictures_hold_the_first_one_from_the_start(samples, encoded):
    film = encoded(_shifted(samples, "late-pictures.mp4", picture=0.52))
    assert_exact(film, duration=8.52)
    assert film.numbers()[:15] == [*[0] * 13, 0, 1]


def test_pictures_that_start_after_the_first_chunks_do_so(samples, encoded):
    film = encoded(_shifted(samples, "very-late-pictures.mkv", picture=6.52))
    assert_exact(film, duration=14.52)
    assert film.plan.chunks == 4
    # Newer muxers cut the encoder's silence off, with which the sound began: then the pictures
    # begin a frame sooner, and the last one is held for the sound.
    early = 165 - film.numbers().index(1)
    assert early in (0, 1)
    assert film.numbers() == [*[0] * (165 - early), *range(1, 200), *[199] * early]


def test_an_edit_list_is_obeyed(samples, encoded):
    whole = samples.film("keyed.mp4", *X264, *AAC)
    film = encoded(samples.film("edited.mp4", "-c", "copy", source=_cut(samples, whole)))
    numbers = film.numbers()
    assert_exact(film)
    assert numbers[:3] == [30, 31, 32]
    assert numbers == list(range(30, 30 + len(numbers)))


def test_pictures_before_time_zero_are_not_shown(samples, encoded):
    early = ("-output_ts_offset", "-3", "-avoid_negative_ts", "disabled", "-c", "copy")
    film = encoded(samples.film("early.mp4", *early, source=samples.film("plain.mp4", *X264, *AAC)))
    assert_exact(film, duration=5)
    assert_in_order(film.numbers(), 75, last_of(film, 199))


def test_time_stamps_may_start_at_half_a_day(samples, encoded):
    late = ("-output_ts_offset", "40000", "-c", "copy")
    film = encoded(samples.film("late.mkv", *late, source=samples.film("plain.mp4", *X264, *AAC)))
    assert_exact(film, duration=8)
    assert_in_order(film.numbers(), 0, last_of(film, 199))


def last_of(film: Film, number: int) -> int:
    """A film's last picture: `number` or, where sound began a little earlier, the one before."""
    last = film.numbers()[-1]
    assert last in (number - 1, number)
    return last


def test_time_stamps_may_wrap_in_a_transport_stream(samples, encoded):
    plain = samples.film("plain.mp4", *X264, *AAC)
    wrap = 2**33 / 90_000
    late = ("-c", "copy", "-output_ts_offset", f"{wrap - 4:.3f}", "-muxdelay", "0")
    film = encoded(samples.film("wrap.ts", *late, source=plain))
    assert_exact(film, duration=8)
    assert_in_order(film.numbers(), 0, 198)


@pytest.mark.parametrize("name", ["live.mkv", "live.flv", "live.avi"])
def test_a_container_may_not_know_its_duration(samples, encoded, name):
    plain = samples.film("plain.mp4", *X264, *AAC)
    live = {
        "live.mkv": ("-live", "1", "-f", "matroska"),
        "live.flv": ("-flvflags", "no_duration_filesize", "-f", "flv"),
        "live.avi": ("-f", "avi"),
    }
    if name == "live.avi":
        plain = samples.film("plain.avi", *X264, "-bf", "0", "-c:a", "mp3")
    path = samples.get(name, lambda target: _pipe(plain, live[name], target))
    film = encoded(path)
    assert_exact(film)
    assert abs(film.plan.duration - 8) <= Fraction(1, 10)
    numbers = film.numbers()
    assert_in_order(numbers, 0, numbers[-1])
    assert numbers[-1] >= 198


def test_a_film_of_two_hours_is_planned_at_once_and_sought_at_its_end(samples, tmp_path):
    static = "color=gray:s=64x48:r=5:d=7200"
    path = samples.lavfi("hours.mp4", static, *X264[:4], "-g", "600")
    _, found = prepare(path, tmp_path)
    plan = make_plan(found, Limits(duration=6 * 3600, pixels=10**7))
    assert plan.duration == 7200
    _, refused = prepare(path, tmp_path)
    with pytest.raises(Exception, match="longer than 1 hours"):
        make_plan(refused, Limits(duration=3600, pixels=10**7))


def test_interlaced_pictures_become_twice_as_many(samples, encoded):
    film = encoded(_interlaced(samples))
    assert film.plan.rate == choose_rate(film.plan.source.video) == 50
    assert_exact(film, duration=4, has_sound=False)
    # A bar that moves by 4 columns with each field; 360p has half of the pictures.
    places = [_bar(picture) for picture in film.pictures()][:35]
    steps = [after - before for before, after in pairwise(places)]
    assert all(7 <= step <= 9 for step in steps)


def test_a_still_of_interlaced_pictures_is_one_instant(samples, tmp_path):
    path, target = _interlaced(samples), tmp_path / "still.jpg"
    found = source.read_source(path, max_streams=64)
    run(command.still(BINARY, str(path), found, Fraction(1, 2), str(target)), ProcessLimits())
    with Image.open(target) as picture:
        grey = picture.convert("L")
    edges = [
        next(x for x in range(WIDTH) if grey.getpixel((x, line)) > 128) for line in (90, 91, 92)
    ]
    assert max(edges) - min(edges) <= 1


@pytest.mark.parametrize("kind", ["plain.mp4", "hole.mp4", "ntsc-film.mkv", "mpeg4.avi"])
def test_chunks_show_the_pictures_of_one_whole_encode(samples, encoded, kind):
    makers = {
        "plain.mp4": (*X264, *AAC),
        "hole.mp4": ("-vf", "select='not(between(n,60,134))'", "-fps_mode", "vfr", *X264, *AAC),
        "ntsc-film.mkv": ("-vf", "setpts=N*1001/(24000*TB)", "-r", "24000/1001", "-an", *X264),
        "mpeg4.avi": ("-c:v", "mpeg4", "-q:v", "3", "-bf", "2", "-g", "60", "-c:a", "mp3"),
    }
    path = samples.film(kind, *makers[kind])
    chunked, whole = encoded(path), encoded(path, "whole", is_whole=True)
    assert min(_similarity(chunked, whole)) > 30


def _shifted(samples, name: str, *, picture: float) -> Path:
    plain = samples.film("plain.mp4", *X264, *AAC)

    def make(target: Path) -> None:
        both = ("-itsoffset", str(picture), "-i", str(plain), "-i", str(plain))
        ffmpeg(*both, "-map", "0:v", "-map", "1:a", "-c", "copy", str(target))

    return samples.get(name, make)


def _cut(samples, whole: Path) -> Path:
    """From 1.2 s on, between key frames: only an edit list can say so."""

    def make(target: Path) -> None:
        ffmpeg("-ss", "1.2", "-i", str(whole), "-c", "copy", str(target))

    return samples.get("cut.mp4", make)


def _pipe(source: Path, muxer: tuple[str, ...], target: Path) -> None:
    """Through a pipe, where no muxer can go back and note the duration."""
    command = ["ffmpeg", "-v", "error", "-i", str(source), "-c", "copy", *muxer, "pipe:"]
    target.write_bytes(subprocess.run(command, check=True, capture_output=True).stdout)


def _interlaced(samples) -> Path:
    bar = "color=black:s=320x180:r=50:d=4,geq=lum='if(between(X,4*N,4*N+20),235,16)':cb=128:cr=128"
    fields = "interlace=scan=tff:lowpass=off"
    codec = ("-flags", "+ildct+ilme", "-c:v", "mpeg2video", "-q:v", "3")
    return samples.lavfi("interlaced.mkv", f"{bar},{fields}", *codec)


def _bar(picture: Any) -> int:
    """The bar's left edge, which has to be the same in both fields' lines."""
    edges = [
        next((x for x in range(WIDTH) if luma(picture, x / WIDTH, y / HEIGHT) > 128), WIDTH)
        for y in (90, 91)
    ]
    assert abs(edges[0] - edges[1]) <= 2
    return edges[0]


def _similarity(one: Film, other: Film) -> list[float]:
    """PSNR of each picture."""
    paths = [str(_joined(film)) for film in (one, other)]
    command = ["ffmpeg", "-v", "error", "-i", paths[0], "-i", paths[1], "-lavfi"]
    done = subprocess.run(
        [*command, "psnr=stats_file=-", "-f", "null", "-"], check=True, capture_output=True
    )
    values = [line.split("psnr_avg:")[1].split()[0] for line in done.stdout.decode().splitlines()]
    assert len(values) == one.plan.frames == other.plan.frames
    return [float(value) for value in values]


def _joined(film: Film) -> Path:
    path = film.folder / "joined.ts"
    path.write_bytes(
        b"".join(p.read_bytes() for p in sorted((film.folder / film.top).glob("*.ts")))
    )
    return path
