"""Everything that opens a source opens it behind the same bars."""

import inspect
from fractions import Fraction
from pathlib import Path

import pytest

import video_app
from video_app.pipeline import command
from video_app.pipeline.plan import make_plan
from video_app.pipeline.probe_child import containers
from video_app.pipeline.tests.samples import LIMITS, a_source

PATH = "/media/sources/x.mp4"
PLAN = make_plan(a_source(), LIMITS)
ARGUMENTS = {
    "binary": "ffmpeg",
    "path": PATH,
    "plan": PLAN,
    "span": PLAN.chunk(1),
    "source": PLAN.source,
    "time": Fraction(3),
    "times": [Fraction(3), Fraction(5)],
    "target": "/media/work/out",
    "indexes": {0: 2},
    "folder": "/media/work",
    "count": 25,
    "back": Fraction(10),
}


def argv_builders() -> list[str]:
    return [
        name
        for name, function in inspect.getmembers(command, inspect.isfunction)
        if "path" in inspect.signature(function).parameters and name != "input_arguments"
    ]


def build(name: str) -> list[str]:
    function = getattr(command, name)
    wanted = inspect.signature(function).parameters.values()
    return function(**{p.name: ARGUMENTS[p.name] for p in wanted if p.default is p.empty})


def test_the_builders_are_found():
    assert {"encode_chunk", "remux", "still", "subtitles"} <= set(argv_builders())


@pytest.mark.parametrize("name", argv_builders())
def test_a_source_is_opened_with_all_flags(name):
    argv = build(name)
    bars = command.input_arguments(PATH)
    places = [at for at, argument in enumerate(argv) if argument == "-i"]
    assert places
    assert all(argv[at + 2 - len(bars) : at + 2] == bars for at in places)
    assert PATH not in " ".join(argv).replace(f"file:{PATH}", "")


def test_the_flags_name_real_containers_and_no_network():
    bars = command.input_arguments(PATH)
    given = dict(zip(bars[::2], bars[1::2], strict=True))
    assert given["-protocol_whitelist"] == "file"
    formats = set(given["-format_whitelist"].split(","))
    assert formats == {"mov", "matroska", "avi", "asf", "mpegts", "mpeg", "flv", "ogg"}
    assert int(given["-max_pixels"]) <= 8192 * 4320


def test_the_probe_has_the_same_flags():
    bars = command.input_arguments(PATH)
    given = {name[1:]: value for name, value in zip(bars[::2], bars[1::2], strict=True)}
    for name in ("protocol_whitelist", "format_whitelist", "max_pixels"):
        assert containers.OPTIONS[name] == given[name]


def test_nothing_else_opens_media_or_starts_programs():
    room = Path(video_app.__file__).parent
    code = {
        str(path.relative_to(room)): path.read_text()
        for path in room.rglob("*.py")
        if "tests" not in path.parts
    }
    openers = [name for name, text in code.items() if "av.open(" in text]
    assert openers == ["pipeline/probe_child/containers.py"]
    starters = [name for name, text in code.items() if "Popen(" in text]
    # The former starts our own workers.
    assert sorted(starters) == ["management/commands/worker.py", "pipeline/ffmpeg.py"]
    assert not [name for name, text in code.items() if "shell=True" in text]
