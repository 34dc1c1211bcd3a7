"""Calls that draw single pictures: posters and storyboards."""

from fractions import Fraction

from video_app.pipeline.command.opening import base_arguments, decimal, input_arguments
from video_app.pipeline.command.picture import TONEMAP
from video_app.pipeline.ladder import display_size
from video_app.pipeline.storyboard import COLUMNS, ROWS, every_nth_gop, picture_size
from video_app.pipeline.types import Plan, Source

# What viewers take a JPEG's colours for (JFIF).
JPEG = "out_color_matrix=bt601:out_range=pc"


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
        *("-ss", decimal(time)),
        *input_arguments(path),
        *("-map", f"0:{source.video.index}", "-frames:v", "1", "-an", "-sn", "-dn"),
        "-vf",
        f"{deinterlace}scale={size}:flags=bicubic{colours},setsar=1,format=yuvj420p",
        *("-q:v", "3", "-map_metadata", "-1", "-f", "image2", "-update", "1", "-y"),
        f"file:{target}",
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
