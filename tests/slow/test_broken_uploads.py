"""An upload in Chromium that is broken off eight ways at random bytes: it goes on each time, and
arrives bit for bit. `BROKEN_BYTES` chooses another size than 2 GB."""

import hashlib
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Page, Playwright, expect, sync_playwright

from tests.browser.conftest import FLAGS
from tests.cutting_proxy import CuttingProxy
from tests.faults.site import make_film, until
from tests.needs import CHROMIUM
from tests.slow.test_big_films import children, padded
from tests.stack import ADMIN_EMAIL, ADMIN_PASSWORD, Stack, running_stack

pytestmark = [pytest.mark.browser, pytest.mark.ffmpeg, pytest.mark.timeout(900)]
BYTES = int(os.environ.get("BROKEN_BYTES", 2 * 1024**3 + 12345))
PER_SECOND = BYTES // 50
STUDIO = "/admin/video_app/video/upload/"
# A torn part keeps what reached the disk: a piece of 1 MiB is lost, and what sockets held.
SENT_TWICE = 8 * 1024**2
WATCHABLE = "from video_app.models import Video; print(Video.objects.get().current_build_id or '')"
SIGN_OUT = """
from auth_app.models import Session
from django.contrib.sessions.models import Session as AdminSession
Session.objects.all().delete()
AdminSession.objects.all().delete()
"""


class Studio:
    """Somebody who uploads one film, whatever happens to their browser and to the server."""

    def __init__(self, playwright: Playwright, stack: Stack, film: Path, folder: Path) -> None:
        self.stack, self.film, self._folder = stack, film, folder
        self._chromium = playwright.chromium
        self.proxy = CuttingProxy(stack.port, PER_SECOND)
        self.url = f"http://127.0.0.1:{self.proxy.port}"
        self.page: Page
        self.open_browser()

    def open_browser(self) -> None:
        self._context = self._chromium.launch_persistent_context(
            str(self._folder), executable_path=CHROMIUM, args=FLAGS
        )
        self.page = self._context.new_page()

    def drop(self) -> None:
        """The film, into the studio, signed in before when that is asked for."""
        self.page.goto(f"{self.url}{STUDIO}")
        if self.page.get_by_label("Password").is_visible():
            self.page.get_by_label("E-mail address").fill(ADMIN_EMAIL)
            self.page.get_by_label("Password").fill(ADMIN_PASSWORD)
            self.page.get_by_role("button", name="Log in").click()
            self.page.wait_for_url(f"**{STUDIO}")
        self.page.get_by_label("Choose films").set_input_files(self.film)

    @property
    def source(self) -> Path:
        return next(iter(sorted((self.stack.media / "sources").glob("*.mp4"))))

    @property
    def arrived(self) -> int:
        with suppress(StopIteration, FileNotFoundError):
            return self.source.stat().st_size
        return 0

    # --- the eight ways

    def close_tab(self) -> None:
        self.page.close()
        self.page = self._context.new_page()
        self.drop()

    def kill_browser(self) -> None:
        wanted = f"--user-data-dir={self._folder}"
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):
                words = entry.read_text().replace("\0", " ")
                if wanted in words and "--type=" not in words:
                    os.kill(int(entry.parent.name), signal.SIGKILL)
        with suppress(Error):
            self._context.close()
        (self._folder / "SingletonLock").unlink(missing_ok=True)
        self.open_browser()
        self.drop()

    def go_offline(self) -> None:
        self._context.set_offline(True)
        time.sleep(2)
        self._context.set_offline(False)

    def kill_web_worker(self) -> None:
        for pid in children(self.stack.processes["web"].pid):
            os.kill(pid, signal.SIGKILL)

    def restart_web(self) -> None:
        self.stack.stop("web")
        self.stack.start_web()

    def stop_machine(self) -> None:
        """Everything that `up` runs."""
        for name in ("web", "worker"):
            self.stack.stop(name)
        self.stack.redis.stop()
        time.sleep(1)
        self.stack.redis.start()
        self.stack.start_web()
        self.stack.start_worker()

    def cut_proxy(self) -> None:
        self.proxy.cut()

    def end_session(self) -> None:
        self.stack.manage("shell", "-c", SIGN_OUT)
        expect(self.page.get_by_text("signed out").first).to_be_visible(timeout=60_000)
        self.drop()


WAYS: tuple[Callable[[Studio], None], ...] = (
    *(Studio.close_tab, Studio.kill_browser, Studio.go_offline, Studio.kill_web_worker),
    *(Studio.restart_web, Studio.stop_machine, Studio.cut_proxy, Studio.end_session),
)


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    film = padded(make_film(tmp_path / "Night.Train.2019.mp4", 5), BYTES)
    with running_stack(tmp_path / "site", FRONTEND_URL="") as stack, sync_playwright() as driver:
        studio = Studio(driver, stack, film, tmp_path / "browser")
        yield studio
        studio.proxy.close()


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def test_upload_survives_eight_ways_to_break_it(studio: Studio, record_property: Any) -> None:
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    step = BYTES // (len(WAYS) + 1)
    studio.drop()

    for number, break_off in enumerate(WAYS):
        where = number * step + chance.randrange(step // 4, step)
        until(lambda where=where: studio.arrived >= where, f"byte {where} (seed {seed})", 120)
        break_off(studio)
    until(lambda: studio.arrived == BYTES, f"the last byte (seed {seed})", 300)
    came_at = time.monotonic()

    until(lambda: studio.stack.manage("shell", "-c", WATCHABLE).strip(), "watchable", 60)
    record_property("watchable_after", round(time.monotonic() - came_at, 1))
    record_property("sent_twice", studio.proxy.sent - BYTES)
    sys.stdout.write(f"watchable after {time.monotonic() - came_at:.1f} s; ")
    sys.stdout.write(f"{(studio.proxy.sent - BYTES) / 1024**2:.1f} MiB beyond the film\n")
    assert digest(studio.source) == digest(studio.film)
    assert studio.proxy.sent - BYTES < len(WAYS) * SENT_TWICE
