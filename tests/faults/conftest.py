"""One site for most of the faults: it is up and fast again before each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.buckets import running_seaweed
from tests.faults.site import TEST_BUCKET, Site, make_film, running_site


@pytest.fixture(scope="session", autouse=True)
def store(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[None]:
    """With `--store bucket`, an S3 server in which every site has a prefix of its own."""
    if request.config.getoption("--store") != "bucket":
        yield
        return
    with (
        running_seaweed(tmp_path_factory.mktemp("seaweed")) as address,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv(TEST_BUCKET, address)
        yield


@pytest.fixture(scope="session")
def shared_site(store: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("faults"), worker=False) as site:
        yield site


@pytest.fixture
def site(shared_site: Site) -> Iterator[Site]:
    """The shared site with a running worker, stopped afterwards to leave nothing behind."""
    shared_site.slow_down(None)
    shared_site.start_worker()
    yield shared_site
    shared_site.stop_worker()


@pytest.fixture(scope="session")
def short_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds: one chunk."""
    return make_film(tmp_path_factory.mktemp("films") / "short.mp4", 2)


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half a minute: six chunks of 2, 4, 6, 6, 6 and 6 seconds."""
    return make_film(tmp_path_factory.mktemp("films") / "film.mp4", 30)
