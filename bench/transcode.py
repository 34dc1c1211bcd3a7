"""What transcoding costs and yields, against the usual ways.

Five ways to make the same renditions, one run, one source, one encoder thread each;
then the time from the end of an upload to its first playable segment.
"""

import argparse
import re
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import variants
from bench.cost import Cost, run
from bench.first_segment import first_segment_goals
from bench.goals import cost_goals, quality_goals, rate_goals
from bench.results import NAMES, Film, Result, describe, print_table
from bench.steps import say, step
from bench.vmaf import vmaf
from tests.media.real import real_film
from video_app.pipeline.ffmpeg import find_ffmpeg
from video_app.pipeline.master import master_playlist
from video_app.pipeline.plan import Limits, make_plan
from video_app.pipeline.rates import Report
from video_app.pipeline.source import read_source
from video_app.pipeline.types import Plan

SCORED = "abc"
LIMITS = Limits(duration=24 * 3600, pixels=8192 * 4320)


def main() -> None:
    options = _options()
    step("looking for the film")
    source = options.file or real_film("bunny-1080p.mp4")
    with TemporaryDirectory(prefix="bench-") as folder:
        if not options.only_first_segment:
            excerpt = _excerpt(source, options.seconds, Path(folder) / f"source{source.suffix}")
            _compare(excerpt, Path(folder), options.every)
        if not options.no_first_segment:
            for goal in first_segment_goals(source):
                say(str(goal))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench transcode", description=__doc__)
    parser.add_argument("file", nargs="?", type=lambda name: Path(name).resolve())
    parser.add_argument("--seconds", type=int, default=30, help="of the film's beginning (30)")
    parser.add_argument("--every", type=int, default=1, help="VMAF of every n-th frame (1)")
    parser.add_argument("--no-first-segment", action="store_true", help="leave that part out")
    parser.add_argument("--only-first-segment", action="store_true", help="nothing but that part")
    return parser.parse_args()


def _excerpt(source: Path, seconds: int, target: Path) -> Path:
    cut: list[str | Path] = [
        find_ffmpeg(),
        "-nostdin",
        "-v",
        "error",
        "-i",
        source,
        "-t",
        str(seconds),
    ]
    run([*cut, "-map", "0:v:0", "-map", "0:a:0?", "-c", "copy", target])
    return target


def _compare(source: Path, folder: Path, every: int) -> None:
    plan = make_plan(read_source(source, max_streams=64), LIMITS)
    plan = replace(plan, source=replace(plan.source, audios=plan.source.audios[:1]))
    film = Film(find_ffmpeg(), source, plan)
    describe(film)
    results, reports = _run_all(film, folder)
    for letter in SCORED:
        step(f"VMAF of ({letter})")
        for rung in plan.rungs:
            joined = _join(folder / letter / rung.name)
            results[letter].scores[rung.name] = vmaf(source, joined, plan, rung, every=every)
    step("one decode, twice")
    decode_cpu = min(variants.decode(film).cpu for _ in range(2))
    print_table(results)
    say(f"one decode: {decode_cpu:.1f} CPU s\n")
    goals = [
        *cost_goals(results, decode_cpu),
        *quality_goals(results["c"], results["a"]),
        *rate_goals(_rates(plan, reports)),
    ]
    say("\n".join(map(str, goals)))


def _run_all(film: Film, folder: Path) -> tuple[dict[str, Result], list[Report]]:
    """The last three twice, in turns: what they are compared for is as small as what else
    the machine does, which the cheaper round has less of."""
    results = {}
    for letter, encode in (("a", variants.usual), ("b", variants.separate)):
        step(NAMES[letter])
        results[letter] = encode(film, folder / letter)
    for again in ("", "-again"):
        step(f"(c), (d) and (e){again}")
        ours, reports = variants.chunked(film, folder / f"c{again}", workers=1)
        two, _ = variants.chunked(film, folder / f"d{again}", workers=2)
        floor = variants.floor(film, folder / f"e{again}")
        for letter, found in (("c", ours), ("d", two), ("e", floor)):
            results[letter] = _cheaper(found, results.get(letter, found))
    return results, reports


def _cheaper(one: Result, other: Result) -> Result:
    cost = Cost(min(one.cost.cpu, other.cost.cpu), min(one.cost.wall, other.cost.wall))
    return Result(cost, one.sizes)


def _join(folder: Path) -> Path:
    joined = folder.with_suffix(".joined.ts")
    with joined.open("wb") as target:
        for segment in sorted(folder.glob("*.ts")):
            target.write(segment.read_bytes())
    return joined


def _rates(plan: Plan, reports: list[Report]) -> dict[str, tuple[int, int]]:
    """Peak and average bit/s of each rung, as our master playlist tells players."""
    pattern = r"#EXT-X-STREAM-INF:.*?BANDWIDTH=(\d+),AVERAGE-BANDWIDTH=(\d+).*\n(\w+)/"
    master = master_playlist(plan, reports, complete=True)
    return {rung: (int(peak), int(average)) for peak, average, rung in re.findall(pattern, master)}


if __name__ == "__main__":
    main()
