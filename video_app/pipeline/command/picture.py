"""Filters and encoders of the pictures."""

from fractions import Fraction

from video_app.pipeline.command.opening import decimal
from video_app.pipeline.streams import VideoStream
from video_app.pipeline.types import ChunkSpan, Plan, Rung

# What the presets between "veryfast" and "medium" buy at equal quality; see docs/adr/0004.
X264 = "me=dia:subme=3:trellis=1:aq-mode=2:rc-lookahead=20"
# They show nothing until a picture is whole, after an intra refresh too.
SELF_STARTING = {"h264", "hevc"}
# Linearise, map into BT.709's range, and return to its curve. Some files leave out what
# primaries and matrix HDR has.
TONEMAP = (
    "zscale=pin=bt2020:min=bt2020nc:p=bt709:t=linear:npl=100,format=gbrpf32le,"
    "tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,"
)


def video_graph(plan: Plan, span: ChunkSpan, *, is_sought: bool = False) -> str:
    """Decode, grid, exact chunk, then one scaled branch per rung, largest first.

    Each rung is scaled from the next larger one; the outputs are `[v0]`, `[v1]`, …
    """
    video, top = plan.source.video, len(plan.rungs) - 1
    chains = [
        f"{grid_graph(plan, span, is_sought=is_sought)},"
        # The last picture is held where the sound goes on without it.
        "tpad=stop=-1:stop_mode=clone,"
        # In frame numbers: after `fps` the time base is one frame; seconds would round.
        f"trim=start_pts={span.first_frame}:end_pts={span.end_frame},"
        f"{_scale(plan.rungs[top], video)}[c{top}]"
    ]
    for number in range(top, 0, -1):
        chains.append(f"[c{number}]split=2[r{number}][d{number}]")
        chains.append(f"[d{number}]{smaller(plan.rungs[number - 1])}[c{number - 1}]")
        chains.append(f"[r{number}]{_thin(plan.rungs[number])}[v{number}]")
    return ";".join([*chains, f"[c0]{_thin(plan.rungs[0])}[v0]"])


def grid_graph(plan: Plan, span: ChunkSpan, *, is_sought: bool) -> str:
    """The source's pictures on the frame grid; the time base is one frame."""
    video = plan.source.video
    whole = _from_key(video) if is_sought else ""
    deinterlace = "bwdif=mode=send_field," if video.is_interlaced else ""
    return f"[0:{video.index}]{whole}{deinterlace}fps={plan.rate}{_pad_start(plan, span)}"


def _from_key(video: VideoStream) -> str:
    """Drop what is decoded before the first key picture: containers call others so too.

    Decoders of some codecs do that by themselves, and know more ways to begin.
    """
    return "" if video.codec in SELF_STARTING else "select='key+gt(selected_n,0)',"


def _pad_start(plan: Plan, span: ChunkSpan) -> str:
    """Hold the first picture where the film starts without one."""
    start = plan.time(span.first_frame)
    is_before_picture = start <= max(Fraction(0), plan.source.video.start - plan.origin)
    return f":start_time={decimal(start)}" if is_before_picture else ""


def _colours(video: VideoStream) -> tuple[str, str]:
    """Options of the first scaler and filters after it that make the colours BT.709.

    They are labelled so, because the next scaler would convert them once more.
    """
    bt709 = ":".join(f"{name}=bt709" for name in ("colorspace", "color_primaries", "color_trc"))
    label = f"format=yuv420p,setparams={bt709}:range=tv"
    if video.is_hdr:
        return "", f",{TONEMAP}{label}"
    if video.has_our_colours:  # then pictures that keep their size pass uncopied
        return "", f",{label}"
    return f":in_color_matrix={video.matrix}:out_color_matrix=bt709:out_range=tv", f",{label}"


def _scale(rung: Rung, video: VideoStream) -> str:
    options, filters = _colours(video)
    scaled, bars = fitted(rung.width, rung.height, video)
    # Square pixels after every scale: an even width is rarely the exact aspect.
    return f"{scaled}:flags=lanczos{options},setsar=1{filters}{bars}"


def fitted(width: int, height: int, video: VideoStream) -> tuple[str, str]:
    """A scaler into a size, and a filter after it that adds bars to what has another shape."""
    if not video.changes_shape:
        return f"scale={width}:{height}", ""
    # By the shape on the screen, of each picture anew: neither size nor pixel aspect stays.
    inner = f"w='2*round(min({width},{height}*dar)/2)':h='2*round(min({height},{width}/dar)/2)'"
    return f"scale={inner}:eval=frame", f",pad={width}:{height}:-1:-1:eval=frame"


def smaller(rung: Rung) -> str:
    """Filters that scale a picture of another rung, for half of what `scale` costs."""
    return f"zscale={rung.width}:{rung.height}:filter=lanczos,setsar=1"


def _thin(rung: Rung) -> str:
    return f"framestep={rung.rate_divisor}" if rung.rate_divisor > 1 else "null"


def video_codec(plan: Plan, threads: int) -> list[str]:
    """The encoders of all rungs, in their order."""
    arguments = [
        *("-c:v", "libx264", "-profile:v", "high", "-threads:v", str(threads)),
        *("-sc_threshold", "0", "-flags", "+cgop", "-x264-params", X264),
        *("-color_primaries", "bt709", "-color_trc", "bt709"),
        *("-colorspace", "bt709", "-color_range", "tv"),
    ]
    for number, rung in enumerate(plan.rungs):
        options = {
            "preset": rung.preset,
            "crf": rung.crf,
            "maxrate": rung.max_rate,
            "bufsize": rung.buffer_size,
            "level": rung.level,
            "g": plan.gop // rung.rate_divisor,
            "keyint_min": plan.gop // rung.rate_divisor,
        }
        for name, value in options.items():
            arguments += [f"-{name}:v:{number}", str(value)]
    return arguments
