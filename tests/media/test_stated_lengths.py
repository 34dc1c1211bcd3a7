"""A film lasts as long as what is there; missing bytes and further files are not overlooked."""

from pathlib import Path

import pytest

from tests.media import unusual
from tests.media.films import assert_exact, assert_in_order, prepare
from tests.media.samples import X264
from video_app.pipeline import source
from video_app.pipeline.errors import PipelineError
from video_app.pipeline.streams import Source

pytestmark = pytest.mark.ffmpeg


def look(path: Path) -> Source:
    return source.read_source(path, max_streams=8)


def codes(found: Source) -> list[str]:
    return [note.code for note in found.notes]


@pytest.mark.parametrize("name", ["plain.flv", "plain.mkv", "plain.mp4"])
@pytest.mark.parametrize("stated", [600, 20])
def test_accepts_header_that_overstates_the_length(samples, tmp_path, name, stated):
    path = unusual.misstate(unusual.plain(samples, name), stated, tmp_path / name)
    found = look(path)
    assert abs(found.duration - 8) < 0.2


def test_accepts_header_that_understates_the_length(samples, tmp_path):
    plain = unusual.plain(samples, "plain.mkv")
    found = look(unusual.misstate(plain, 2, tmp_path / "short.mkv"))
    assert abs(found.duration - 8) < 0.2
    assert codes(found) == []


@pytest.mark.parametrize("share", [0.4, 0.8])
@pytest.mark.parametrize("name", ["plain.flv", "plain.mkv", "faststart.mp4", "plain.wmv"])
def test_refuses_file_that_was_cut_off(samples, tmp_path, name, share):
    codec = ("-c:v", "wmv2", "-c:a", "wmav2") if "wmv" in name else (*X264, "-c:a", "aac")
    flags = ("-movflags", "+faststart") if "mp4" in name else ()
    whole = samples.film(name.replace("plain", "whole"), *codec, *flags).read_bytes()
    path = tmp_path / name
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(PipelineError, match="incomplete"):
        look(path)


def test_refuses_download_that_ends_in_zeros(samples, tmp_path):
    whole = unusual.plain(samples, "plain.mkv").read_bytes()
    path = tmp_path / "reserved.mkv"
    path.write_bytes(whole[: len(whole) // 3] + bytes(len(whole) - len(whole) // 3))
    with pytest.raises(PipelineError, match="incomplete"):
        look(path)


JOINED = {
    "flv": (*X264, "-c:a", "aac"),
    "mkv": (*X264, "-c:a", "aac"),
    "mp4": (*X264, "-c:a", "aac"),
    "webm": ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"),
    "wmv": ("-c:v", "wmv2", "-c:a", "wmav2"),
    "avi": ("-c:v", "mpeg4", "-c:a", "mp3"),
    "mpg": ("-c:v", "mpeg2video", "-c:a", "mp2"),
    "ogv": ("-c:v", "libtheora", "-c:a", "libvorbis"),
}


@pytest.mark.parametrize("kind", JOINED)
def test_keeps_all_of_joined_files(samples, tmp_path, kind):
    one = samples.film(f"one.{kind}", *JOINED[kind])
    path = unusual.appended(tmp_path / f"joined.{kind}", one, one, one)
    _, found = prepare(path, tmp_path)
    assert abs(found.duration - 24) < 0.5


NEW_NUMBERS = {
    "program": ("-mpegts_service_id", "7", "-mpegts_pmt_start_pid", "4000"),
    "table": ("-mpegts_pmt_start_pid", "4000"),
}


@pytest.mark.parametrize("change", NEW_NUMBERS)
def test_keeps_all_of_broadcasts_joined_under_new_numbers(samples, tmp_path, change):
    one = samples.film("one.ts", *X264, "-c:a", "aac")
    numbers = ("-mpegts_start_pid", "777", *NEW_NUMBERS[change])
    other = samples.film(f"{change}.ts", "-c", "copy", *numbers, source=one)
    _, found = prepare(unusual.appended(tmp_path / "new.ts", one, other, one), tmp_path)
    assert abs(found.duration - 24) < 0.5


def test_encodes_all_of_joined_files(samples, tmp_path, encoded):
    one = unusual.plain(samples, "plain.flv")
    film = encoded(unusual.appended(tmp_path / "twice.flv", one, one))
    assert_exact(film)
    numbers = film.numbers()
    second = numbers.index(0, 100)
    assert_in_order(numbers[:second], 0, 199)
    assert_in_order(numbers[second:], 0, 199)


def test_names_joined_file_that_is_coded_in_another_way(samples, tmp_path):
    one = unusual.plain(samples, "plain.flv")
    other = samples.film("other.flv", *X264, "-vf", "scale=160:90", "-c:a", "aac")
    _, found = prepare(unusual.appended(tmp_path / "differ.flv", one, other), tmp_path)
    assert abs(found.duration - 8) < 0.2
    assert codes(found) == ["joined_parts"]


def test_sees_no_second_file_in_fragments_and_reserved_room(samples, tmp_path):
    flags = ("-movflags", "frag_keyframe+empty_moov+default_base_moof", "-frag_duration", "500000")
    path = samples.film("fragments.mp4", *X264, "-c:a", "aac", *flags)
    found = look(path)
    assert found.parts == 1
    assert abs(found.duration - 8) < 0.1


def test_reads_edit_list_that_shows_a_part(samples, tmp_path):
    whole = unusual.plain(samples, "plain.mp4")
    cut = samples.film("cut-in.mp4", "-ss", "3.3", "-c", "copy", source=whole)
    found = prepare_without_copy(cut, tmp_path)
    assert abs(found.duration - 4.7) < 0.3


def prepare_without_copy(path: Path, folder: Path) -> Source:
    used, found = prepare(path, folder)
    assert used == path
    return found


@pytest.mark.parametrize("later", [(), ("-output_ts_offset", "8")])
def test_keeps_all_of_recording_whose_streams_change_their_numbers(samples, tmp_path, later):
    first = unusual.plain(samples, "plain.ts")
    name = f"renumbered-{len(later)}.ts"
    pids = ("-mpegts_start_pid", "0x200", *later)
    clock = samples.clock(20)
    second = samples.film(name, *X264, "-c:a", "aac", *pids, source=clock)
    _, found = prepare(unusual.appended(tmp_path / "both.ts", first, second), tmp_path)
    assert abs(found.duration - 28) < 0.3
    assert abs(found.audios[0].end - 28) < 0.3
    assert codes(found) == []
