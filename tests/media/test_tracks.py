"""Films with several languages: each can be fetched without pictures, the first one too."""

from fractions import Fraction
from pathlib import Path

import m3u8
import pytest

from tests.media.films import BINARY, LIMITS, Film, prepare
from tests.media.samples import Samples, ffmpeg
from video_app.pipeline import command, master, transcode
from video_app.pipeline.layout import segment_name
from video_app.pipeline.plan import make_plan
from video_app.pipeline.rates import Report
from video_app.pipeline.transport import CLOCK, read_segment
from video_app.pipeline.types import AAC_FRAME, SAMPLE_RATE

pytestmark = pytest.mark.ffmpeg
SECONDS = 20
NOISE = "aevalsrc=random(0)-0.5|random(1)-0.5:s=48000:d=20"
TONE = "sine=440:sample_rate=48000:d=20"
SILENCE = "anullsrc=r=44100:d=20"


def a_film(samples: Samples, name: str, *sounds: str) -> Path:
    def make(target: Path) -> None:
        inputs = [argument for sound in sounds for argument in ("-f", "lavfi", "-i", sound)]
        maps = [argument for n in range(len(sounds) + 1) for argument in ("-map", str(n))]
        picture = ("-f", "lavfi", "-i", f"testsrc2=s=320x180:r=24000/1001:d={SECONDS}")
        coding = ("-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac")
        ffmpeg(*picture, *inputs, *maps, *coding, str(target))

    return samples.get(name, make)


def encode(path: Path, folder: Path) -> tuple[Film, list[Report]]:
    path, source = prepare(path, folder)
    plan = make_plan(source, LIMITS)
    reports = [
        transcode.encode_chunk(BINARY, path, plan, plan.chunk(index), folder, threads=1)
        for index in range(plan.chunks)
    ]
    return Film(plan, folder), reports


@pytest.mark.parametrize(
    ("name", "sounds"),
    [
        ("two.mkv", (TONE, NOISE)),
        ("three.mp4", (SILENCE, TONE, NOISE)),
        ("loud-first.mkv", (NOISE, SILENCE, SILENCE, SILENCE)),
    ],
)
def test_bit_rates_are_those_of_what_is_played(samples, tmp_path, name, sounds):
    film, reports = encode(a_film(samples, name, *sounds), tmp_path)
    found = m3u8.loads(master.master_playlist(film.plan, reports, complete=True))
    tracks = [Path(media.uri).parent.name for media in found.media]
    assert sorted(tracks) == [f"audio-{n}" for n in range(len(sounds))]
    loudest = max(_rate(film, track) for track in tracks)
    for listed in found.playlists:
        played = _rate(film, Path(listed.uri).parent.name) + loudest
        assert listed.stream_info.average_bandwidth == pytest.approx(played, rel=0.001)
        assert listed.stream_info.bandwidth >= listed.stream_info.average_bandwidth


def test_tracks_are_cut_at_the_first_frame_after_each_picture_cut(samples, tmp_path):
    film, _ = encode(a_film(samples, "three.mp4", SILENCE, TONE, NOISE), tmp_path)
    for track in film.plan.track_folders:
        for number in range(film.plan.segments):
            content = (tmp_path / track / segment_name(number)).read_bytes()
            began = read_segment(content, has_pictures=False).first_sound_pts
            cut = film.plan.time(film.plan.cuts[number]) + command.TIMESTAMP_ORIGIN
            assert 0 <= Fraction(began, CLOCK) - cut < Fraction(AAC_FRAME + 9, SAMPLE_RATE)


def test_track_of_the_first_sound_is_what_the_renditions_hold(samples, tmp_path):
    film, _ = encode(a_film(samples, "two.mkv", TONE, NOISE), tmp_path)
    track = film.plan.track_folders[-1]
    assert film.stamps("audio", track) == film.stamps("audio", film.top)
    with film.open(track) as container:
        assert [stream.type for stream in container.streams] == ["audio"]


def _rate(film: Film, folder: str) -> float:
    size = sum(
        (film.folder / folder / segment_name(n)).stat().st_size for n in range(film.plan.segments)
    )
    return float(8 * size / film.plan.duration)
