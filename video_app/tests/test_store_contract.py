"""What every store promises: the same cases against each."""

from pathlib import Path
from typing import Any

import pytest

from video_app.pipeline import location
from video_app.store import Store, local, multipart, the_store
from video_app.store.local import LocalStore

KEY = "hls/1/1/720p/000.ts"
SOURCE = "sources/a.mp4"
PART = 8 * 1024**2


@pytest.fixture(
    params=["local", "bucket", pytest.param("verified", marks=pytest.mark.faults)],
)
def kept(request: Any, settings: Any) -> Store:
    """A store with nothing in it."""
    if request.param == "bucket":
        request.getfixturevalue("store")
        settings.AWS_LOCATION = "shared/with-others/"
    if request.param == "verified":
        request.getfixturevalue("verified")
    assert isinstance(the_store(), LocalStore) == (request.param == "local")
    return the_store()


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """A file that is to be put."""
    path = tmp_path / "draft"
    path.write_bytes(b"0123456789")
    return path


def read(store: Store, key: str, *span: int) -> bytes:
    with store.open(key, *span) as file:
        return file.read()


# --- files


def test_puts_a_file_under_its_key(kept: Store, draft: Path) -> None:
    kept.put([(draft, KEY)])

    assert read(kept, KEY) == b"0123456789"
    assert kept.size(KEY) == 10


def test_puts_over_an_older_file(kept: Store, draft: Path, tmp_path: Path) -> None:
    kept.put([(draft, KEY)])
    newer = tmp_path / "newer"
    newer.write_bytes(b"newer")

    kept.put([(newer, KEY)])

    assert read(kept, KEY) == b"newer"


