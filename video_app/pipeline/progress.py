"""Reading ffmpeg's `-progress` output."""

from fractions import Fraction

from video_app.pipeline.command import TIMESTAMP_ORIGIN


class Progress:
    """How far one ffmpeg is, fed with its output line by line."""

    def __init__(self, start: Fraction, end: Fraction) -> None:
        self.start = start
        self.end = end
        self.seconds = 0.0

    def feed(self, line: str) -> None:
        """Take one `key=value` line; only the output's time matters here."""
        name, _, value = line.partition("=")
        if name == "out_time_us" and value.lstrip("-").isdigit():
            done = int(value) / 1_000_000 - float(self.start)
            if done > TIMESTAMP_ORIGIN:  # some versions count the output's offset
                done -= TIMESTAMP_ORIGIN
            self.seconds = max(self.seconds, min(done, float(self.end - self.start)))
