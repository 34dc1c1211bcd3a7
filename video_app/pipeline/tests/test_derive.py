"""What is made of a finished build, by real ffmpeg."""

import subprocess
from pathlib import Path

import pytest

from video_app.pipeline import derive
from video_app.pipeline.ffmpeg import find_ffmpeg
from video_app.pipeline.layout import segment_name
from video_app.pipeline.plan import make_plan
from video_app.pipeline.source import read_source
from video_app.pipeline.tests.samples import LIMITS, a_plan
from video_app.pipeline.types import Plan

pytestmark = pytest.mark.ffmpeg


def write_dark_and_silent(target: Path) -> None:
    sources = "-f lavfi -i color=black:s=212x120:r=12:d=6 -f lavfi -i anullsrc=r=48000:cl=stereo"
    encoding = "-t 6 -c:v libx264 -preset veryfast -c:a aac -f mpegts -pes_payload_size 0"
    command = ["ffmpeg", "-v", "error", *sources.split(), *encoding.split(), str(target)]
    subprocess.run(command, check=True)


def test_the_mp4_of_a_dark_and_silent_film_is_whole_although_it_is_small(tmp_path: Path) -> None:
    plan = a_plan(duration=6)
    for rung in plan.rungs:
        (tmp_path / rung.name).mkdir()
        for number in range(plan.segments):
            write_dark_and_silent(tmp_path / rung.name / segment_name(number))

    for rung in plan.rungs:
        target = tmp_path / f"{rung.name}.mp4"
        size = derive.make_progressive(
            "ffmpeg", tmp_path / rung.name, plan, rung, target, watch=lambda: None
        )
        assert size == target.stat().st_size


def a_film_with_texts(folder: Path, *texts: str) -> tuple[Path, Plan]:
    inputs: list[str] = []
    for number, text in enumerate(texts):
        (folder / f"{number}.srt").write_text(text)
        inputs += ["-i", str(folder / f"{number}.srt")]
    maps = [argument for n in range(len(texts) + 1) for argument in ("-map", str(n))]
    film = folder / "film.mkv"
    picture = ["-f", "lavfi", "-i", "color=s=64x64:r=5:d=4"]
    coding = ["-c:v", "libx264", "-preset", "ultrafast", "-c:s", "srt"]
    argv = [find_ffmpeg(), "-v", "error", *picture, *inputs, *maps, *coding, str(film)]
    subprocess.run(argv, check=True)
    return film, make_plan(read_source(film, max_streams=64), LIMITS)


ONE = "1\n00:00:01,000 --> 00:00:03,000\nHello --> arrow\n\n"
REVERSED = "2\n00:00:03,200 --> 00:00:03,100\nends before it begins\n"


def test_text_of_strangers_breaks_no_player(tmp_path: Path) -> None:
    film, plan = a_film_with_texts(tmp_path, ONE + REVERSED)
    made = derive.make_subtitles(find_ffmpeg(), film, plan, tmp_path, tmp_path, watch=lambda: None)
    assert made == derive.Subtitles(1)
    text = (tmp_path / "subtitles-0" / "000.vtt").read_text()
    assert text.endswith("\n\n00:01.000 --> 00:03.000\nHello → arrow\n")


def test_endless_text_spoils_no_other_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derive, "MAX_TEXT_BYTES", 2**16)
    cue = "00:00:00,000 --> 00:00:04,000\n" + "x" * 1000
    # ffmpeg leaves out cues that say the same.
    bomb = "".join(f"{n}\n{cue}{n}\n\n" for n in range(200))
    film, plan = a_film_with_texts(tmp_path, ONE, bomb, ONE)
    made = derive.make_subtitles(find_ffmpeg(), film, plan, tmp_path, tmp_path, watch=lambda: None)
    assert (made.count, made.cut_short) == (3, {1})
    texts = [(tmp_path / f"subtitles-{n}" / "000.vtt").read_text() for n in range(3)]
    assert "Hello" in texts[0]
    assert texts[0] == texts[2]
    assert len(texts[1]) < 2**17
