"""Sound that keeps to the pictures, without a seam between chunks, whatever the source."""

from pathlib import Path

import pytest

from tests.media.films import Film, assert_exact, beep_times, flash_times, tone_shifts
from tests.media.samples import AAC, BEEP, TONE, TONE_PEAK, X264, Samples, ffmpeg

pytestmark = pytest.mark.ffmpeg
LOSSLESS = ("-c:v", "copy", "-c:a", "flac")
MAX_OFFSET = 0.045  # seconds; HLS.md 27


def assert_in_step(film: Film, seconds: int) -> None:
    """Beeps and flashes begin together, each second but the first: codecs swallow a start."""
    flashes, beeps = flash_times(film)[1:], [time for time in beep_times(film) if time > 0.5]
    assert len(flashes) == len(beeps) == seconds - 1
    assert all(abs(a - b) <= MAX_OFFSET for a, b in zip(flashes, beeps, strict=True))


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("tone.mp4", ("-ar", "44100", "-c:a", "aac", "-b:a", "192k")),
        ("tone.mkv", ("-ar", "44100", "-c:a", "aac", "-b:a", "192k")),
        ("tone-mp3.mkv", ("-ar", "44100", "-c:a", "libmp3lame", "-b:a", "192k")),
        ("tone-pcm.mov", ("-ar", "32000", "-c:a", "pcm_s16le")),
        ("tone-opus.webm", ("-c:a", "libopus", "-b:a", "192k")),
    ],
)
def test_no_chunk_shifts_or_bends_the_sound(samples, encoded, name, codec):
    video = ("-c:v", "libvpx", "-deadline", "realtime") if name.endswith("webm") else X264
    film = encoded(samples.film(name, *video, *codec, source=samples.clock(sound=TONE)))
    assert_exact(film)
    heard = tone_shifts(film)[4:-8]
    delays = sorted(delay for _, delay, _ in heard)
    usual = delays[len(delays) // 2]
    # Two samples are 0.04 ms; lossy codecs alone move a tone by about one.
    assert all(abs(delay - usual) < 2 for delay in delays)
    assert all(abs(peak - TONE_PEAK) < TONE_PEAK / 5 for *_, peak in heard)
    for start, end in ((0, 2), (2, 6), (6, 8)):
        chunk = sorted(delay for time, delay, _ in heard if start + 0.1 < time < end - 0.1)
        assert abs(chunk[len(chunk) // 2] - usual) < 0.3


def test_chunks_sound_as_good_as_one_whole_encode(samples, encoded):
    path = samples.film("tone.mp4", *X264, "-ar", "44100", *AAC, source=samples.clock(sound=TONE))
    chunked, whole = tone_shifts(encoded(path)), tone_shifts(encoded(path, "whole", is_whole=True))
    assert len(chunked) == len(whole)
    worst = max(abs(delay) for _, delay, _ in whole[4:-8])
    assert max(abs(delay) for _, delay, _ in chunked[4:-8]) <= worst + 0.1


@pytest.mark.parametrize(
    ("layout", "rate", "codec"),
    [
        ("mono", "8000", "pcm_s16le"),
        ("5.1(side)", "48000", "ac3"),
        ("7.1", "48000", "flac"),
        ("7.1", "192000", "pcm_s24le"),
    ],
)
def test_every_layout_becomes_stereo_at_its_time(samples, encoded, layout, rate, codec):
    name = f"{layout}-{rate}-{codec}.mkv".replace("(", "-").replace(")", "")
    every = f"pan={layout}|" + "|".join(f"c{n}=c0" for n in range(_channels(layout)))
    path = samples.film(name, "-c:v", "copy", "-af", every, "-ar", rate, "-c:a", codec)
    film = encoded(path)
    assert_exact(film, duration=8)
    assert_in_step(film, 8)
    with film.open(film.top) as container:
        assert container.streams.audio[0].layout.name == "stereo"


@pytest.mark.parametrize("channels", [7, 8, 10, 12])
def test_a_studio_file_keeps_its_sound(samples, encoded, channels):
    sound = f"aevalsrc='{'|'.join([BEEP] * channels)}':s=48000:d=8"

    def make(target: Path) -> None:
        inputs = ("-i", str(samples.clock()), "-f", "lavfi", "-i", sound)
        ffmpeg(*inputs, "-map", "0:v", "-map", "1:a", *X264, "-c:a", "pcm_s16le", str(target))

    film = encoded(samples.get(f"studio-{channels}.mov", make))
    assert_exact(film, duration=8)
    assert_in_step(film, 8)


def test_a_film_may_have_no_sound(samples, encoded):
    film = encoded(samples.film("mute.mp4", *X264, "-an"))
    assert not film.plan.has_audio
    assert_exact(film, duration=8, has_sound=False)


@pytest.mark.parametrize("container", ["mp4", "mkv"])
def test_late_sound_starts_late(samples, encoded, container):
    film = encoded(_delayed(samples, f"sound-late-by-0.7.{container}", 0.7))
    assert_exact(film)
    beeps = beep_times(film)
    assert [round(time - number, 1) for number, time in enumerate(beeps)] == [0.7] * 8


def test_sound_may_start_after_the_first_chunks(samples, encoded):
    film = encoded(_delayed(samples, "very-late-sound.mkv", 6.7))
    assert film.plan.chunks == 4
    assert_exact(film)
    assert [round(time, 1) for time in beep_times(film)] == [n + 6.7 for n in range(8)]


@pytest.mark.parametrize("container", ["mp4", "mkv"])
def test_sound_may_end_before_the_pictures(samples, encoded, container):
    cut = ("-c:v", "copy", "-af", "atrim=end=2.5", *AAC)
    film = encoded(samples.film(f"short-sound.{container}", *cut))
    assert_exact(film, duration=8)
    assert len(beep_times(film)) == 3


def test_pictures_are_held_while_the_sound_goes_on(samples, encoded):
    cut = ("-vf", "trim=end=3", *X264, *AAC)
    film = encoded(samples.film("long-sound.mp4", *cut))
    assert_exact(film, duration=8)
    assert len(beep_times(film)) == 8
    assert set(film.numbers()[75:]) == {74}


def test_a_long_hole_in_the_sound_is_silence(samples, encoded):
    hole = ("-c:v", "copy", "-af", "aselect='not(between(t,1.5,39.5))'", *AAC)
    film = encoded(samples.film("hole-in-sound.mp4", *hole, source=samples.clock(42)))
    assert_exact(film, duration=42)
    assert [round(time) for time in beep_times(film)] == [0, 1, 40, 41]
    assert_close = [abs(time - round(time)) < MAX_OFFSET for time in beep_times(film)]
    assert all(assert_close)


@pytest.mark.parametrize("milliseconds", [20, 43, 120, 512])
def test_small_gaps_do_not_add_up(samples, encoded, milliseconds):
    gap = f"aselect='not(between(mod(t,2),1.3,{1.3 + milliseconds / 1000}))'"
    film = encoded(samples.film(f"gap-{milliseconds}.mkv", "-c:v", "copy", "-af", gap, *AAC))
    assert_exact(film, duration=8)
    assert_in_step(film, 8)


def test_late_pictures_keep_in_step(samples, encoded):
    plain = samples.film("plain.mp4", *X264, *AAC)

    def make(target: Path) -> None:
        late = ("-itsoffset", "0.52", "-i", str(plain))
        ffmpeg(*late, "-map", "0", "-c", "copy", "-copyts", str(target))

    film = encoded(samples.get("both-late.mkv", make))
    assert_exact(film, duration=8)
    assert_in_step(film, 8)


def _delayed(samples: Samples, name: str, seconds: float) -> Path:
    plain = samples.film("plain.mp4", *X264, *AAC)

    def make(target: Path) -> None:
        both = ("-i", str(plain), "-itsoffset", str(seconds), "-i", str(plain))
        ffmpeg(*both, "-map", "0:v", "-map", "1:a", "-c", "copy", str(target))

    return samples.get(name, make)


def _channels(layout: str) -> int:
    return {"mono": 1, "5.1(side)": 6, "7.1": 8}[layout]
