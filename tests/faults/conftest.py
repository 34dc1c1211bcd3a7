"""One site for most of the faults: it is up and fast again before each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.site import Site, make_film, running_site


@pytest.fixture(scope="session")
def shared_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
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
