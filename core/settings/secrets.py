"""A secret of this installation, made on first use and kept in a private file."""

import os
import secrets
from pathlib import Path


def stored_secret(path: Path) -> str:
    """The secret in `path`; made (mode 0600) when the file does not exist yet."""
    if not path.exists():
        _make(path)
    return path.read_text().strip()


def _make(path: Path) -> None:
    """Written aside and linked, so that of two processes at once both read the winner's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(48))
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
