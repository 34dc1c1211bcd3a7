"""Five ways to make the same renditions of one source, each with what it cost."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.cost import Cost, measured, run
from video_app.pipeline import command
from video_app.pipeline.playlist import Report
from video_app.pipeline.source import read_source
from video_app.pipeline.types import Plan, Rung

USUAL = {"preset": "medium", "crf": 23, "x264": ""}
THREADS = 1  # per encoder, everywhere, so that costs compare


@dataclass(slots=True)
class Result:
    """`sizes` in bytes and `scores` in VMAF by rung."""

    cost: Cost
    sizes: dict[str, int] = field(default_factory=dict)
    scores: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Film:
    binary: str
    source: Path
    plan: Plan

    def one_rung(self, rung: Rung) -> Plan:
        return replace(self.plan, rungs=(rung,))


def usual(film: Film, folder: Path) -> Result:
    """One ffmpeg per rendition as most backends start it, with our caps."""
    rungs = tuple(replace(rung, **USUAL) for rung in film.plan.rungs)
    return _one_by_one(replace(film, plan=replace(film.plan, rungs=rungs)), folder, "bicubic")


def separate(film: Film, folder: Path) -> Result:
    """One ffmpeg per rendition with our settings."""
    return _one_by_one(film, folder, command.SCALER)


def _one_by_one(film: Film, folder: Path, scaler: str) -> Result:
    result = Result(Cost())
    for rung in film.plan.rungs:
        (folder / rung.name).mkdir(parents=True)
        result.cost += run(_rendition(film, rung, scaler), cwd=folder / rung.name)
        result.sizes[rung.name] = _size(folder / rung.name)
    return result


def _rendition(film: Film, rung: Rung, scaler: str) -> list[str]:
    plan = film.one_rung(rung)
    audio = ("-map", f"0:{plan.source.audios[0].index}") if plan.has_audio else ()
    return [
        *command.base_arguments(film.binary, threads=THREADS),
        *("-filter_threads", str(THREADS), "-i", str(film.source)),
        *("-map", f"0:{plan.source.video.index}", *audio),
        *("-vf", f"fps={plan.rate},{_scaled(rung, scaler)}"),
        *command.video_codec(plan, THREADS),
        *("-c:a", "aac", "-ac", "2", "-ar", "48000", "-b:a", str(rung.audio_rate)),
        *("-f", "hls", "-hls_time", "6", "-hls_playlist_type", "vod"),
        *("-hls_segment_filename", "%03d.ts", "index.m3u8"),
    ]


def _scaled(rung: Rung, scaler: str) -> str:
    return (
        f"framestep={rung.rate_divisor},scale={rung.width}:{rung.height}:flags={scaler},"
        "setsar=1,format=yuv420p"
    )


def chunked(film: Film, folder: Path, *, workers: int) -> tuple[Result, list[Report]]:
    """Our pipeline: every chunk in a process of its own, `workers` of them at a time."""
    plan = film.plan
    folder.mkdir(parents=True)
    job = {
        "binary": film.binary,
        "source": str(film.source),
        "plan": plan.to_json(),
        "threads": THREADS,
    }
    (folder / "job.json").write_text(json.dumps(job))
    command_ = [sys.executable, "-m", "bench.chunk", str(folder / "job.json")]
    with measured() as cost, ThreadPoolExecutor(workers) as pool:
        read_source(film.source, max_streams=64)
        list(pool.map(lambda number: run([*command_, str(number)]), range(plan.chunks)))
    reports = [
        json.loads((folder / f"report-{number}.json").read_text()) for number in range(plan.chunks)
    ]
    sizes = {rung.name: _size(folder / rung.name) for rung in plan.rungs}
    return Result(cost, sizes), reports


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("*.ts"))


def floor(film: Film, folder: Path) -> Result:
    """Nothing but x264, at our settings, on frames that were scaled before."""
    folder.mkdir(parents=True)
    result = Result(Cost())
    for rung in film.plan.rungs:
        raw, encoded = folder / "raw.yuv", folder / f"{rung.name}.h264"
        run(_raw_frames(film, rung, raw))
        read = _read_raw(film, rung, raw)
        result.cost += run([*read, *command.video_codec(film.one_rung(rung), THREADS), encoded])
        result.cost -= run([*read, "-f", "null", "-"])
        result.sizes[rung.name] = encoded.stat().st_size
        raw.unlink()
    return result


def _raw_frames(film: Film, rung: Rung, raw: Path) -> list[str | Path]:
    plan = film.plan
    return [
        *command.base_arguments(film.binary),
        *("-i", film.source, "-map", f"0:{plan.source.video.index}"),
        *("-vf", f"fps={plan.rate},{_scaled(rung, command.SCALER)}", "-f", "rawvideo", raw),
    ]


def _read_raw(film: Film, rung: Rung, raw: Path) -> list[str | Path]:
    return [
        *command.base_arguments(film.binary, threads=THREADS),
        *("-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{rung.width}x{rung.height}"),
        *("-r", str(film.plan.rate / rung.rate_divisor), "-i", raw),
    ]


def decode(film: Film) -> Cost:
    """One decode of the whole source."""
    return run(
        [
            *command.base_arguments(film.binary, threads=THREADS),
            *("-i", film.source, "-map", f"0:{film.plan.source.video.index}", "-f", "null", "-"),
        ]
    )
