"""What one would build from manuals: ffmpeg per rendition, hls.js' first page, a file server."""

import functools
import http.server
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copy

from bench.clips import CACHE, ROOT

# Height and bits per second, as the usual ladders have them.
LADDER = ((360, 800_000), (480, 1_400_000), (720, 2_800_000), (1080, 5_000_000))
PAGE = """<!doctype html><meta charset="utf-8"><title>hls.js</title>
<script src="hls.min.js"></script><video id="video" controls></video><script>
const video = document.getElementById("video");
const hls = new Hls();
hls.loadSource("master.m3u8");
hls.attachMedia(video);
hls.on(Hls.Events.MANIFEST_PARSED, () => video.play());
</script>"""


class _Files(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments: object) -> None:
        """Nothing: the benchmark talks."""


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: browsers break connections off when a page is closed."""


@contextmanager
def manual_page(ffmpeg: str, film: Path) -> Iterator[str]:
    """The address of a page that plays the film."""
    with tempfile.TemporaryDirectory(prefix="manual-", dir=CACHE) as name:
        folder = Path(name)
        _make(ffmpeg, film, folder)
        handler = functools.partial(_Files, directory=name)
        with _Server(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{server.server_port}/index.html"
            server.shutdown()


def _make(ffmpeg: str, film: Path, folder: Path) -> None:
    (folder / "index.html").write_text(PAGE)
    copy(ROOT / "static/vendor/hls/hls.min.js", folder)
    lines = ["#EXTM3U"]
    for height, rate in LADDER:
        _encode(ffmpeg, film, folder, (height, rate))
        size = f"{height * 16 // 9}x{height}"
        lines += [f"#EXT-X-STREAM-INF:BANDWIDTH={rate},RESOLUTION={size}", f"{height}.m3u8"]
    (folder / "master.m3u8").write_text("\n".join(lines) + "\n")


def _encode(ffmpeg: str, film: Path, folder: Path, rung: tuple[int, int]) -> None:
    height, rate = rung
    video = f"-vf scale=-2:{height} -c:v libx264 -preset veryfast -b:v {rate} -c:a aac -ac 2"
    hls = "-f hls -hls_time 6 -hls_playlist_type vod"
    command = [ffmpeg, "-nostdin", "-v", "error", "-i", str(film), *video.split(), *hls.split()]
    subprocess.run([*command, f"{height}.m3u8"], cwd=folder, check=True)
