"""Calls that draw single pictures: posters and storyboards."""

from fractions import Fraction

from video_app.pipeline.command.opening import base_arguments, decimal, input_arguments
from video_app.pipeline.command.picture import TONEMAP, fitted
from video_app.pipeline.ladder import display_size
from video_app.pipeline.storyboard import COLUMNS, ROWS, every_nth_gop, picture_size
from video_app.pipeline.streams import Source
from video_app.pipeline.types import Plan

# How far to look for a key picture.
KEY_SECONDS = 20
FIRST_SECONDS = 60
# What viewers take a JPEG's colours for (JFIF).
JPEG = "out_color_matrix=bt601:out_range=pc"


def key_stills(
    binary: str, path: str, source: Source, times: list[Fraction], folder: str
) -> list[str]:
    """The first key pictures after some times, as `<folder>/<place in the list>.jpg`.

    Each costs the decoding of one picture. A source without key pictures there gives none.
    """
    argv = base_arguments(binary, threads=1)
    outputs = []
    for place, time in enumerate(times):
        # The decoder's word, not the container's, on what a key picture is.
        argv += ["-threads", "1", "-skip_frame", "nokey", "-noaccurate_seek"]
        argv += ["-ss", decimal(time), "-t", str(KEY_SECONDS), *_opened(path, source)]
        outputs += ["-map", f"{place}:{source.video.index}", "-frames:v", "1"]
        outputs += ["-vf", f"select=key,{_drawn(source)}", *_jpeg(f"{folder}/{place}.jpg")]
    return [*argv, *outputs]


def still(binary: str, path: str, source: Source, time: Fraction, target: str) -> list[str]:
    """The picture shown at `time` seconds, at most 1280 x 720, as a JPEG in `target`."""
    return [
        *base_arguments(binary, threads=1),
        *("-ss", decimal(time)),
        *_opened(path, source),
        *("-map", f"0:{source.video.index}", "-frames:v", "1"),
        *("-vf", _drawn(source), *_jpeg(target)),
    ]


def first_stills(binary: str, path: str, source: Source, count: int, folder: str) -> list[str]:
    """Pictures from the film's first minute, decoded from its start on, in `<folder>/N.jpg`."""
    step = min(source.duration, Fraction(FIRST_SECONDS)) / count
    later = f"select='isnan(prev_selected_t)+gte(t-prev_selected_t,{decimal(step)})'"
    return [
        *base_arguments(binary, threads=1),
        *("-t", str(FIRST_SECONDS), *_opened(path, source)),
        *("-map", f"0:{source.video.index}", "-frames:v", str(count), "-fps_mode", "passthrough"),
        *("-vf", f"{later},{_drawn(source)}", *_jpeg(f"{folder}/%d.jpg")),
    ]


def _opened(path: str, source: Source) -> list[str]:
    return input_arguments(path, changes_shape=source.video.changes_shape)


def _drawn(source: Source) -> str:
    """Filters that make a poster of a picture."""
    video = source.video
    width, height = display_size(video)
    scale = min(Fraction(1), 1280 / max(width, height), 720 / min(width, height))
    inside = (max(2, 2 * round(side * scale / 2)) for side in (width, height))
    scaled, bars = fitted(next(inside), next(inside), video)
    colours = f":in_color_matrix={video.matrix}:{JPEG}"
    if video.is_hdr:
        colours = f",{TONEMAP}scale=in_color_matrix=bt709:{JPEG}"
    deinterlace = "bwdif=mode=send_frame," if video.is_interlaced else ""
    return f"{deinterlace}{scaled}:flags=bicubic{colours},setsar=1,format=yuvj420p{bars}"


def _jpeg(target: str) -> list[str]:
    return [
        *("-an", "-sn", "-dn", "-q:v", "3", "-map_metadata", "-1"),
        *("-f", "image2", "-y", f"file:{target}"),
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
