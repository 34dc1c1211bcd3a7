"""Where a chunk's encoders write to: a muxer per rendition and track behind them."""

from fractions import Fraction

from video_app.pipeline.command.clock import TIMESTAMP_ORIGIN, audio_frame
from video_app.pipeline.command.opening import decimal
from video_app.pipeline.command.sound import audio_rates, track_rate_place
from video_app.pipeline.grid import GOPS_PER_SEGMENT
from video_app.pipeline.types import ChunkSpan, Plan

# The muxer joins sound frames for half of it, else each fills packets of its own (half of
# 120p would be padding), and moves all time stamps by twice as much.
MUX_DELAY = Fraction(1, 2)
OFFSET = TIMESTAMP_ORIGIN - 2 * MUX_DELAY


def tee(plan: Plan, span: ChunkSpan) -> str:
    """One muxer per rendition and track behind one set of encoders.

    Names are relative to the work folder, so nothing in them needs escaping.
    """
    rates = audio_rates(plan)
    segment = plan.gop * GOPS_PER_SEGMENT / plan.rate
    # A little under one segment: the muxer cuts at the first key frame after it.
    cut_after = segment - plan.gop / plan.rate / 8
    outputs = []
    for number, rung in enumerate(plan.rungs):
        select = f"v:{number}" + (f",a:{rates.index(rung.audio_rate)}" if plan.has_audio else "")
        outputs.append(_muxer(rung.name, select, cut_after, span))
    # The first sound track comes after the further ones, and is encoded already.
    encodes = [*range(len(rates), len(rates) + len(plan.tracks)), track_rate_place(plan)]
    for folder, encode in zip(plan.track_folders, encodes, strict=False):
        outputs.append(_track_muxer(folder, f"a:{encode}", plan, span))
    return "|".join(outputs)


def _muxer(folder: str, select: str, cut_after: Fraction, span: ChunkSpan) -> str:
    return _slave(
        f"{folder}/index.m3u8",
        select,
        {
            "f": "hls",
            "hls_time": decimal(cut_after),
            "hls_list_size": "0",
            "hls_segment_filename": f"{folder}/%03d.ts",
            "start_number": str(span.first_segment),
        },
    )


def _track_muxer(folder: str, select: str, plan: Plan, span: ChunkSpan) -> str:
    """Sound can be cut anywhere: at each cut before the first frame that begins after it."""
    first, *cuts = (audio_frame(plan.time(cut)) for cut in _cuts(plan, span))
    # Counted and not timed: versions differ in where the muxer's clock begins.
    frames = [str(cut - first) for cut in cuts]
    return _slave(
        f"{folder}/%03d.ts",
        select,
        {
            "f": "segment",
            "segment_format": "mpegts",
            # Tables at the beginning are enough, and would come with each packet of sound.
            "segment_format_options": _quoted("pat_period=86400:sdt_period=86400"),
            "segment_frames": ",".join(frames),
            "segment_start_number": str(span.first_segment),
        },
    )


def _cuts(plan: Plan, span: ChunkSpan) -> tuple[int, ...]:
    return plan.cuts[span.first_segment : span.end_segment + 1]


def _slave(target: str, select: str, options: dict[str, str]) -> str:
    options = {
        "select": _quoted(select),
        **options,
        # Here and not of `tee`, which would round it to whole frames.
        "output_ts_offset": decimal(OFFSET),
        "max_delay": str(int(MUX_DELAY * 1_000_000)),
    }
    return f"[{':'.join(f'{name}={value}' for name, value in options.items())}]{target}"


def _quoted(value: str) -> str:
    """For a muxer behind `tee`, which takes one level of quotes away."""
    return f"\\'{value}\\'"
