"""Reading ffmpeg's `-progress` output."""

from fractions import Fraction


class Progress:
    """How far one ffmpeg is, fed with its output line by line.

    Pictures of the first rendition are counted: behind the tee muxer ffmpeg's own
    `out_time` stands still.
    """

    def __init__(self, picture_seconds: Fraction, pictures: int) -> None:
        self.picture_seconds = picture_seconds
        self.pictures = pictures
        self.seconds = 0.0

    def feed(self, line: str) -> None:
        """Take one `key=value` line."""
        name, _, value = line.partition("=")
        if name == "frame" and value.strip().isdigit():
            done = min(int(value), self.pictures) * self.picture_seconds
            self.seconds = max(self.seconds, float(done))
