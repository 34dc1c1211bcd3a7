"""Playlists, also in the eyes of an independent parser."""

import itertools
from fractions import Fraction

import m3u8
import pytest

from video_app.pipeline import master, playlist, rates
from video_app.pipeline.streams import SubtitleStream
from video_app.pipeline.tests.samples import a_plan, a_rate, an_audio, reports
from video_app.pipeline.text_tracks import TextTrack, of_source
from video_app.pipeline.types import Plan

PLAN = a_plan(30)


def test_a_finished_rendition_is_vod_with_an_end():
    text = playlist.media_playlist(PLAN, PLAN.segments, complete=True)
    parsed = m3u8.loads(text)
    assert parsed.playlist_type == "vod"
    assert parsed.is_endlist
    assert parsed.target_duration == 6
    assert [segment.uri for segment in parsed.segments][:2] == ["000.ts", "001.ts"]
    assert sum(segment.duration for segment in parsed.segments) == pytest.approx(30)
    assert "EXT-X-START" not in text


def test_a_growing_rendition_is_an_event_that_starts_at_the_beginning():
    text = playlist.media_playlist(PLAN, 2, complete=False)
    parsed = m3u8.loads(text)
    assert parsed.playlist_type == "event"
    assert not parsed.is_endlist
    assert len(parsed.segments) == 2
    assert "#EXT-X-START:TIME-OFFSET=0.01,PRECISE=YES" in text


def test_a_growing_rendition_only_appends():
    growing = [playlist.media_playlist(PLAN, n, complete=False) for n in range(1, PLAN.segments)]
    for before, after in itertools.pairwise(growing):
        assert after.startswith(before)


def test_a_growing_rendition_ends_with_its_last_segment():
    whole = playlist.media_playlist(PLAN, PLAN.segments, complete=False)
    last = playlist.media_playlist(PLAN, PLAN.segments - 1, complete=False)
    assert whole.startswith(last)
    assert m3u8.loads(whole).is_endlist
    assert not m3u8.loads(last).is_endlist


def test_an_abandoned_rendition_ends_where_it_stopped():
    growing = playlist.media_playlist(PLAN, 2, complete=False)
    abandoned = playlist.media_playlist(PLAN, 2, complete=False, abandoned=True)
    assert abandoned == growing + "#EXT-X-ENDLIST\n"


def test_segments_get_the_uris_they_are_given():
    text = playlist.media_playlist(PLAN, 1, complete=False, uri=lambda name: f"/x/{name}?b=7")
    assert "\n/x/000.ts?b=7\n" in text


def test_durations_of_ntsc_are_exact_to_the_microsecond():
    plan = a_plan(60, video=a_rate(Fraction(30000, 1001)))
    assert "#EXTINF:6.006000," in playlist.media_playlist(plan, plan.segments, complete=True)


def test_more_than_a_thousand_segments_get_more_digits():
    plan = a_plan(3 * 3600)
    assert "\n1000.ts\n" in playlist.media_playlist(plan, plan.segments, complete=True)


def test_the_master_lists_a_modest_rung_first():
    parsed = m3u8.loads(master.master_playlist(PLAN, reports(PLAN), complete=True))
    assert [p.uri for p in parsed.playlists] == [
        f"{name}/index.m3u8" for name in ("720p", "120p", "360p", "480p", "1080p")
    ]


def test_the_master_states_what_is_inside():
    parsed = m3u8.loads(master.master_playlist(PLAN, reports(PLAN), complete=True))
    top = parsed.playlists[-1].stream_info
    assert top.resolution == (1920, 1080)
    assert top.codecs == "avc1.640028,mp4a.40.2"
    assert top.frame_rate == 24
    assert parsed.playlists[1].stream_info.frame_rate == 12


def test_a_silent_film_has_no_audio_codec():
    plan = a_plan(30, audios=())
    assert "mp4a" not in master.master_playlist(plan, reports(plan), complete=True)


