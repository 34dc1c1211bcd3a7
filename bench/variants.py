"""Five ways to make the same renditions of one source, each with what it cost."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

from bench.cost import Cost, measured, run
from bench.results import Film, Result
from video_app.pipeline import command
from video_app.pipeline.rates import Report
from video_app.pipeline.source import read_source
from video_app.pipeline.transcode import encode_chunk
from video_app.pipeline.types import ChunkSpan, Plan, Rung

THREADS = 1  # per encoder, everywhere, so that costs compare
BICUBIC = "scale={width}:{height}:flags=bicubic,setsar=1"  # ffmpeg's default


def usual(film: Film, folder: Path) -> Result:
    """One ffmpeg per rendition as most backends start it, with our caps."""
    rungs = tuple(replace(rung, preset="medium", crf=23) for rung in film.plan.rungs)
    film = replace(film, plan=replace(film.plan, rungs=rungs))

    def bicubic(rung: Rung) -> str:
        return BICUBIC.format(width=rung.width, height=rung.height)

    return _one_by_one(film, folder, bicubic, _without_x264_options)


def _without_x264_options(codec: list[str]) -> list[str]:
    place = codec.index("-x264-params")
    return codec[:place] + codec[place + 2 :]


def separate(film: Film, folder: Path) -> Result:
    """One ffmpeg per rendition with our settings."""
    return _one_by_one(film, folder, command.smaller, list)


def _one_by_one(
    film: Film,
    folder: Path,
    scale: Callable[[Rung], str],
    codec: Callable[[list[str]], list[str]],
) -> Result:
    result = Result(Cost())
    for rung in film.plan.rungs:
        (folder / rung.name).mkdir(parents=True)
        encoder = codec(command.video_codec(film.one_rung(rung), THREADS))
        arguments = _rendition(film, rung, scale(rung), encoder)
        result.cost += run(arguments, cwd=folder / rung.name)
        result.sizes[rung.name] = _size(folder / rung.name)
    return result


def _rendition(film: Film, rung: Rung, scale: str, encoder: list[str]) -> list[str]:
    plan = film.plan
    audio = ("-map", f"0:{plan.source.audios[0].index}") if plan.has_audio else ()
    return [
        *command.base_arguments(film.binary, threads=THREADS),
        *("-filter_threads", str(THREADS), "-i", str(film.source)),
        *("-map", f"0:{plan.source.video.index}", *audio),
        *("-vf", _pictures(plan, rung, scale), *encoder),
        *("-c:a", "aac", "-ac", "2", "-ar", "48000", "-b:a", str(rung.audio_rate)),
        *("-f", "hls", "-hls_time", "6", "-hls_playlist_type", "vod"),
        *("-hls_segment_filename", "%03d.ts", "index.m3u8"),
    ]


def _pictures(plan: Plan, rung: Rung, scale: str) -> str:
    """Filters that make a rung's pictures straight from the source's."""
    return f"fps={plan.rate},framestep={rung.rate_divisor},{scale},format=yuv420p"


def chunked(film: Film, folder: Path, *, workers: int) -> tuple[Result, list[Report]]:
    """Our pipeline, with `workers` processes that take chunk after chunk."""
    folder.mkdir(parents=True)
    plan = film.plan
    spans = [plan.chunk(number) for number in range(plan.chunks)]
    with measured() as cost:
        read_source(film.source, max_streams=64)
        with ProcessPoolExecutor(workers) as pool:
            encode = partial(_encode_chunk, film, folder)
            # As in the product the last one has all cores, as nothing is left for the others.
            reports = list(pool.map(encode, spans, [*[THREADS] * (len(spans) - 1), workers]))
    sizes = {rung.name: _size(folder / rung.name) for rung in plan.rungs}
    return Result(cost, sizes), reports


def _encode_chunk(film: Film, folder: Path, span: ChunkSpan, threads: int) -> Report:
    return encode_chunk(film.binary, film.source, film.plan, span, work=folder, threads=threads)


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
        *("-vf", _pictures(plan, rung, command.smaller(rung)), "-f", "rawvideo", raw),
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
