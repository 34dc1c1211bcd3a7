"""Films that the server fetches: from folders, from addresses, and never from inside."""

import http.server
import os
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from tests.people import make_user
from video_app.ingest import imports
from video_app.models import Import, State, Subtitle, Video
from video_app.pipeline.errors import PipelineError
from video_app.store import local, the_store
from video_app.tests.films import end_pauses, jobs, run
from video_app.work import addresses, fetching, importing, lease, order

pytestmark = pytest.mark.django_db(transaction=True)
BODY = os.urandom(3 * 1024**2 + 11)
TAG = '"one"'


@pytest.fixture(autouse=True)
def _media(own_media: Path) -> None: ...


class Server(http.server.BaseHTTPRequestHandler):
    """Serves BODY, and at most `most` bytes of it at a time; `lead` redirects."""

    most = len(BODY)
    drip = drips_head = False
    lead = ""
    kind = "video/mp4"
    body = BODY
    asked: list[str]
    beside: dict[str, bytes] = {}

    def do_GET(self) -> None:
        if not self.path.startswith("/Some.Film.2019.mp4"):
            self.send_neighbour()
            return
        begin = int((self.headers.get("Range") or "bytes=0-")[6:-1])
        type(self).asked.append(self.headers.get("Range") or "")
        if self.drips_head:
            self.send_drops(b"HTTP/1.0 200 OK\r\nX-Endless: " + bytes(100))
            return
        if self.lead:
            self.send_response(302)
            self.send_header("Location", self.lead)
            self.end_headers()
            return
        self.send_response(206 if begin else 200)
        self.send_header("ETag", TAG)
        self.send_header("Content-Type", self.kind)
        self.send_header("Content-Length", str(len(self.body) - begin))
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(self.body)}/{len(self.body)}")
        self.end_headers()
        body = self.body[begin : begin + self.most]
        if self.drip:
            self.send_drops(body)
        else:
            self.wfile.write(body)

    def send_drops(self, content: bytes) -> None:
        """Byte by byte, for as long as somebody listens."""
        with suppress(OSError):
            for byte in content[:100]:
                self.wfile.write(bytes([byte]))
                time.sleep(0.1)

    def send_neighbour(self) -> None:
        body = self.beside.get(self.path)
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def server(settings: Any) -> Iterator[Any]:
    settings.IMPORT_ALLOWED_HOSTS = ["127.0.0.1"]
    handler = type("OwnServer", (Server,), {"asked": []})
    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.05}).start()
    handler.url = f"http://127.0.0.1:{httpd.server_port}/Some.Film.2019.mp4?key=1"
    yield handler
    httpd.shutdown()
    httpd.server_close()


def write_film(folder: Path, name: str = "Show.S01E02.mkv", body: bytes = BODY) -> Path:
    path = folder / name
    path.write_bytes(body)
    return path


def stored() -> bytes:
    return local.path(Video.objects.get().video_file.name).read_bytes()


class TestFile:
    def test_becomes_film(self, tmp_path: Path):
        row = imports.add_file(write_film(tmp_path), owner=make_user())
        assert jobs("transcode") == [f"fetch_import-{row.pk}"]
        assert not row.video.is_published

        assert order.run_next("transcode")

        video = Video.objects.get()
        assert stored() == BODY
        assert (video.is_published, video.state, video.season) == (True, State.PENDING, 1)
        assert video.original_name == "Show.S01E02.mkv"
        assert jobs("urgent") == [f"plan_video-{video.pk}-1"]

    def test_is_imported_once_under_any_name(self, tmp_path: Path):
        path = write_film(tmp_path)
        assert imports.add_file(path)

        assert imports.add_file(path.rename(tmp_path / "other.mkv")) is None

    def test_is_tried_again_when_it_failed(self, tmp_path: Path):
        path = write_film(tmp_path)
        row = imports.add_file(path)
        Import.objects.update(error="It failed.", attempts=3)

        assert imports.add_file(path) == row

        assert run(importing.KIND, pk=row.pk)
        assert stored() == BODY

    def test_goes_on_where_worker_died(self, tmp_path: Path):
        row = imports.add_file(write_film(tmp_path))
        the_store().uploads.append(row.key, 0, BODY[:1000])
        Import.objects.update(seen=row.seen, length=len(BODY))

        assert run(importing.KIND, pk=row.pk)

        assert stored() == BODY

    def test_is_refused_when_it_is_gone(self, tmp_path: Path):
        path = write_film(tmp_path)
        row = imports.add_file(path)
        path.unlink()

        run(importing.KIND, pk=row.pk)

        assert Import.objects.get().error.startswith("This is not a file")

    def test_leaves_nothing_when_cancelled(self, tmp_path: Path):
        row = imports.add_file(write_film(tmp_path))

        call_command("import", cancel=row.pk)

        assert not Import.objects.exists()
        assert not list(local.root().glob("sources/*"))


