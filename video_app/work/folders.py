"""The folder in which the holder of one lease writes before it publishes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from video_app.models import Build
from video_app.pipeline import layout
from video_app.store import File, identity, local, the_store
from video_app.work.lease import Lease


@contextmanager
def work_folder(build: Build, lease: Lease) -> Iterator[Path]:
    """A folder of this lease alone; gone afterwards, whatever happens."""
    identity.check()
    prefix = layout.work_prefix(build.prefix, str(lease.token))
    with local.work_folder(prefix) as folder:
        yield folder


def put_folder(folder: Path, prefix: str, lease: Lease) -> None:
    """Have all files of a work folder under a prefix of the store."""
    the_store().put(files_in(folder, prefix), watch=lease.keep)


def files_in(folder: Path, prefix: str) -> list[File]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return [(path, f"{prefix}/{path.relative_to(folder).as_posix()}") for path in paths]