def test_bit_rates_are_measured_once_it_is_complete():
    parsed = m3u8.loads(master.master_playlist(PLAN, reports(PLAN), complete=True))
    info = parsed.playlists[0].stream_info
    assert info.average_bandwidth == 8 * 100_000 * PLAN.segments // 30
    assert info.bandwidth > info.average_bandwidth


def test_bit_rates_are_bounds_while_it_grows():
    parsed = m3u8.loads(master.master_playlist(PLAN, reports(PLAN)[:1], complete=False))
    for listed in parsed.playlists:
        rung = PLAN.rung(listed.uri.split("/")[0])
        assert listed.stream_info.bandwidth > rung.max_rate + rung.audio_rate


def test_a_growing_master_has_no_trick_play_yet():
    assert "I-FRAME" not in master.master_playlist(PLAN, reports(PLAN)[:1], complete=False)


def test_trick_play_lists_one_byte_range_per_gop():
    parsed = m3u8.loads(playlist.iframe_playlist(PLAN, "720p", reports(PLAN)))
    assert parsed.is_i_frames_only
    assert len(parsed.segments) == PLAN.frames // PLAN.gop
    assert parsed.segments[0].byterange == "1000@0"
    assert sum(segment.duration for segment in parsed.segments) == pytest.approx(30)


def test_the_base_leads_to_the_renditions_from_another_folder():
    text = master.master_playlist(PLAN, reports(PLAN), complete=True, uri=lambda name: f"../{name}")
    assert "\n../720p/index.m3u8\n" in text
    assert 'URI="../720p/iframes.m3u8"' in text


