"""Whether this machine can encode at all, asked when films fail: is it them or the machine?"""

from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from video_app.pipeline import command, ffmpeg
from video_app.pipeline.errors import EncodeError
from video_app.pipeline.measure import measure
from video_app.pipeline.plan import Limits, make_plan
from video_app.pipeline.sentences import sentence
from video_app.pipeline.streams import AudioStream, Source, VideoStream
from video_app.pipeline.transcode import make_folders
from video_app.pipeline.types import Plan

NOT_HERE = sentence("This machine cannot encode: %(why)s")
NO_PATTERN = sentence("This machine cannot encode a test pattern: %(why)s")
RATE = Fraction(25)
SIDE = 64  # pixels
SECONDS = Fraction(1, 5)
# Wall clock: a busy machine is not a broken one.
LIMITS = ffmpeg.ProcessLimits(seconds=60, file_size=16 * 1024**2)


def self_test(binary: str, folder: Path) -> None:
    """Encode a fraction of a second as chunks are encoded, in a new folder inside `folder`.

    `EncodeError` says what is broken: ffmpeg, its encoders, or the disk.
    """
    plan = _plan()
    span = plan.chunk(0)
    try:
        with TemporaryDirectory(prefix="selftest.", dir=folder) as name:
            work = Path(name)
            make_folders(work, plan, span)
            ffmpeg.run(command.encode_pattern(binary, plan, span), LIMITS, cwd=work)
            measure(plan, span, work)
    except OSError as error:
        raise EncodeError(NOT_HERE % {"why": error}) from error
    except EncodeError as error:
        raise EncodeError(NO_PATTERN % {"why": error}) from error


def _plan() -> Plan:
    video = VideoStream(0, "pattern", SIDE, SIDE, Fraction(1), 0, RATE, RATE, Fraction(0))
    audio = AudioStream(1, "pattern", 1, 48_000, start=Fraction(0), end=SECONDS)
    source = Source("pattern", 0, SECONDS, video, (audio,))
    return make_plan(source, Limits(duration=1, pixels=SIDE * SIDE))
