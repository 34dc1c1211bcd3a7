"""The clients of others that upload in pages: tus-js-client and Uppy, in Node."""

import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack import ROOT, Stack, running_stack
from video_app.tests.test_resumable_sockets import SEED

BODY = os.urandom(3 * 1024**2 + 7)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("clients"), worker=False) as stack:
        stack.media.mkdir(exist_ok=True)
        yield stack


@pytest.fixture(scope="module")
def token(stack: Stack) -> str:
    return stack.manage("shell", "-v", "0", "-c", SEED).strip()


@pytest.mark.parametrize("way", ["parts", "whole", "uppy"])
def test_uploads_whole_film(stack: Stack, token: str, way: str, tmp_path: Path) -> None:
    film = tmp_path / "Film.2019.mp4"
    film.write_bytes(BODY)
    script = ROOT / "tests" / "js" / "upload-clients.js"
    command = ["node", str(script), way, f"{stack.url}/api/uploads/", token, str(film)]

    done = subprocess.run(command, capture_output=True, text=True, timeout=60)

    assert done.returncode == 0, done.stderr
    url = done.stdout.strip()
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request) as answer:
        upload = json.load(answer)
    sources = [path.read_bytes() for path in (stack.media / "sources").iterdir()]
    assert (upload["is_finished"], upload["year"]) == (True, 2019)
    assert BODY in sources
    assert len(sources) == {"parts": 1, "whole": 2, "uppy": 3}[way]
