"""Filters and encoders of the sound."""

from fractions import Fraction

from video_app.pipeline.command.clock import LEAD_IN, audio_frames
from video_app.pipeline.command.opening import decimal
from video_app.pipeline.streams import AudioStream
from video_app.pipeline.types import AAC_FRAME, SAMPLE_RATE, ChunkSpan, Plan

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


def audio_rates(plan: Plan) -> list[int]:
    """The distinct audio bit rates: each is encoded once, whatever shares it."""
    return sorted({rung.audio_rate for rung in plan.rungs}, reverse=True)


def track_rate_place(plan: Plan) -> int:
    """Which of the first track's encodes is most like those of the further tracks."""
    rates = audio_rates(plan)
    return min(range(len(rates)), key=lambda place: abs(rates[place] - TRACK_RATE))


def sounds(plan: Plan) -> list[tuple[AudioStream, list[str]]]:
    """The sound tracks with the labels of their encodes: the first one's once per bit
    rate, `[a0]`, `[a1]`, …, then one for each further track."""
    if not plan.has_audio:
        return []
    main = len(audio_rates(plan))
    further = [(track, [f"[a{main + n}]"]) for n, track in enumerate(plan.tracks)]
    return [(plan.source.audios[0], [f"[a{n}]" for n in range(main)]), *further]


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
        f"[0:{audio.index}]asetpts='{_exact_stamp(audio, origin)}-round({decimal(start)}*SR)',"
        f"atrim=start_pts=0,{stereo(audio)},"
        f"{resampler()}:first_pts=0"
    )


def stereo(audio: AudioStream) -> str:
    """From more channels than any usual layout has, which are tracks of a studio: the first
    two. Nothing is known about what the others are."""
    if audio.channels > MAX_MIXED_CHANNELS and audio.channels not in LARGE_LAYOUTS:
        return "pan=stereo|c0=c0|c1=c1"
    return "aformat=channel_layouts=stereo"


def resampler() -> str:
    """Fill gaps with silence, cut overlaps, never stretch: stretching by single samples
    makes packets that players place seconds away. At the start a single sample counts."""
    return f"aresample={SAMPLE_RATE}:async=1:min_hard_comp=0.01:min_comp=0.00001"


def _exact_stamp(audio: AudioStream, origin: Fraction) -> str:
    """A sound frame's time without its container's rounding to milliseconds, which
    would shift each chunk's sound: frames of one length lie on a grid."""
    if not audio.grid_samples:
        return "PTS"
    # By its end: the first frame may lack the encoder's padding at its beginning.
    first = f"round({decimal(audio.grid_start - origin)}*SR)-NB_SAMPLES"
    count = f"round((PTS-({first}))/{audio.grid_samples})"
    return f"st(0,{first}+{audio.grid_samples}*{count});if(lte(abs(PTS-ld(0)),SR/900),ld(0),PTS)"


def audio_codec(plan: Plan, span: ChunkSpan) -> list[str]:
    first, end = audio_frames(plan, span)
    stamp = f"pts*tb*{SAMPLE_RATE}"
    # Twice as fast as the default coder and no worse; see docs/adr/0004.
    arguments = ["-c:a", "aac", "-aac_coder", "fast", "-ac", "2", "-ar", str(SAMPLE_RATE)]
    for number, rate in enumerate([*audio_rates(plan), *(TRACK_RATE for _ in plan.tracks)]):
        arguments += [f"-b:a:{number}", str(rate)]
    # Drop the lead-in's packets and the encoder's delay: what is left abuts exactly.
    drop = f"lt({stamp},{AAC_FRAME * first - 0.5})+gte({stamp},{AAC_FRAME * end - 0.5})"
    return [*arguments, "-bsf:a", f"noise=drop='{drop}'"]
