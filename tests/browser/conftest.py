"""Chromium, the whole product on port 8000, and films, for the tests in here."""

import fcntl
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.console import Console
from tests.browser.product import Admin, make_clip
from tests.stack import Stack, running_stack

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
# The clients of CONTRACT.md know the API by this port.
PORT = 8000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One per module: Playwright's event loop must not outlive the tests in here."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"Chromium is not installed ({CHROMIUM}): apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def console() -> Iterator[Console]:
    """What the pages of a test complained about; a test ends with nothing left in it."""
    watching = Console()
    yield watching
    assert watching.complaints == []


@pytest.fixture
def page(chromium: Browser, console: Console) -> Iterator[Page]:
    context = chromium.new_context()
    context.set_default_timeout(45_000)
    page = context.new_page()
    console.watch(page)
    yield page
    context.close()


@pytest.fixture(scope="package")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The product, where its front ends expect it unless another program is there.

    Other test runs on this machine wait for their turn.
    """
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed")
    with (Path(tempfile.gettempdir()) / f"videoflix-port-{PORT}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        port = PORT if is_free(PORT) else None
        directory = tmp_path_factory.mktemp("product")
        with running_stack(directory, port=port, FRONTEND_URL="") as stack:
            yield stack
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="package")
def admin(product: Stack) -> Admin:
    return Admin(product)


@pytest.fixture(scope="package")
def film(admin: Admin, tmp_path_factory: pytest.TempPathFactory) -> int:
    """The id of a finished film of 12 seconds in every rendition."""
    # 12 pictures per second: enough to see them move, and soon encoded.
    path = tmp_path_factory.mktemp("clips") / "film.mp4"
    clip = make_clip(path, seconds=12, size="1920x1080", rate=12)
    video_id = admin.upload(clip, title="Colour Bars", category="Documentary")
    admin.wait_until_complete(video_id)
    return video_id


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
