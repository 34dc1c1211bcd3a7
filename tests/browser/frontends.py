"""Stand-ins for the three front ends of CONTRACT.md: pages on other origins than the API's.

They also serve players that others wrote, out of `node_modules/`.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Response

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
FILES = {
    "/standin.js": HERE / "standin.js",
    "/example/hls.min.js": ROOT / "static/vendor/hls/hls.min.js",
    "/hls.min.js": ROOT / "static/vendor/hls/hls.min.js",
    "/players": HERE / "players.html",
    "/players.js": HERE / "players.js",
}
NPM = "/npm/"
EXAMPLE = "/example/"


class _Handler(BaseHTTPRequestHandler):
    """Any path is the front end's one page, as with every single-page application."""

    def do_GET(self) -> None:
        file = _file_at(urlsplit(self.path).path)
        kind = "text/javascript" if file.suffix == ".js" else "text/html; charset=utf-8"
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(file.read_bytes())

    def log_message(self, *arguments: Any) -> None:
        pass


def _file_at(path: str) -> Path:
    if path.startswith(EXAMPLE) and not path.endswith("hls.min.js"):
        return ROOT / "docs/example-frontend" / (path.removeprefix(EXAMPLE) or "index.html")
    if path.startswith(NPM):
        return ROOT / "node_modules" / path.removeprefix(NPM)
    return FILES.get(path, HERE / "standin.html")


@contextmanager
def serving(port: int) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", port), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield
    server.shutdown()
    server.server_close()


class FrontEnd:
    """A page of a front end; `api` is what it puts before every path."""

    def __init__(self, page: Page, origin: str, api: str) -> None:
        self.page, self.origin, self.api = page, origin, api
        self.redirects: list[str] = []
        page.on("response", self._note_redirect)
        self.open("/")

    def open(self, path: str) -> None:
        self.page.goto(self.origin + path)

    def follow(self, link: str) -> dict[str, str]:
        """Open a mailed link; the parameters that the front end finds in its address."""
        self.page.goto(link)
        assert self.page.url.startswith(self.origin), self.page.url
        return {name: values[0] for name, values in parse_qs(urlsplit(self.page.url).query).items()}

    def get(self, path: str) -> dict[str, Any]:
        return self._call("GET", path, None)

    def post(self, path: str, body: object = None, **headers: str) -> dict[str, Any]:
        return self._call("POST", path, body, headers)

    def at_once(self, count: int, path: str, body: object) -> list[int]:
        """The status codes of `count` posts that leave at the same moment."""
        script = """([count, url, body]) => Promise.all(
            Array.from({length: count}, () => call("POST", url, body))
        ).then((answers) => answers.map((answer) => answer.status))"""
        found: list[int] = self.page.evaluate(script, [count, self.api + path, body])
        return found

    def cookie(self, name: str) -> str:
        """What `document.cookie` tells the front end; empty for what it may not read."""
        pairs = [pair.partition("=") for pair in self.page.evaluate("document.cookie").split("; ")]
        return {key: value for key, _, value in pairs}.get(name, "")

    def watch(self, path: str, height: int) -> None:
        """Play the playlist through hls.js until that many lines are on the screen."""
        self.page.evaluate("url => playHls(url)", self.api + path)
        self.until(f"video.videoHeight === {height} && video.currentTime > 0.3")

    def until(self, condition: str) -> None:
        self.page.wait_for_function(f"() => {condition}")

    def _call(self, *arguments: object) -> dict[str, Any]:
        method, path, body, *headers = arguments
        call = [method, f"{self.api}{path}", body, headers[0] if headers else {}]
        answer: dict[str, Any] = self.page.evaluate("arguments => call(...arguments)", call)
        return answer

    def _note_redirect(self, response: Response) -> None:
        if 300 <= response.status < 400 and response.status != 304:
            self.redirects.append(response.url)
