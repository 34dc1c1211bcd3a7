"""Plans: refused with a reason, or complete and exact."""

import itertools
import json
from fractions import Fraction

import pytest

from video_app.pipeline.errors import PipelineError
from video_app.pipeline.plan import Limits, make_plan
from video_app.pipeline.streams import Note
from video_app.pipeline.tests.samples import LIMITS, a_plan, a_rate, a_source, a_video
from video_app.pipeline.types import Plan


def test_it_survives_json():
    plan = a_plan(Fraction(1001, 24), video=a_rate(Fraction(24000, 1001)))
    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))) == plan


def test_notes_and_trust_survive_json():
    source = a_source(must_decode_from_start=True, notes=(Note("chapters", "There are two."),))
    plan = make_plan(source, LIMITS)
    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))) == plan


def test_reads_plans_of_older_versions():
    stored = a_plan().to_json()
    for name in ("notes", "must_decode_from_start"):
        del stored["source"][name]
    del stored["source"]["video"]["changes_shape"]
    for name in ("is_forced", "is_sdh"):
        del stored["source"]["audios"][0][name]
    assert Plan.from_json(stored) == a_plan()


def test_segments_add_up_to_the_duration():
    plan = a_plan(95)
    assert sum(plan.segment_duration(n) for n in range(plan.segments)) == plan.duration == 95


def test_chunks_abut():
    plan = a_plan(300)
    spans = [plan.chunk(index) for index in range(plan.chunks)]
    assert spans[0].first_frame == 0
    assert spans[-1].end_frame == plan.frames
    for before, after in itertools.pairwise(spans):
        assert before.end_frame == after.first_frame
        assert before.end_segment == after.first_segment


def test_an_unknown_rung_is_a_key_error():
    with pytest.raises(KeyError):
        a_plan().rung("4320p")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (a_source(0), "no duration"),
        (a_source(7 * 3600), "longer than 6 hours"),
        (a_source(video=a_video(width=15000, height=15000)), "too large"),
        (a_source(video=a_video(width=8, height=8)), "too small"),
    ],
)
def test_it_refuses_with_a_reason_for_people(source, reason):
    with pytest.raises(PipelineError, match=reason):
        make_plan(source, Limits(duration=6 * 3600, pixels=8192 * 4320))
