"""The folder in which the holder of one lease writes before it publishes."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from video_app.models import Build
from video_app.pipeline import layout
from video_app.store import identity, local
from video_app.work.lease import Lease


@contextmanager
def work_folder(build: Build, lease: Lease) -> Iterator[Path]:
    """A folder of this lease alone; gone afterwards, whatever happens."""
    identity.check()
    work = local.path(layout.work_prefix(build.prefix, str(lease.token)))
    work.mkdir(parents=True)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
