"""Tests of the pipeline know neither Redis nor a database: they run without both."""

import pytest


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Instead of the project's fixture of that name, which starts a Redis."""
