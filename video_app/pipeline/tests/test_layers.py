"""Which rungs run ahead, and what players may see of each."""

from dataclasses import replace

import pytest

from video_app.pipeline import layers
from video_app.pipeline.layers import Layer
from video_app.pipeline.tests.samples import a_plan, an_audio
from video_app.pipeline.types import Plan

RUNGS = ("120p", "360p", "480p", "720p", "1080p")
WHOLE = a_plan(120)
PLAN = replace(WHOLE, chunk_cuts=(*range(0, WHOLE.segments, 2), WHOLE.segments))


def with_rungs(*names: str) -> Plan:
    return replace(PLAN, rungs=tuple(rung for rung in PLAN.rungs if rung.name in names))


def names(layer: Layer) -> list[str]:
    return [rung.name for rung in layers.part(PLAN, layer).rungs]


def test_parts_rungs_at_480p():
    assert names(Layer.LOW) == ["120p", "360p", "480p"]
    assert names(Layer.HIGH) == ["720p", "1080p"]
    assert names(Layer.ALL) == list(RUNGS)


def test_keeps_grid_and_cuts():
    parts = [layers.part(PLAN, layer) for layer in Layer]
    assert {(part.rate, part.gop, part.cuts, part.chunk_cuts) for part in parts} == {
        (PLAN.rate, PLAN.gop, PLAN.cuts, PLAN.chunk_cuts)
    }


@pytest.mark.parametrize("rungs", [("360p",), ("120p", "360p", "480p"), ("720p", "1080p")])
def test_has_one_layer_where_one_suffices(rungs: tuple[str, ...]):
    plan = with_rungs(*rungs)
    assert not layers.has_layers(plan)
    assert layers.part(plan, Layer.LOW) == layers.part(plan, Layer.ALL) == plan


def test_counts_segments_of_each_layer_before_the_first_gap():
    done = [(True, True), (True, False), (True, False), (False, False), (True, True)]
    assert layers.ready_segments(PLAN, done) == dict(zip(RUNGS, [6, 6, 6, 2, 2], strict=True))


@pytest.mark.parametrize(("high", "offered"), [(0, 3), (4, 3), (6, 5), (20, 5)])
def test_offers_upper_rungs_when_half_a_minute_is_there(high: int, offered: int):
    ready = dict(zip(RUNGS, [20, 20, 20, high, high], strict=True))
    assert layers.offered(PLAN, ready) == list(RUNGS[:offered])


def test_offers_all_of_a_short_film():
    plan = a_plan(6)
    assert plan.segments == 2
    assert layers.offered(plan, dict.fromkeys(RUNGS, 2)) == list(RUNGS)


def test_puts_sound_tracks_into_the_low_layer():

    plan = replace(
        PLAN, has_first_track=True, source=replace(PLAN.source, audios=(an_audio(1), an_audio(2)))
    )
    assert layers.part(plan, Layer.LOW).folders == ("120p", "360p", "480p", "audio-0", "audio-1")
    assert layers.part(plan, Layer.HIGH).folders == ("720p", "1080p")
    assert layers.part(plan, Layer.HIGH).has_audio
