"""The one process that encodes a chunk; docs/adr/0003 explains the recipe."""

from video_app.pipeline.command.clock import NEAREST, Back, seek, seek_point
from video_app.pipeline.command.muxers import tee
from video_app.pipeline.command.opening import base_arguments, input_arguments
from video_app.pipeline.command.picture import grid_graph, video_codec, video_graph
from video_app.pipeline.command.sound import audio_codec, audio_graph, sounds
from video_app.pipeline.types import ChunkSpan, Plan

# Where the pictures' size changes, the scalers follow; new filters would count from 0.
REINIT = ("-reinit_filter:v", "0")
# However much of the file is damaged: what comes out is compared.
PATIENT = ("-max_error_rate", "1")


def encode_chunk(
    binary: str,
    path: str,
    plan: Plan,
    span: ChunkSpan,
    *,
    threads: int = 0,
    back: Back = NEAREST,
) -> list[str]:
    """One process that decodes a chunk once and writes all renditions of its segments.

    Runs in the work folder and writes `<rung>/NNN.ts` there. See `clock.seek` for `back`.
    """
    source = _source(path, plan, span, back)
    is_sought = seek_point(plan, span, back) is not None
    return _encode(binary, source, plan, span, threads, is_sought=is_sought)


def first_pictures(
    binary: str, path: str, plan: Plan, span: ChunkSpan, *, count: int, back: Back
) -> list[str]:
    """Checksums of the first `count` pictures of a chunk as they are decoded from a seek point
    on, and of the very first picture that was decoded: it tells where the seek led to."""
    grid = grid_graph(plan, span, is_sought=seek_point(plan, span, back) is not None)
    first = span.first_frame
    return [
        *(*base_arguments(binary, threads=1), *PATIENT),
        *_source(path, plan, span, back),
        *(
            "-filter_complex",
            f"{grid},trim=end_pts={first + count},select='eq(n,0)+gte(pts,{first})'[v]",
        ),
        *("-map", "[v]", "-fps_mode", "passthrough", "-f", "framecrc", "pipe:1"),
    ]


def encode_pattern(binary: str, plan: Plan, span: ChunkSpan) -> list[str]:
    """The same process with a test pattern for a source: picture 0, sound 1."""
    video = plan.source.video
    pattern = f"testsrc2=s={video.width}x{video.height}:r={plan.rate}[out0];sine=r=48000[out1]"
    return _encode(binary, ["-f", "lavfi", "-i", pattern], plan, span, threads=1)


def decoded_pictures(binary: str, path: str, plan: Plan, span: ChunkSpan, back: Back) -> list[str]:
    """The frame numbers at which a chunk's own pictures stand, those that are held left out."""
    picture = f"[0:{plan.source.video.index}]settb=1/({plan.rate})"
    cut = f"trim=start_pts={span.first_frame}:end_pts={span.end_frame}"
    return [
        *(*base_arguments(binary, threads=1), *PATIENT),
        *_source(path, plan, span, back),
        *("-filter_complex", f"{picture},{cut},scale=16:16:flags=neighbor[v]"),
        *("-map", "[v]", "-fps_mode", "passthrough", "-f", "framecrc", "pipe:1"),
    ]


def _source(path: str, plan: Plan, span: ChunkSpan, back: Back) -> list[str]:
    opening = input_arguments(path, changes_shape=plan.source.video.changes_shape)
    return [*seek(plan, span, back), *REINIT, *opening]


def _encode(
    binary: str,
    source: list[str],
    plan: Plan,
    span: ChunkSpan,
    threads: int,
    *,
    is_sought: bool = False,
) -> list[str]:
    graphs = [video_graph(plan, span, is_sought=is_sought)]
    labels = [f"[v{n}]" for n in range(len(plan.rungs))]
    for audio, outputs in sounds(plan):
        graphs.append(audio_graph(plan, span, audio, outputs))
        labels += outputs
    return [
        *base_arguments(binary, threads=threads),
        *("-progress", "pipe:1", "-stats_period", "1"),
        *source,
        # Else filters take every core, whatever the encoders may have.
        *("-filter_complex_threads", str(threads)),
        # Pictures must not wait in memory for sound that comes minutes later.
        *(argument for graph in graphs for argument in ("-filter_complex", graph)),
        *(argument for label in labels for argument in ("-map", label)),
        *video_codec(plan, threads),
        *(audio_codec(plan, span) if plan.has_audio else ()),
        *("-map_metadata", "-1", "-map_chapters", "-1"),
        # Time stamps are final as they leave the filters.
        *("-fps_mode", "passthrough"),
        *("-f", "tee", tee(plan, span)),
    ]
