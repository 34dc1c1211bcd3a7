"""A stand-in for a front end on another origin: one empty page at every path."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playwright.sync_api import Page

# As the clients do: cookies included, JSON sent, JSON parsed blindly when there is any.
SEND = """async ({url, method, body, headers}) => {
  const answer = await fetch(url, {
    method, credentials: "include", headers,
    body: body === null ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  return {
    status: answer.status, redirected: answer.redirected, body: text && JSON.parse(text),
  };
}"""
JSON = {"Content-Type": "application/json"}


@contextmanager
def serving_empty_pages(host: str, port: int) -> Iterator[None]:
    server = ThreadingHTTPServer((host, port), _EmptyPage)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


class FrontEnd:
    """Scripts of one origin in one browser, calling the API at `base`."""

    def __init__(self, page: Page, origin: str, base: str) -> None:
        self.page = page
        self.base = base
        page.goto(f"{origin}/")

    def get(self, path: str) -> Any:
        return self._send("GET", path, None, {})

    def post(self, path: str, body: object = None, **headers: str) -> Any:
        return self._send("POST", path, body, JSON | headers)

    def post_twice_at_once(self, path: str) -> list[int]:
        """The statuses of two requests that leave in the same moment."""
        script = f"args => Promise.all([({SEND})(args), ({SEND})(args)])"
        answers = self.page.evaluate(script, self._request("POST", path, {}, JSON))
        return [answer["status"] for answer in answers]

    def readable_cookies(self) -> str:
        return str(self.page.evaluate("document.cookie"))

    def _send(self, method: str, path: str, body: object, headers: dict[str, str]) -> Any:
        answer = self.page.evaluate(SEND, self._request(method, path, body, headers))
        assert not answer["redirected"]
        return answer

    def _request(
        self, method: str, path: str, body: object, headers: dict[str, str]
    ) -> dict[str, Any]:
        return {"url": self.base + path, "method": method, "body": body, "headers": headers}


class _EmptyPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        page = b'<!doctype html><link rel="icon" href="data:,"><title>Client</title>'
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *args: object) -> None:
        pass
