"""How the site's static files are named, compressed and cached."""

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from whitenoise.compress import Compressor
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage

MAKING = "making-"  # folders of processes that are still at it


class HashedModules(CompressedManifestStaticFilesStorage):
    """Names files by their content, in the imports of JavaScript modules too.

    Without the latter a browser could join one release's page with another's modules.
    """

    support_js_module_import_aggregation = True


class StaticFiles(WhiteNoiseMiddleware):
    """WhiteNoise, which sends the site's own files compressed also where none were collected."""

    def add_files_from_finders(self) -> None:
        super().add_files_from_finders()
        self.add_files(str(compressed_site()), prefix=self.static_prefix)


def compressed_site() -> Path:
    """A copy of the site's files with a gzipped one beside each, made by the first who asks.

    Named by their content, as `STATIC_URL` is; those of other releases are removed.
    """
    store = Path(settings.SITE_CACHE)
    wanted = store / settings.SITE_RELEASE
    if not wanted.is_dir():
        store.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=MAKING, dir=store) as made:
            copy = Path(made) / "site"
            _compress_into(copy)
            with suppress(OSError):  # another process was faster
                copy.rename(wanted)
        _remove_others(store, wanted)
    return wanted


def _compress_into(folder: Path) -> None:
    shutil.copytree(settings.SITE_FILES, folder)
    # No brotli: its best level takes seconds, and browsers want it only over HTTPS.
    compressor = Compressor(
        extensions=settings.WHITENOISE_SKIP_COMPRESS_EXTENSIONS, use_brotli=False, quiet=True
    )
    for file in sorted(folder.rglob("*")):
        if file.is_file() and compressor.should_compress(file.name):
            compressor.compress(str(file))


def _remove_others(store: Path, wanted: Path) -> None:
    for folder in store.iterdir():
        if folder != wanted and not folder.name.startswith(MAKING):
            shutil.rmtree(folder, ignore_errors=True)
