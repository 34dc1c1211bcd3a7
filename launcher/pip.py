"""Calling pip, and saying in one sentence why it failed."""

import re
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

from launcher.installation import PYTHON, ROOT

SAFE = ("--require-hashes", "--only-binary=:all:", "--no-input", "--disable-pip-version-check")
# What urllib3 says of a connection, through pip: a name that does not resolve, a refused or
# interrupted connection, a proxy, a certificate, a time-out.
CONNECTION = re.compile(
    r"after connection broken by '(.*)':|confirming the ssl certificate(.*)"
    r"|((?:ReadTimeoutError|ConnectionResetError|ProtocolError|ProxyError).*)"
)
DETAIL = re.compile(
    r"Failed to resolve '[^']*'|Failed to establish a new connection: [^'\")]*|"
    r"certificate verify failed[^(]*|Cannot connect to proxy|Connection (?:refused|reset)[^'\")]*|"
    r"[Rr]ead timed out|Connection to \S+ timed out|too many \d+ error responses"
)


def install_command(locks: tuple[str, ...]) -> list[str]:
    command = [str(PYTHON), "-m", "pip", "install", *SAFE, "--progress-bar=off"]
    for lock in locks:
        command += ["-r", str(ROOT / lock)]
    return command


def any_pip() -> list[str]:
    """A pip that runs before `.venv` exists: the wheel from which `venv` installs it."""
    if PYTHON.exists():
        return [str(PYTHON), "-m", "pip"]
    wheel = next((path for folder in _wheel_folders() for path in folder.glob("pip-*.whl")), None)
    return [sys.executable, str(wheel / "pip")] if wheel else [sys.executable, "-m", "pip"]


def _wheel_folders() -> list[Path]:
    folders = [Path(sysconfig.get_config_var("WHEEL_PKG_DIR") or "/nowhere")]
    spec = find_spec("ensurepip")
    if spec and spec.origin:
        folders.append(Path(spec.origin).parent / "_bundled")
    return folders


def cause(log: str) -> str:
    """Why pip failed, from its log: the connection first, for without one pip's own errors
    claim that packages do not exist."""
    if "No space left on device" in log:
        return "the disk is full."
    if connection := _last_connection_fault(log):
        return (
            f"the package index cannot be reached ({connection}). "
            "Look at the network, the proxy and pip's settings (pip config list)."
        )
    return _first_error(log) or "pip ended without a reason."


def _last_connection_fault(log: str) -> str:
    faults = [next(filter(None, match.groups())) for match in CONNECTION.finditer(log)]
    if not faults:
        return ""
    detail = DETAIL.search(faults[-1])
    return (detail[0] if detail else faults[-1][:200]).strip()


def _first_error(log: str) -> str:
    """pip's first error line, with the packages that it lists indented below."""
    lines = log.splitlines()
    first = next((at for at, line in enumerate(lines) if line.startswith("ERROR: ")), None)
    if first is None:
        return ""
    said = [lines[first].removeprefix("ERROR: ")]
    for line in lines[first + 1 : first + 4]:
        if not line.startswith(" "):
            break
        said.append(line.strip())
    return " ".join(said)
