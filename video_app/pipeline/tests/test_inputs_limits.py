"""A program that we start can neither outlive us nor take the machine."""

import os
import signal
import subprocess
import sys
import time
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from video_app.pipeline import ffmpeg
from video_app.pipeline.errors import EncodeError

MEGABYTE = 2**20
LIMITS = ffmpeg.ProcessLimits(seconds=20, memory=1024 * MEGABYTE, file_size=MEGABYTE)


def run(code: str, limits: ffmpeg.ProcessLimits = LIMITS, **options) -> str:
    return ffmpeg.run([sys.executable, "-c", code], limits, **options)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(condition, seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_it_returns_what_the_program_printed():
    assert run("print('hello')") == "hello\n"


def test_it_reports_a_failure_with_the_end_of_the_errors():
    with pytest.raises(EncodeError, match=r"exit status 3: .*the reason"):
        run("import sys; print('x' * 10**6 + 'the reason', file=sys.stderr); sys.exit(3)")


def test_a_program_that_ignores_termination_is_killed_at_its_limit(tmp_path):
    stubborn = (
        "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    )
    started = time.monotonic()
    with pytest.raises(ffmpeg.TimeLimitError):
        run(stubborn, ffmpeg.ProcessLimits(seconds=3))
    assert time.monotonic() - started < 8
    assert not is_alive(int((tmp_path / "pid").read_text()))


def test_a_watch_that_raises_stops_the_program(tmp_path):
    class Stop(Exception):
        pass

    def watch() -> None:
        if (tmp_path / "pid").exists():
            raise Stop

    code = f"import os, time; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))"
    with pytest.raises(Stop):
        run(f"{code}; time.sleep(60)", watch=watch)
    assert not is_alive(int((tmp_path / "pid").read_text() or 0))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can promise it")
def test_a_program_dies_with_its_parent(tmp_path):
    note = tmp_path / "pid"
    sleeper = f"import os, time; open({str(note)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from video_app.pipeline import ffmpeg;"
            f"ffmpeg.run([sys.executable, '-c', {sleeper!r}], ffmpeg.ProcessLimits())",
        ],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert wait_for(lambda: note.exists() and note.read_text())
    pid = int(note.read_text())
    assert is_alive(pid)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert wait_for(lambda: not is_alive(pid), seconds=2)


def test_no_file_grows_beyond_the_limit(tmp_path):
    target = tmp_path / "large"
    with pytest.raises(EncodeError):
        run(f"open({str(target)!r}, 'wb').write(bytes(8 * 2**20))")
    assert target.stat().st_size <= MEGABYTE


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is no such limit")
def test_no_program_takes_more_memory_than_the_limit():
    with pytest.raises(EncodeError, match="MemoryError"):
        run("bytearray(2 * 2**30)")


@pytest.mark.parametrize("line", ["x" * 1000, "x" * 999 + "\\n"])
def test_a_flood_of_errors_fills_no_memory(line):
    tracemalloc.start()
    try:
        run(f"import sys\nfor _ in range(50_000): sys.stderr.write('{line}')")
        assert tracemalloc.get_traced_memory()[1] < MEGABYTE
    finally:
        tracemalloc.stop()


def test_a_flood_of_output_is_an_error():
    with pytest.raises(EncodeError, match="too much"):
        run("import sys\nwhile True: sys.stdout.write('x' * 2**20)")


def test_lines_that_are_taken_at_once_fill_no_memory():
    lines: list[int] = []
    tracemalloc.start()
    try:
        run(
            "import sys\nfor _ in range(50_000): sys.stdout.write('x' * 999 + '\\n')",
            on_line=lambda line: lines.append(len(line)),
        )
        assert tracemalloc.get_traced_memory()[1] < 4 * MEGABYTE
    finally:
        tracemalloc.stop()
    assert lines == [999] * 50_000


def test_programs_are_nice_and_leave_no_core():
    code = "import os, resource; print(os.nice(0), resource.getrlimit(resource.RLIMIT_CORE)[0])"
    assert run(code) == f"{min(19, os.nice(0) + 10)} 0\n"
    assert run(code, replace(LIMITS, niceness=3)) == f"{min(19, os.nice(0) + 3)} 0\n"


def test_programs_do_not_see_our_secrets(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "very secret")
    assert "SECRET_KEY" not in run("import os; print(os.environ)")