def test_the_peak_is_taken_over_runs_of_half_to_one_and_a_half_targets():
    durations = [Fraction(2), Fraction(4), Fraction(6), Fraction(6)]
    # A single two-second segment is too short to count; with its neighbour it does.
    assert rates.peak_rate([900_000, 100, 100, 100], durations) == -(-8 * 900_100 // 6)


def test_the_peak_of_a_very_short_film_is_its_average():
    assert rates.peak_rate([1000], [Fraction(1)]) == 8000


BILINGUAL = a_plan(
    30,
    audios=(an_audio(1, language="eng"), an_audio(2, language="deu", title="Deutsch")),
    subtitles=(SubtitleStream(3, "subrip", "fra"),),
)


TRILINGUAL = a_plan(
    30, audios=tuple(an_audio(n + 1, language=x) for n, x in enumerate(["eng", "deu", "fra"]))
)


@pytest.mark.parametrize("plan", [BILINGUAL, TRILINGUAL])
def test_every_sound_track_has_a_uri(plan):
    parsed = m3u8.loads(master.master_playlist(plan, [], complete=False))
    first, second, *_ = audios = [media for media in parsed.media if media.type == "AUDIO"]
    assert (first.name, first.language, first.default) == ("English", "en", "YES")
    assert (second.language, second.default) == ("de", "NO")
    count = len(audios)
    assert [media.uri for media in audios] == [
        f"audio-{n}/index.m3u8" for n in (count - 1, *range(count - 1))
    ]
    assert all(listed.stream_info.audio == "sound" for listed in parsed.playlists)
    assert plan.folders[-count:] == tuple(f"audio-{n}" for n in range(count))


def test_first_sound_track_of_older_builds_lies_in_the_renditions_only():
    stored = BILINGUAL.to_json()
    del stored["has_first_track"]
    plan = Plan.from_json(stored)
    parsed = m3u8.loads(master.master_playlist(plan, reports(plan), complete=True))
    assert [media.uri for media in parsed.media] == [None, "audio-0/index.m3u8"]


def test_one_single_sound_has_no_track():
    assert PLAN.folders == tuple(rung.name for rung in PLAN.rungs)
    assert "TYPE=AUDIO" not in master.master_playlist(PLAN, reports(PLAN), complete=True)


@pytest.mark.parametrize("largest", ["audio-0", "audio-1", "audio-2"])
def test_bit_rates_count_the_largest_sound_that_can_be_chosen(largest):
    measured = reports(TRILINGUAL)
    for report in measured:
        report[largest] = [{"size": 50_000} for _ in report[largest]]
    parsed = m3u8.loads(master.master_playlist(TRILINGUAL, measured, complete=True))
    muxed = m3u8.loads(master.master_playlist(PLAN, reports(PLAN), complete=True))
    for listed, alone in zip(parsed.playlists, muxed.playlists, strict=True):
        added = listed.stream_info.average_bandwidth - alone.stream_info.average_bandwidth
        assert added == pytest.approx(8 * 50_000 * PLAN.segments / 30, abs=1)
        assert listed.stream_info.bandwidth >= alone.stream_info.bandwidth * 3 // 2 - 1


def test_bounds_of_a_growing_film_leave_room_for_a_sound_track():
    growing = m3u8.loads(master.master_playlist(BILINGUAL, [], complete=False))
    alone = m3u8.loads(master.master_playlist(PLAN, [], complete=False))
    for listed, less in zip(growing.playlists, alone.playlists, strict=True):
        assert listed.stream_info.bandwidth >= less.stream_info.bandwidth + 128_000


def test_flags_of_subtitles_are_kept():
    subtitles = (
        SubtitleStream(3, "subrip", "eng"),
        SubtitleStream(4, "subrip", "eng", is_forced=True, is_default=True),
        SubtitleStream(5, "subrip", "deu", is_sdh=True, is_default=True),
    )
    plan = a_plan(30, subtitles=subtitles)
    text = master.master_playlist(plan, [], complete=False, texts=of_source(plan))
    plain, forced, described = m3u8.loads(text).media
    assert [(m.forced, m.default) for m in (plain, forced)] == [("NO", "NO"), ("YES", "YES")]
    assert described.default == "NO"  # one of a group only
    assert "transcribes-spoken-dialog" in described.characteristics
    assert forced.characteristics is None


def test_description_for_the_blind_is_said_to_be_one():
    described = a_plan(30, audios=(an_audio(1), an_audio(2, is_sdh=True)))
    first, second = m3u8.loads(master.master_playlist(described, [], complete=False)).media
    assert first.characteristics is None
    assert second.characteristics == "public.accessibility.describes-video"


def test_subtitles_are_listed_when_they_are_there():
    text = master.master_playlist(BILINGUAL, reports(BILINGUAL), complete=True)
    assert "SUBTITLES" not in text
    texts = of_source(BILINGUAL)
    parsed = m3u8.loads(
        master.master_playlist(BILINGUAL, reports(BILINGUAL), complete=True, texts=texts)
    )
    (track,) = (media for media in parsed.media if media.type == "SUBTITLES")
    assert (track.name, track.language) == ("French", "fr")
    assert track.uri == "subtitles-0/index.m3u8"
    assert all(listed.stream_info.subtitles == "text" for listed in parsed.playlists)


def test_added_subtitles_follow_those_of_the_source_without_removed_ones():
    streams = (SubtitleStream(3, "subrip", "eng"), SubtitleStream(4, "subrip", "deu"))
    plan = a_plan(30, subtitles=streams)
    texts = [*of_source(plan, removed={0}), TextTrack("text-7", "deu", "", is_forced=True)]
    first, second = m3u8.loads(master.master_playlist(plan, [], complete=False, texts=texts)).media
    assert (first.name, first.uri) == ("German", "subtitles-1/index.m3u8")
    assert (second.name, second.uri, second.forced) == ("German 2", "text-7/index.m3u8", "YES")


def test_subtitle_segments_span_the_film():
    parsed = m3u8.loads(playlist.subtitle_playlist(a_plan(95)))
    assert [segment.uri for segment in parsed.segments] == ["000.vtt", "001.vtt"]
    assert sum(segment.duration for segment in parsed.segments) == pytest.approx(95)
