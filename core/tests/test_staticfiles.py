"""The site's files where none were collected: compressed, kept for ever, renamed by any change."""

import gzip
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory

from core.release import release_of
from core.staticfiles import StaticFiles, compressed_site

SCRIPT = "web/js/watch.js"


@pytest.fixture
def static_files(settings: Any, tmp_path: Path) -> StaticFiles:
    settings.SITE_CACHE = tmp_path / "site"
    settings.STATIC_ROOT = str(tmp_path)
    settings.WHITENOISE_AUTOREFRESH = False
    return StaticFiles(lambda request: HttpResponse(status=404))


def get(static_files: StaticFiles, name: str, encoding: str = "gzip") -> Any:
    """The answer, with its bytes."""
    request = RequestFactory().get(
        settings.STATIC_URL + name, headers={"Accept-Encoding": encoding}
    )
    response: Any = static_files(request)
    response.bytes = b"".join(response)
    response.file_to_stream.close()
    return response


def test_sends_scripts_compressed(static_files: StaticFiles) -> None:
    response = get(static_files, SCRIPT)

    assert response["Content-Encoding"] == "gzip"
    assert gzip.decompress(response.bytes) == (Path(settings.SITE_FILES) / SCRIPT).read_bytes()


def test_sends_scripts_as_they_are_to_clients_without_gzip(static_files: StaticFiles) -> None:
    response = get(static_files, SCRIPT, "identity")

    assert "Content-Encoding" not in response
    assert response.bytes == (Path(settings.SITE_FILES) / SCRIPT).read_bytes()
    assert response["Vary"] == "Accept-Encoding"


def test_lets_browsers_keep_the_sites_files_and_asks_again_for_others(
    static_files: StaticFiles,
) -> None:
    ours, admins = get(static_files, SCRIPT), get(static_files, "admin/css/base.css")

    assert "immutable" in ours["Cache-Control"]
    assert "immutable" not in admins["Cache-Control"]


def test_removes_compressed_files_of_other_releases(settings: Any, tmp_path: Path) -> None:
    settings.SITE_CACHE = tmp_path / "site"
    old = compressed_site()

    settings.SITE_RELEASE = "another"

    assert compressed_site().is_dir()
    assert not old.exists()


def test_makes_one_copy_when_processes_start_together(settings: Any, tmp_path: Path) -> None:
    settings.SITE_CACHE = tmp_path / "site"

    with ThreadPoolExecutor() as pool:
        made = {future.result() for future in [pool.submit(compressed_site) for _ in range(4)]}

    assert [*settings.SITE_CACHE.iterdir()] == [*made]


def test_names_a_folder_anew_when_a_file_in_it_changes(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("1")
    before = release_of(tmp_path)

    (tmp_path / "a.js").write_text("2")

    assert release_of(tmp_path) != before
