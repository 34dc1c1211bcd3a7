"""The argument lists of ffmpeg. Written for ffmpeg 5.1 to 9; no user text gets in here.

Every unusual flag carries its reason; the chunk recipe as a whole is explained
in docs/adr/0003.
"""

import math
from fractions import Fraction

from video_app.pipeline.grid import GOPS_PER_SEGMENT
from video_app.pipeline.ladder import display_size
from video_app.pipeline.layout import track_name
from video_app.pipeline.storyboard import COLUMNS, ROWS, every_nth_gop, picture_size
from video_app.pipeline.types import (
    AAC_FRAME,
    SAMPLE_RATE,
    AudioStream,
    ChunkSpan,
    Plan,
    Rung,
    Source,
    VideoStream,
)

# Playlists, manifests, scripts and images renamed to .mp4 make ffmpeg read other
# files; only a list of real containers stops all of them, a protocol list does not.
FORMAT_WHITELIST = "mov,matroska,avi,asf,mpegts,mpeg,flv,ogg"
PROTOCOL_WHITELIST = "file"
MAX_PIXELS = 8192 * 4320

# The first picture of every build stands at ten seconds, in every rendition:
# without it the origin depends on each encoder's B-frame delay.
TIMESTAMP_ORIGIN = 10
# The muxer joins sound frames for half of it, else each fills packets of its own (half of
# 120p would be padding), and moves all time stamps by twice as much.
MUX_DELAY = Fraction(1, 2)
# Decoders and the resampler settle in before a chunk's first frame.
LEAD_IN = Fraction(1, 2)
# Bits per second of each selectable sound track.
TRACK_RATE = 128_000
# Every usual rate has whole samples in it, and 48 kHz too.
SAMPLE_PERIOD = Fraction(1, 25)
# All versions know a layout for each number of channels up to this, and for two more.
MAX_MIXED_CHANNELS = 8
LARGE_LAYOUTS = {16, 24}
RESAMPLER_LEAD_IN = Fraction(1, 10)
# The encoder's own delay is one frame; three more make its first ones exact.
AUDIO_LEAD_IN_FRAMES = 4
# What the presets between "veryfast" and "medium" buy at equal quality; see docs/adr/0004.
X264 = "me=dia:subme=3:trellis=1:aq-mode=2:rc-lookahead=20"
# Linearise, map into BT.709's range, and return to its curve. Some files leave out what
# primaries and matrix HDR has.
TONEMAP = (
    "zscale=pin=bt2020:min=bt2020nc:p=bt709:t=linear:npl=100,format=gbrpf32le,"
    "tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,"
)

# What viewers take a JPEG's colours for (JFIF).
JPEG = "out_color_matrix=bt601:out_range=pc"


def base_arguments(binary: str, *, threads: int = 0) -> list[str]:
    """What every call starts with."""
    return [
        binary,
        *("-nostdin", "-hide_banner", "-nostats", "-v", "error"),
        *("-threads", str(threads)),
    ]


def input_arguments(path: str) -> list[str]:
    """How every untrusted source is opened. `path` is absolute."""
    return [
        *("-max_pixels", str(MAX_PIXELS)),
        *("-protocol_whitelist", PROTOCOL_WHITELIST, "-format_whitelist", FORMAT_WHITELIST),
        *("-probesize", "20M", "-analyzeduration", "36000M"),
        *("-i", f"file:{path}"),
    ]


def encode_chunk(
    binary: str, path: str, plan: Plan, span: ChunkSpan, *, threads: int = 0
) -> list[str]:
    """One process that decodes a chunk once and writes all renditions of its segments.

    Runs in the work folder and writes `<rung>/NNN.ts` there.
    """
    graphs = [video_graph(plan, span)]
    labels = [f"[v{n}]" for n in range(len(plan.rungs))]
    for audio, outputs in _sounds(plan):
        graphs.append(audio_graph(plan, span, audio, outputs))
        labels += outputs
    return [
        *base_arguments(binary, threads=threads),
        *("-progress", "pipe:1", "-stats_period", "1"),
        *_seek(plan, span),
        # Where the pictures' size changes, the scalers follow; new filters would count from 0.
        *("-reinit_filter:v", "0"),
        *input_arguments(path),
        # Else filters take every core, whatever the encoders may have.
        *("-filter_complex_threads", str(threads)),
        # Pictures must not wait in memory for sound that comes minutes later.
        *(argument for graph in graphs for argument in ("-filter_complex", graph)),
        *(argument for label in labels for argument in ("-map", label)),
        *video_codec(plan, threads),
        *(_audio_codec(plan, span) if plan.has_audio else ()),
        *("-map_metadata", "-1", "-map_chapters", "-1"),
        # Time stamps are final as they leave the filters.
        *("-fps_mode", "passthrough"),
        *("-f", "tee", _tee(plan, span)),
    ]


