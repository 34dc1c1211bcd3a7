"""Chromium, the whole product on port 8000, and films, for the tests in here."""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.console import Console
from tests.browser.frontends import FrontEnd, serving
from tests.browser.product import Admin, make_clip
from tests.needs import CHROMIUM
from tests.stack import Stack, is_free, running_stack

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
# The front ends of CONTRACT.md know the API by this port, and are served from those.
PORT = 8000
FRONT_END_PORTS = (5500, 4200)
VANILLA, ANGULAR = "http://127.0.0.1:5500", "http://localhost:4200"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One per module: Playwright's event loop must not outlive the tests in here."""
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


@pytest.fixture
def phone(chromium: Browser, console: Console) -> Iterator[Page]:
    """A page under a finger, 390 pixels wide."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
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
        incoming = directory / "incoming"  # where staff may import from
        incoming.mkdir()
        env = {"FRONTEND_URL": "", "IMPORT_ROOTS": str(incoming)}
        with running_stack(directory, port=port, **env) as stack:
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


@pytest.fixture(scope="package")
def origins(product: Stack) -> Iterator[None]:
    """The origins of the front ends, after `product`, whose lock is for them too."""
    taken = [port for port in FRONT_END_PORTS if not is_free(port)]
    taken += [PORT] if product.port != PORT else []
    if taken:
        pytest.skip(f"the front ends cannot be sent to other ports, and these are taken: {taken}")
    with serving(5500), serving(4200):
        yield


@pytest.fixture
def site(product: Stack) -> Stack:
    """The product without another front end: mails lead to the built-in site."""
    configure(product, FRONTEND_URL="", BACKEND_URL=product.url)
    return product


@pytest.fixture
def v(product: Stack, origins: None, page: Page) -> FrontEnd:
    """The course's vanilla app."""
    configure(product, FRONTEND_URL=VANILLA, BACKEND_URL=f"http://127.0.0.1:{PORT}")
    return FrontEnd(page, VANILLA, f"http://127.0.0.1:{PORT}/api/")


@pytest.fixture
def p(product: Stack, origins: None, page: Page) -> FrontEnd:
    """The Angular app that speaks `/api`."""
    configure_for_angular(product)
    return FrontEnd(page, ANGULAR, f"http://localhost:{PORT}/api")


@pytest.fixture
def a(product: Stack, origins: None, page: Page) -> FrontEnd:
    """The Angular 18 app that speaks `/users` and `/content`."""
    configure_for_angular(product)
    return FrontEnd(page, ANGULAR, f"http://localhost:{PORT}")


def configure_for_angular(product: Stack) -> None:
    configure(
        product,
        FRONTEND_URL=ANGULAR,
        BACKEND_URL=f"http://localhost:{PORT}",
        FRONTEND_ACTIVATE_PATH="/activate",
        FRONTEND_RESET_PATH="/confirm-password",
        FRONTEND_LOGIN_PATH="/login",
    )


def configure(product: Stack, **env: str) -> None:
    """Restart the product with these front-end settings, as its operator would."""
    paths = {name: "" for name in product.env if name.startswith("FRONTEND_")}
    if product.env.items() >= (wanted := paths | env).items():
        return
    product.env |= wanted
    for name in ("web", "worker"):
        product.stop(name)
    product.start_web()
    product.start_worker()
