"""The compose file's Redis starts whatever its snapshot looks like: its script, a real Valkey."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import redis

from launcher.tools import valkey_binary
from tests.browser.product import wait_for
from tests.stack import ROOT, free_port

PASSWORD = "of this test"


@pytest.fixture
def commands(tmp_path: Path) -> Path:
    """A folder with the two programs of Redis's image: one binary, which obeys its name."""
    binary = valkey_binary()
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("redis-server", "redis-check-rdb"):
        (folder / name).symlink_to(binary)
    return folder


@contextmanager
def running(commands: Path, data: Path) -> Iterator[redis.Redis]:
    port = free_port()
    process = subprocess.Popen(
        ["sh", str(ROOT / "docker" / "redis.sh"), "--port", str(port), "--bind", "127.0.0.1"],
        cwd=data,
        env={"PATH": f"{commands}:{os.environ['PATH']}", "REDISCLI_AUTH": PASSWORD},
    )
    client = redis.Redis(port=port, password=PASSWORD)

    def answers() -> bool:
        with suppress(redis.ConnectionError):
            return bool(client.ping())
        return False

    try:
        wait_for(answers, "Redis", 10)
        yield client
    finally:
        client.close()
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def half(snapshot: bytes) -> bytes:
    return snapshot[: len(snapshot) // 2]


def flipped(snapshot: bytes) -> bytes:
    middle = len(snapshot) // 2
    return snapshot[:middle] + bytes([snapshot[middle] ^ 0xFF]) + snapshot[middle + 1 :]


@pytest.mark.parametrize(
    "damage",
    [half, flipped, lambda _: b"", lambda _: b"\0" * 500, lambda _: b"REDIS0099" + b"x" * 50],
    ids=["half", "a flipped byte", "empty", "zeros", "another version"],
)
def test_starts_with_a_damaged_snapshot(
    tmp_path: Path, commands: Path, damage: Callable[[bytes], bytes]
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with running(commands, data) as client:
        client.set("key", "value" * 100)
        client.save()
    snapshot = (data / "dump.rdb").read_bytes()
    (data / "dump.rdb").write_bytes(damage(snapshot))

    with running(commands, data) as client:
        assert client.dbsize() == 0
        assert client.set("key", "new")

    assert (data / "dump.rdb.damaged").read_bytes() == damage(snapshot)


def test_keeps_a_snapshot_that_is_whole(tmp_path: Path, commands: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with running(commands, data) as client:
        client.set("key", "value")
        client.save()

    with running(commands, data) as client:
        assert client.get("key") == b"value"


def test_takes_writes_while_no_snapshot_can_be_written(tmp_path: Path, commands: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with running(commands, data) as client:
        shutil.rmtree(data)
        client.set("key", "value")
        with suppress(redis.ResponseError):
            client.bgsave()
        wait_for(lambda: client.info("persistence")["rdb_last_bgsave_status"] == "err", "err", 10)

        assert client.set("key", "other")
        client.config_set("save", "")  # or it would not stop without a last snapshot