def audio_rates(plan: Plan) -> list[int]:
    """The distinct audio bit rates: each is encoded once, whatever shares it."""
    return sorted({rung.audio_rate for rung in plan.rungs}, reverse=True)


def audio_frame(time: Fraction) -> int:
    """The first AAC frame that starts at or after `time` seconds."""
    return math.ceil(time * SAMPLE_RATE / AAC_FRAME)


def audio_frames(plan: Plan, span: ChunkSpan) -> tuple[int, int]:
    """The AAC frames `[first, end)` that a chunk owns."""
    return (
        audio_frame(plan.time(span.first_frame)),
        audio_frame(plan.time(span.end_frame)),
    )


def _sounds(plan: Plan) -> list[tuple[AudioStream, list[str]]]:
    """The sound tracks with the labels of their encodes: the first one's once per bit
    rate, `[a0]`, `[a1]`, …, then one for each further track."""
    if not plan.has_audio:
        return []
    main = len(audio_rates(plan))
    further = [(track, [f"[a{main + n}]"]) for n, track in enumerate(plan.tracks)]
    return [(plan.source.audios[0], [f"[a{n}]" for n in range(main)]), *further]


def _seek(plan: Plan, span: ChunkSpan) -> list[str]:
    # The container's own clock, counted from frame 0: the grid is absolute, and versions
    # of ffmpeg differ in what they call the start of a file.
    zero = plan.source.start + plan.origin
    start = plan.time(span.first_frame) - LEAD_IN
    clock = ["-copyts", "-itsoffset", _decimal(-zero), "-seek_timestamp", "1"]
    if start <= 0:
        return clock
    # From the key frame on: a frame shown before the seek point may last into the chunk.
    return [*clock, "-noaccurate_seek", "-ss", _decimal(start + zero)]


def video_graph(plan: Plan, span: ChunkSpan) -> str:
    """Decode, grid, exact chunk, then one scaled branch per rung, largest first.

    Each rung is scaled from the next larger one; the outputs are `[v0]`, `[v1]`, …
    """
    video, top = plan.source.video, len(plan.rungs) - 1
    deinterlace = "bwdif=mode=send_field," if video.is_interlaced else ""
    chains = [
        f"[0:{video.index}]{deinterlace}fps={plan.rate}{_pad_start(plan, span)},"
        # The last picture is held where the sound goes on without it.
        "tpad=stop=-1:stop_mode=clone,"
        # In frame numbers: after `fps` the time base is one frame; seconds would round.
        f"trim=start_pts={span.first_frame}:end_pts={span.end_frame},"
        f"{_scale(plan.rungs[top], _colours(video))}[c{top}]"
    ]
    for number in range(top, 0, -1):
        chains.append(f"[c{number}]split=2[r{number}][d{number}]")
        chains.append(f"[d{number}]{smaller(plan.rungs[number - 1])}[c{number - 1}]")
        chains.append(f"[r{number}]{_thin(plan.rungs[number])}[v{number}]")
    return ";".join([*chains, f"[c0]{_thin(plan.rungs[0])}[v0]"])


def _pad_start(plan: Plan, span: ChunkSpan) -> str:
    """Hold the first picture where the film starts without one."""
    start = plan.time(span.first_frame)
    is_before_picture = start <= max(Fraction(0), plan.source.video.start - plan.origin)
    return f":start_time={_decimal(start)}" if is_before_picture else ""


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


def _scale(rung: Rung, colours: tuple[str, str]) -> str:
    # Square pixels after every scale: an even width is rarely the exact aspect.
    options, filters = colours
    return f"scale={rung.width}:{rung.height}:flags=lanczos{options},setsar=1{filters}"


def smaller(rung: Rung) -> str:
    """Filters that scale a picture of another rung, for half of what `scale` costs."""
    return f"zscale={rung.width}:{rung.height}:filter=lanczos,setsar=1"


def _thin(rung: Rung) -> str:
    return f"framestep={rung.rate_divisor}" if rung.rate_divisor > 1 else "null"


