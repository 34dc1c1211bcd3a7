"""Samples that are made once per session, whichever process needs them first."""

from pathlib import Path

import pytest

from tests.media.films import Film, encode
from tests.media.samples import Samples


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Samples:
    base = tmp_path_factory.getbasetemp()
    return Samples((base if worker_id == "master" else base.parent) / "samples")


@pytest.fixture
def encoded(tmp_path: Path):
    """Encode a source into a folder of this test; more than once with different names."""

    def make(path: Path, name: str = "out", **options) -> Film:
        return encode(path, tmp_path / name, **options)

    return make
