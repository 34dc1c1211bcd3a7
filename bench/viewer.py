"""A client of the HTTP API: signs in, uploads, watches. It knows nothing else of the product."""

import http.client
import json
import re
import time
import uuid
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

PIECE = 1024 * 1024
DURATION = re.compile(rb"#EXTINF:([\d.]+)")
TIMEOUT = 60.0


class Viewer:
    """One connection that is kept open; not to be shared by threads."""

    def __init__(self, url: str, email: str, password: str) -> None:
        self._host = urlsplit(url).netloc
        self._connection = http.client.HTTPConnection(self._host, timeout=TIMEOUT)
        self._credentials = json.dumps({"email": email, "password": password}).encode()
        self._cookies: dict[str, str] = {}
        self.sign_in()

    def sign_in(self) -> None:
        headers = {"Content-Type": "application/json"}
        status, body = self._ask("POST", "/api/login/", self._credentials, headers)
        if status != http.client.OK:
            raise RuntimeError(f"signing in answers {status}: {body[:200]!r}")

    def get(self, path: str) -> bytes | None:
        """The body; None unless the answer is 200. An access token that ran out is renewed."""
        status, body = self._ask("GET", path)
        if status == http.client.UNAUTHORIZED:
            self.sign_in()
            status, body = self._ask("GET", path)
        return body if status == http.client.OK else None

    def status(self, video: int) -> dict[str, Any]:
        body = self.get(f"/api/video/{video}/status/")
        return json.loads(body) if body else {}

    def playlists(self, video: int) -> list[str]:
        """The renditions of a film as paths; none while it cannot be played."""
        master = f"/api/video/{video}/master.m3u8"
        return _uris(master, self.get(master))

    def first_segment(self, playlist: str) -> bytes | None:
        segments, _ = self.segments(playlist)
        return self.get(segments[0][0]) if segments else None

    def segments(self, playlist: str) -> tuple[list[tuple[str, float]], bool]:
        """The segments of a playlist as paths with their seconds; whether it has an end."""
        text = self.get(playlist)
        durations = [float(found) for found in DURATION.findall(text or b"")]
        is_ended = b"#EXT-X-ENDLIST" in (text or b"")
        return list(zip(_uris(playlist, text), durations, strict=True)), is_ended

    def best(self, video: int) -> str:
        """The playlist of the best rendition of a film, whatever its master names yet."""
        return f"/api/video/{video}/1080p/index.m3u8"

    def is_whole(self, playlist: str) -> bool:
        """Whether the playlist has an end, and its last segment can be fetched."""
        text = self.get(playlist)
        segments = _uris(playlist, text)
        return bool(text and segments and b"#EXT-X-ENDLIST" in text and self.get(segments[-1]))

    def upload(self, film: Path) -> tuple[int | None, float]:
        """The video's number (None when the upload is refused) and when the last byte was sent."""
        head, tail, kind = _form(film)
        connection = self._connection
        connection.putrequest("POST", "/api/video/upload/")
        for name, value in self._headers({"Content-Type": kind}).items():
            connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(head) + film.stat().st_size + len(tail)))
        connection.endheaders(head)
        with film.open("rb") as file:
            while piece := file.read(PIECE):
                connection.send(piece)
        connection.send(tail)
        sent = time.monotonic()
        status, body = self._answer()
        return (int(json.loads(body)["id"]) if status == http.client.CREATED else None), sent

    def _ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        try:
            self._connection.request(method, path, body or None, self._headers(headers or {}))
            return self._answer()
        except (http.client.HTTPException, ConnectionError):
            self._connection.close()  # the server closed it; it is opened again
            self._connection.request(method, path, body or None, self._headers(headers or {}))
            return self._answer()

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        return headers | ({"Cookie": cookies} if cookies else {})

    def _answer(self) -> tuple[int, bytes]:
        answer = self._connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or ():
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer.status, answer.read()


def _uris(playlist: str, text: bytes | None) -> list[str]:
    lines = (text or b"").decode().splitlines()
    return [_path(urljoin(playlist, line)) for line in lines if line[:1] not in ("", "#")]


def _path(uri: str) -> str:
    parts = urlsplit(uri)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _form(film: Path) -> tuple[bytes, bytes, str]:
    """What stands before and after the file in the upload's body, and its content type."""
    boundary = uuid.uuid4().hex
    fields = {"title": film.stem, "description": "A benchmark's film", "category": "drama"}
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    head += f'--{boundary}\r\nContent-Disposition: form-data; name="video_file"; '
    head += f'filename="{film.name}"\r\nContent-Type: video/mp4\r\n\r\n'
    tail = f"\r\n--{boundary}--\r\n"
    return head.encode(), tail.encode(), f"multipart/form-data; boundary={boundary}"