def audio_graph(plan: Plan, span: ChunkSpan, audio: AudioStream, outputs: list[str]) -> str:
    """Exactly the samples from which the encoder makes the chunk's AAC frames, for each
    of the labelled outputs."""
    first, end = audio_frames(plan, span)
    wanted = Fraction(AAC_FRAME * (first - AUDIO_LEAD_IN_FRAMES), SAMPLE_RATE)
    start = max(Fraction(0), (wanted - RESAMPLER_LEAD_IN) // SAMPLE_PERIOD * SAMPLE_PERIOD)
    # Silence after the end, and where there is no sound at all, which `apad` cannot do.
    sound = f"anullsrc=r={SAMPLE_RATE}:cl=stereo"
    if _is_heard(plan, span, audio):
        own, silence = (f"[{name}{outputs[0][1:]}" for name in ("own", "silence"))
        sound = (
            f"{_resampled(audio, plan.origin, start)}{own};{sound}{silence};"
            f"{own}{silence}concat=v=0:a=1,asettb=1/{SAMPLE_RATE}"
        )
    return (
        f"{sound},asetpts=PTS+{start * SAMPLE_RATE},"
        f"atrim=start_pts={AAC_FRAME * (first - AUDIO_LEAD_IN_FRAMES)}"
        f":end_pts={AAC_FRAME * (end + 1)},asplit={len(outputs)}{''.join(outputs)}"
    )


def _is_heard(plan: Plan, span: ChunkSpan, audio: AudioStream) -> bool:
    start, end = plan.time(span.first_frame), plan.time(span.end_frame)
    return audio.start - plan.origin < end and audio.end - plan.origin > start - LEAD_IN


def _resampled(audio: AudioStream, origin: Fraction, start: Fraction) -> str:
    """The stream's sound from `start` on, which becomes its zero."""
    return (
        # The resampler starts with the same phase as in a whole encode.
        f"[0:{audio.index}]asetpts='{_exact_stamp(audio, origin)}-round({_decimal(start)}*SR)',"
        f"atrim=start_pts=0,{_stereo(audio)},"
        f"{_resampler()}:first_pts=0"
    )


def _stereo(audio: AudioStream) -> str:
    """From more channels than any usual layout has, which are tracks of a studio: the first
    two. Nothing is known about what the others are."""
    if audio.channels > MAX_MIXED_CHANNELS and audio.channels not in LARGE_LAYOUTS:
        return "pan=stereo|c0=c0|c1=c1"
    return "aformat=channel_layouts=stereo"


def _resampler() -> str:
    """Fill gaps with silence, cut overlaps, never stretch: stretching by single samples
    makes packets that players place seconds away."""
    return f"aresample={SAMPLE_RATE}:async=1:min_hard_comp=0.01"


def _exact_stamp(audio: AudioStream, origin: Fraction) -> str:
    """A sound frame's time without its container's rounding to milliseconds, which
    would shift each chunk's sound: frames of one length lie on a grid."""
    if not audio.grid_samples:
        return "PTS"
    # By its end: the first frame may lack the encoder's padding at its beginning.
    first = f"round({_decimal(audio.grid_start - origin)}*SR)-NB_SAMPLES"
    count = f"round((PTS-({first}))/{audio.grid_samples})"
    return f"st(0,{first}+{audio.grid_samples}*{count});if(lte(abs(PTS-ld(0)),SR/900),ld(0),PTS)"


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


def _audio_codec(plan: Plan, span: ChunkSpan) -> list[str]:
    first, end = audio_frames(plan, span)
    stamp = f"pts*tb*{SAMPLE_RATE}"
    # Twice as fast as the default coder and no worse; see docs/adr/0004.
    arguments = ["-c:a", "aac", "-aac_coder", "fast", "-ac", "2", "-ar", str(SAMPLE_RATE)]
    for number, rate in enumerate([*audio_rates(plan), *(TRACK_RATE for _ in plan.tracks)]):
        arguments += [f"-b:a:{number}", str(rate)]
    # Drop the lead-in's packets and the encoder's delay: what is left abuts exactly.
    drop = f"lt({stamp},{AAC_FRAME * first - 0.5})+gte({stamp},{AAC_FRAME * end - 0.5})"
    return [*arguments, "-bsf:a", f"noise=drop='{drop}'"]


def _tee(plan: Plan, span: ChunkSpan) -> str:
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
    for number in range(len(plan.tracks)):
        # Sound can be cut anywhere, so these cuts are the first packets past the others.
        outputs.append(_muxer(track_name(number), f"a:{len(rates) + number}", segment, span))
    return "|".join(outputs)


def _muxer(folder: str, select: str, cut_after: Fraction, span: ChunkSpan) -> str:
    options = {
        "select": f"\\'{select}\\'",
        "f": "hls",
        "hls_time": _decimal(cut_after),
        "hls_list_size": 0,
        "hls_segment_filename": f"{folder}/%03d.ts",
        "start_number": span.first_segment,
        # Here and not of `tee`, which would round it to whole frames.
        "output_ts_offset": _decimal(TIMESTAMP_ORIGIN - 2 * MUX_DELAY),
        "max_delay": int(MUX_DELAY * 1_000_000),
    }
    slave = ":".join(f"{name}={value}" for name, value in options.items())
    return f"[{slave}]{folder}/index.m3u8"


def _decimal(value: Fraction) -> str:
    return f"{float(value):.6f}"


def remux(binary: str, path: str, source: Source, target: str) -> list[str]:
    """Copy the pictures into Matroska, to be sought in, with lossless stereo sound."""
    # No other streams: those that are declared and never come keep ffmpeg from starting.
    further = [stream.index for stream in source.audios]
    further += [stream.index for stream in source.subtitles]
    indexes = [source.video.index, *further]
    return [
        *base_arguments(binary),
        *("-fflags", "+genpts"),
        *input_arguments(path),
        *(argument for index in indexes for argument in ("-map", f"0:{index}")),
        # Matroska cannot hold every kind of text either.
        *("-c:v", "copy", *_steady_sound(source), "-c:s", "srt"),
        *("-f", "matroska", "-y", f"file:{target}"),
    ]


def _steady_sound(source: Source) -> list[str]:
    """A chunk can neither follow sound that changes its channels or rate, nor can Matroska
    hold every kind of sound."""
    arguments = []
    for number, audio in enumerate(source.audios):
        arguments += [f"-filter:a:{number}", f"{_stereo(audio)},{_resampler()}"]
    return [
        *arguments,
        *("-c:a", "flac", "-ac", "2", "-ar", str(SAMPLE_RATE), "-sample_fmt", "s16"),
        # Whole milliseconds, which is all that Matroska's time stamps can tell.
        *("-frame_size", str(SAMPLE_RATE // 50)),
        # Damaged sound is no reason to lose the pictures.
        *("-max_error_rate", "1"),
    ]


def still(binary: str, path: str, source: Source, time: Fraction, target: str) -> list[str]:
    """The picture shown at `time` seconds, at most 1280 x 720, as a JPEG in `target`."""
    width, height = display_size(source.video)
    scale = min(Fraction(1), 1280 / max(width, height), 720 / min(width, height))
    size = ":".join(str(max(2, 2 * round(side * scale / 2))) for side in (width, height))
    colours = f":in_color_matrix={source.video.matrix}:{JPEG}"
    if source.video.is_hdr:
        colours = f",{TONEMAP}scale=in_color_matrix=bt709:{JPEG}"
    deinterlace = "bwdif=mode=send_frame," if source.video.is_interlaced else ""
    return [
        *base_arguments(binary, threads=1),
        *("-ss", _decimal(time)),
        *input_arguments(path),
        *("-map", f"0:{source.video.index}", "-frames:v", "1", "-an", "-sn", "-dn"),
        "-vf",
        f"{deinterlace}scale={size}:flags=bicubic{colours},setsar=1,format=yuvj420p",
        *("-q:v", "3", "-map_metadata", "-1", "-f", "image2", "-update", "1", "-y"),
        f"file:{target}",
    ]


def join(binary: str, names: list[str], target: str) -> list[str]:
    """Our own segments of one rendition as one MP4 that plays while it loads; no re-encode."""
    return [
        *base_arguments(binary),
        # Bytes are joined, not files: the time stamps go on as they stand.
        *("-protocol_whitelist", "concat,file", "-f", "mpegts", "-i", "concat:" + "|".join(names)),
        *("-map", "0:v", "-map", "0:a?", "-c", "copy", "-bsf:a", "aac_adtstoasc"),
        *("-movflags", "+faststart", "-f", "mp4", "-y", f"file:{target}"),
    ]


def subtitles(binary: str, path: str, indexes: list[int], folder: str) -> list[str]:
    """Each of some text streams as WebVTT: `<folder>/<place in the list>.vtt`."""
    outputs = []
    for place, index in enumerate(indexes):
        outputs += ["-map", f"0:{index}", "-c:s", "webvtt", "-f", "webvtt", "-y"]
        outputs.append(f"file:{folder}/{place}.vtt")
    return [
        *base_arguments(binary),
        *("-copyts", "-start_at_zero"),
        *input_arguments(path),
        *outputs,
    ]


def storyboard(binary: str, names: list[str], plan: Plan, target: str) -> list[str]:
    """Sheets of small pictures from the key pictures of our own segments of one rendition."""
    width, height = picture_size(plan)
    return [
        *base_arguments(binary, threads=1),
        *("-skip_frame", "nokey", "-protocol_whitelist", "concat,file", "-f", "mpegts"),
        *("-i", "concat:" + "|".join(names), "-map", "0:v"),
        "-vf",
        f"select='not(mod(n,{every_nth_gop(plan)}))',scale={width}:{height}:in_color_matrix=bt709:{JPEG},setsar=1,"
        f"tile={COLUMNS}x{ROWS},format=yuvj420p",
        *("-fps_mode", "passthrough", "-q:v", "6", "-map_metadata", "-1"),
        *("-f", "image2", "-start_number", "0", "-y", f"file:{target}/%03d.jpg"),
    ]