def test_puts_an_empty_file(kept: Store, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()

    kept.put([(tmp_path / "empty", KEY)])

    assert kept.size(KEY) == 0


@pytest.mark.parametrize(
    ("span", "found"),
    [((2,), b"23456789"), ((2, 5), b"234"), ((8, 99), b"89"), ((0, 1), b"0")],
)
def test_reads_a_byte_range(kept: Store, draft: Path, span: tuple[int, ...], found: bytes) -> None:
    kept.put([(draft, KEY)])

    assert read(kept, KEY, *span) == found


@pytest.mark.parametrize("key", ["nothing", "hls", "hls/1/1/720p/001.ts"])
def test_tells_that_a_file_is_missing(kept: Store, draft: Path, key: str) -> None:
    kept.put([(draft, KEY)])

    with pytest.raises(FileNotFoundError):
        kept.open(key)
    with pytest.raises(FileNotFoundError):
        kept.size(key)


def test_lists_what_lies_directly_under_a_prefix(kept: Store, draft: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"abc")
    kept.put([(draft, KEY), (other, "hls/1/notes.txt")])

    found = {entry.key: entry for entry in kept.list("hls/1")}

    assert set(found) == {"hls/1/1", "hls/1/notes.txt"}
    assert found["hls/1/1"].is_folder
    assert found["hls/1/notes.txt"].size == 3
    assert found["hls/1/notes.txt"].modified > 1_700_000_000
    assert [entry.key for entry in kept.list()] == ["hls"]
    assert list(kept.list("nothing")) == []


def test_tells_the_sizes_of_all_files_under_a_prefix(kept: Store, draft: Path) -> None:
    kept.put([(draft, KEY)])

    assert kept.sizes("hls") == kept.sizes("hls/1/1") == {KEY: 10}
    assert kept.sizes("hl") == kept.sizes("hls/1/2") == {}


def test_removes_files_and_prefixes(kept: Store, draft: Path, tmp_path: Path) -> None:
    neighbour = tmp_path / "neighbour"
    neighbour.write_bytes(b"stays")
    kept.put([(draft, KEY), (neighbour, "hls/11/1/a.ts")])

    kept.remove("hls/1")
    kept.remove("hls/1")

    assert set(kept.sizes("hls")) == {"hls/11/1/a.ts"}
    kept.remove("hls/11/1/a.ts")
    assert kept.sizes("hls") == {}


def test_moves_files_and_prefixes(kept: Store, draft: Path) -> None:
    kept.put([(draft, KEY)])

    kept.move("hls/1", ".quarantine/1-hls-1")
    assert kept.sizes(".quarantine") == {".quarantine/1-hls-1/1/720p/000.ts": 10}
    assert kept.sizes("hls") == {}

    kept.move(".quarantine/1-hls-1/1/720p/000.ts", "back.ts")
    assert read(kept, "back.ts") == b"0123456789"


def test_gives_a_local_folder_to_read(kept: Store, draft: Path) -> None:
    kept.put([(draft, KEY)])

    with kept.folder([KEY]) as folder:
        assert (folder / "000.ts").read_bytes() == b"0123456789"


def test_work_folder_is_gone_afterwards(kept: Store) -> None:
    def fail() -> None:
        folders.append(folder)
        (folder / "half").write_bytes(b"half")
        raise ZeroDivisionError

    folders: list[Path] = []
    with pytest.raises(ZeroDivisionError), local.work_folder("hls/1/1/.lease-a") as folder:
        fail()

    (work,) = folders
    assert not work.exists()
    assert kept.sizes("hls") == {}


def test_opens_the_first_source_that_is_there(kept: Store, draft: Path) -> None:
    kept.put([(draft, "sources/a.mkv")])

    for keys in (("sources/a.mkv", "b"), ("sources/b.mkv", "sources/a.mkv")):
        with kept.source(*keys) as place, location.open_binary(place) as file:
            assert file.read() == b"0123456789"


# --- uploads


@pytest.mark.parametrize("size", [0, 1, PART - 1, PART, PART + 1, 2 * PART])
def test_uploads_any_size(kept: Store, size: int) -> None:
    kept.uploads.begin(SOURCE)

    kept.uploads.append(SOURCE, 0, b"x" * size)
    for _ in range(2):
        kept.uploads.finish(SOURCE, size)

    assert kept.sizes("sources") == {SOURCE: size}
    assert kept.sizes("uploads") == {}


def test_uploads_in_pieces_of_any_size(kept: Store) -> None:
    body = bytes(range(256)) * (50 * 1024)  # 12.5 MiB
    kept.uploads.begin(SOURCE)
    at = 0
    for size in (1, 700_001, PART, 3, 6_000_000, len(body)):
        kept.uploads.append(SOURCE, at, body[at : at + size])
        at = min(len(body), at + size)
        kept.uploads.sync(SOURCE)
        assert kept.uploads.size(SOURCE) == at

    kept.uploads.finish(SOURCE, at)

    assert read(kept, SOURCE) == body
    assert kept.uploads.size(SOURCE) == at


def test_goes_on_where_bytes_came_that_did_not_count(kept: Store) -> None:
    kept.uploads.begin(SOURCE)
    kept.uploads.append(SOURCE, 0, b"abcd")

    kept.uploads.append(SOURCE, 2, b"cdef")
    kept.uploads.append(SOURCE, 3, b"d")
    kept.uploads.finish(SOURCE, 6)

    assert read(kept, SOURCE) == b"abcdef"


def test_begins_an_upload_once(kept: Store) -> None:
    for _ in range(2):
        kept.uploads.begin(SOURCE)
    kept.uploads.append(SOURCE, 0, b"abc")

    kept.uploads.begin(SOURCE)

    assert kept.uploads.size(SOURCE) == 3


def test_aborts_an_upload(kept: Store) -> None:
    kept.uploads.begin(SOURCE)
    kept.uploads.append(SOURCE, 0, b"abc")

    for _ in range(2):
        kept.uploads.abort(SOURCE)

    with pytest.raises(FileNotFoundError):
        kept.uploads.size(SOURCE)
    assert kept.sizes("sources") == kept.sizes("uploads") == {}


def test_aborts_a_finished_upload(kept: Store) -> None:
    kept.uploads.begin(SOURCE)
    kept.uploads.finish(SOURCE, 0)

    kept.uploads.abort(SOURCE)

    assert kept.sizes("sources") == {}


@pytest.fixture(params=["bucket", pytest.param("verified", marks=pytest.mark.faults)])
def bucket(request: Any) -> Store:
    """A bucket with nothing in it."""
    request.getfixturevalue("store" if request.param == "bucket" else "verified")
    return the_store()


def test_shows_no_half_upload(bucket: Store) -> None:
    bucket.uploads.begin(SOURCE)
    bucket.uploads.append(SOURCE, 0, b"x" * (2 * PART))

    assert bucket.sizes("sources") == {}


def test_tells_that_a_bucket_has_lost_bytes(bucket: Store) -> None:
    bucket.uploads.begin(SOURCE)
    bucket.uploads.append(SOURCE, 0, b"abc")

    with pytest.raises(OSError, match="lost"):
        bucket.uploads.append(SOURCE, 4, b"e")


def test_finds_unfinished_upload_by_its_key(bucket: Store) -> None:
    for key in (SOURCE, f"{SOURCE}.other"):
        bucket.uploads.begin(key)

    found = multipart.find(SOURCE)

    assert found
    assert found.key == SOURCE
    assert multipart.find("sources/b.mp4") is None
    bucket.uploads.finish(SOURCE, 0)
    assert multipart.find(SOURCE) is None
