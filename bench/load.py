"""Load from wrk, and what it cost the servers."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 16
TICKS = os.sysconf("SC_CLK_TCK")
UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3}
# One request after the other over all paths, so that no single file is hot.
SCRIPT = """\
local paths = {{ {paths} }}
local at = 0
request = function()
  at = at + 1
  if {strangers} then wrk.headers["Cookie"] = "viewer=" .. at end
  return wrk.format("GET", paths[at % #paths + 1])
end
done = function(summary, latency)
  io.write(string.format("RESULT %d %d %d %f %f %d\\n", summary.requests, summary.bytes,
    summary.duration, latency:percentile(50), latency:percentile(99),
    summary.errors.status + summary.errors.read + summary.errors.write
    + summary.errors.connect + summary.errors.timeout))
end
"""


@dataclass(frozen=True, slots=True)
class Measured:
    requests: int
    size: int  # bytes
    seconds: float
    p50: float  # milliseconds
    p99: float
    errors: int
    cpu: float  # seconds, of the servers

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    @property
    def per_cpu_second(self) -> float:
        return self.requests / self.cpu if self.cpu else 0.0


def is_installed() -> bool:
    return shutil.which("wrk") is not None


def measure(
    port: int,
    paths: Sequence[str],
    servers: Sequence[int],
    directory: Path,
    seconds: float,
    headers: dict[str, str],
    *,
    strangers: bool = False,
) -> Measured:
    """Ask for `paths` in turn for some seconds; `servers` are the pids that answer.

    As `strangers`, each request carries a cookie of its own, as if from another viewer.
    """
    script = directory / "paths.lua"
    quoted = ", ".join(f'"{path}"' for path in paths)
    script.write_text(SCRIPT.format(paths=quoted, strangers=str(strangers).lower()))
    _wrk(port, script, 1, headers)  # warm
    before = sum(cpu_seconds(pid) for pid in servers)
    output = _wrk(port, script, seconds, headers)
    cpu = sum(cpu_seconds(pid) for pid in servers) - before
    found = re.search(r"RESULT (\d+) (\d+) (\d+) ([\d.]+) ([\d.]+) (\d+)", output)
    if not found:
        raise RuntimeError(f"wrk said: {output}")
    requests, size, micros, p50, p99, errors = map(float, found.groups())
    return Measured(int(requests), int(size), micros / 1e6, p50 / 1e3, p99 / 1e3, int(errors), cpu)


def _wrk(port: int, script: Path, seconds: float, headers: dict[str, str]) -> str:
    command = [shutil.which("wrk") or "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:.0f}s"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    command += ["-s", str(script), f"http://127.0.0.1:{port}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def family(pid: int) -> list[int]:
    """A process and its children, which do the work."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, children)]


def cpu_seconds(pid: int) -> float:
    """0 for a process that has ended, as nginx's cache loader does without having worked."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory(pids: Sequence[int]) -> int:
    """Bytes, shared pages counted once for all."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) * 1024
    return total


def load_of_machine() -> str:
    one, _, _ = os.getloadavg()
    return f"{os.cpu_count()} cores, load {one:.1f} before the start at {time.strftime('%H:%M')}"
