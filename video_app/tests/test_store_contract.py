"""What every store promises: the same cases against each."""

from pathlib import Path
from typing import Any

import pytest

from video_app.store import OffsetError, Store, multipart, the_store
from video_app.store.local import LocalStore

KEY = "hls/1/1/720p/000.ts"
PART = 5 * 1024**2


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
    with pytest.raises(ZeroDivisionError), kept.work_folder("hls/1/1/.lease-a") as folder:
        fail()

    (work,) = folders
    assert not work.exists()
    assert kept.sizes("hls") == {}


# --- uploads, of a bucket alone: in a folder they lie where the source will (landing.py)


@pytest.fixture(params=["bucket", pytest.param("verified", marks=pytest.mark.faults)])
def parts(request: Any) -> Store:
    """A bucket with nothing in it."""
    request.getfixturevalue("store" if request.param == "bucket" else "verified")
    return the_store()


@pytest.mark.parametrize("size", [0, 1, PART - 1, PART, PART + 1, 2 * PART])
def test_uploads_any_size(parts: Store, size: int) -> None:
    upload = multipart.begin("sources/a.mp4")

    assert multipart.append(upload, 0, b"x" * size) == size
    assert parts.sizes("sources") == {}
    assert multipart.finish(upload) == multipart.finish(upload) == size

    assert parts.sizes("sources") == {"sources/a.mp4": size}


def test_uploads_in_pieces_of_any_size(parts: Store) -> None:
    body = bytes(range(256)) * (50 * 1024)  # 12.5 MiB
    upload = multipart.begin("sources/a.mp4")
    at = 0
    for size in (1, 700_001, PART, 3, 6_000_000, len(body)):
        piece = body[at : at + size]
        at = multipart.append(upload, at, piece)
        assert multipart.offset(upload) == at

    multipart.finish(upload)

    assert read(parts, "sources/a.mp4") == body
    assert multipart.offset(upload) == len(body)


def test_refuses_to_go_on_elsewhere(parts: Store) -> None:
    upload = multipart.begin("sources/a.mp4")
    multipart.append(upload, 0, b"abc")

    with pytest.raises(OffsetError) as raised:
        multipart.append(upload, 2, b"cd")

    assert raised.value.offset == multipart.offset(upload) == 3


def test_aborts_an_upload(parts: Store) -> None:
    upload = multipart.begin("sources/a.mp4")
    multipart.append(upload, 0, b"abc")

    multipart.abort(upload)
    multipart.abort(upload)

    with pytest.raises(FileNotFoundError):
        multipart.offset(upload)
    assert parts.sizes("sources") == {}


def test_finds_unfinished_upload_by_its_key(parts: Store) -> None:
    upload = multipart.begin("sources/a.mp4")
    multipart.begin("sources/a.mp4.other")

    assert multipart.find("sources/a.mp4") == upload
    assert multipart.find("sources/b.mp4") == ""
    multipart.finish(upload)
    assert multipart.find("sources/a.mp4") == ""
