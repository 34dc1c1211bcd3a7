"""Films for benchmarks, made with ffmpeg once and kept in `var/bench`."""

import subprocess
from pathlib import Path

from bench.steps import step

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / "var" / "bench"
RATE = 24
BASE_SECONDS = 30  # longer films repeat it
# A zoom into a fractal under some grain, and a test card that wanders: neither still nor noise,
# about as much work for an encoder as an animated film.
PICTURE = (
    "mandelbrot=s=640x360:r={rate}:maxiter=120:start_x=-0.7453:start_y=0.1127,"
    "scale={size}:flags=bicubic,noise=alls=4:allf=t[zoom];"
    "testsrc2=s=480x270:r={rate}[card];"
    "[zoom][card]overlay=x='(W-w)*(0.5+0.5*sin(t))':y='(H-h)*(0.5+0.5*cos(t*0.7))'[v];"
    "aevalsrc='0.2*sin(2*PI*(220+20*sin(t))*t)|0.2*sin(2*PI*330*t)':s=48000[a]"
)
ENCODER = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p")


def clip(ffmpeg: str, height: int, seconds: int) -> Path:
    """A film of that height and length."""
    path = CACHE / f"{height}p-{seconds}s.mp4"
    if not path.exists():
        step(f"making a film of {seconds} s, {height}p, once")
        CACHE.mkdir(parents=True, exist_ok=True)
        made = path.with_suffix(".new.mp4")
        if seconds > BASE_SECONDS:
            _repeat(ffmpeg, clip(ffmpeg, height, BASE_SECONDS), seconds, made)
        else:
            _encode(ffmpeg, height, seconds, made)
        made.replace(path)
    return path


def no_film() -> Path:
    """A file that ends in .mp4 and is none."""
    path = CACHE / "no-film.mp4"
    CACHE.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"This is not a film. " * 50_000)
    return path


def _encode(ffmpeg: str, height: int, seconds: int, path: Path) -> None:
    size = f"{height * 16 // 9}x{height}"
    graph = PICTURE.format(rate=RATE, size=size)
    _run(
        *(ffmpeg, "-filter_complex", graph, "-map", "[v]", "-map", "[a]", "-t", str(seconds)),
        *(*ENCODER, "-c:a", "aac", "-y", str(path)),
    )


def _repeat(ffmpeg: str, source: Path, seconds: int, path: Path) -> None:
    _run(
        *(ffmpeg, "-stream_loop", "-1", "-i", str(source), "-t", str(seconds)),
        *("-c", "copy", "-y", str(path)),
    )


def _run(binary: str, *arguments: str) -> None:
    subprocess.run([binary, "-nostdin", "-v", "error", *arguments], check=True)