class TestAddress:
    def fetch(self, server: Any) -> Import:
        row = imports.add_address(server.url)
        run(importing.KIND, pk=row.pk)
        row.refresh_from_db()
        return row

    def test_becomes_film(self, server: Any):
        row = self.fetch(server)

        assert (row.filename, row.error) == ("Some.Film.2019.mp4", "")
        assert Video.objects.get().year == 2019
        assert stored() == BODY

    def test_goes_on_after_cuts(self, server: Any):
        server.most = 1024**2

        self.fetch(server)

        assert stored() == BODY
        assert server.asked[:2] == ["", f"bytes={1024**2}-"]

    def test_waits_while_nobody_answers(self, server: Any):
        server.most = 0

        row = self.fetch(server)

        assert (row.error, row.setbacks) == ("", 1)
        server.most = len(BODY)
        end_pauses()
        assert run(importing.KIND, pk=row.pk)
        assert stored() == BODY

    def test_refuses_page(self, server: Any):
        server.kind = "text/html; charset=utf-8"

        assert "a page" in self.fetch(server).error

    def test_refuses_what_is_too_large(self, server: Any, settings: Any):
        settings.MAX_UPLOAD_BYTES = 1000

        assert "larger" in self.fetch(server).error

    @pytest.mark.parametrize("lead", ["http://localhost:1/", "http://[::1]/", "file:///etc/passwd"])
    def test_follows_no_redirect_inward(self, server: Any, lead: str):
        server.lead = lead

        assert self.fetch(server).error
        assert len(server.asked) == 1

    def test_brings_what_lies_beside_it(self, server: Any):
        server.url = server.url.partition("?")[0]
        server.beside = {"/Some.Film.2019.de.srt": b"1\n00:00:01,000 --> 00:00:02,000\nHello\n"}

        self.fetch(server)

        assert Subtitle.objects.get().language == "deu"
        assert Video.objects.get().notes is None

    def test_asks_for_nothing_beside_address_with_query(self, server: Any):
        self.fetch(server)

        assert server.asked == [""]

    def test_is_not_fetched_twice_at_once(self, server: Any):
        assert imports.add_address(server.url)

        assert imports.add_address(server.url) is None

    def test_ends_redirects_in_circles(self, server: Any):
        server.lead = server.url

        assert "on and on" in self.fetch(server).error

    def test_gives_others_a_turn_and_goes_on(self, server: Any, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(importing, "TURN_SECONDS", 0)

        row = self.fetch(server)

        assert (row.offset, row.attempts, row.lease_token) == (1024**2, 0, None)
        assert row.enqueued_at is not None
        monkeypatch.undo()
        assert run(importing.KIND, pk=row.pk)
        assert stored() == BODY
        assert server.asked[1:] == [f"bytes={1024**2}-"]

    def test_waits_when_film_drips(self, server: Any, monkeypatch: pytest.MonkeyPatch):
        server.drip = True
        monkeypatch.setattr(fetching, "SLOW_SECONDS", 0.5)

        row = self.fetch(server)

        assert row.setback == fetching.TOO_SLOW
        assert 0 < local.path(row.key).stat().st_size < 1000
        assert len(server.asked) == 1

    def test_waits_when_answer_drips(self, server: Any, monkeypatch: pytest.MonkeyPatch):
        server.drips_head = True
        monkeypatch.setattr(fetching, "ANSWER_SECONDS", 0.5)

        assert self.fetch(server).setback == fetching.SILENT_HOST % {"host": "127.0.0.1"}

    def test_ends_soon_when_cancelled(self, server: Any, monkeypatch: pytest.MonkeyPatch):
        server.drip = True
        row = imports.add_address(server.url)
        keep = lease.Lease.keep

        def cancel_and_keep(self: lease.Lease, **changes: Any) -> None:
            imports.cancel(row)
            keep(self, **changes)

        monkeypatch.setattr(lease, "RENEW_SECONDS", 0)
        monkeypatch.setattr(lease.Lease, "keep", cancel_and_keep)
        begin = time.monotonic()

        run(importing.KIND, pk=row.pk)

        assert time.monotonic() - begin < 5
        assert not Video.objects.exists()

    def test_needs_ending_of_film(self):
        with pytest.raises(ValidationError):
            imports.add_address("https://example.org/page.html")


class TestInnerAddresses:
    @pytest.mark.parametrize(
        "host",
        [
            *("127.0.0.1", "localhost", "10.1.2.3", "169.254.169.254", "192.168.0.1", "0.0.0.0"),
            *("::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "fe80::1", "fd00::1"),
            *("224.0.0.1", "100.64.0.1", "2130706433", "0x7f.1"),
        ],
    )
    def test_refuses(self, host: str):
        with pytest.raises(PipelineError):
            addresses.resolve(host, 80)

    def test_refuses_name_of_which_one_address_is_inner(self, monkeypatch: pytest.MonkeyPatch):
        both = [(2, 1, 6, "", ("93.184.216.34", 80)), (2, 1, 6, "", ("10.0.0.1", 80))]
        monkeypatch.setattr(addresses.socket, "getaddrinfo", lambda *_, **__: both)

        with pytest.raises(PipelineError):
            addresses.resolve("films.example", 80)

    @pytest.mark.parametrize(
        "url", ["ftp://films.example/a.mp4", "http://user:secret@films.example/a.mp4", "http:///a"]
    )
    def test_refuses_other_address(self, url: str):
        with pytest.raises(PipelineError):
            addresses.split(url)


class TestCommand:
    def test_imports_folder(self, tmp_path: Path, capsys: Any):
        make_user()
        write_film(tmp_path)
        (tmp_path / "season").mkdir()
        write_film(tmp_path / "season", "Other.mp4", b"another film")

        call_command(
            "import", str(tmp_path), owner="alice@example.org", unpublished=True, list=True
        )

        assert Import.objects.filter(owner__email="alice@example.org", publishes=False).count() == 2
        assert "0 bytes" in capsys.readouterr().out

    @pytest.mark.parametrize("location", ["/nowhere", "https://example.org/page.html"])
    def test_refuses_what_is_none(self, location: str):
        with pytest.raises(CommandError):
            call_command("import", location)
