"""docker-compose.captions.yml gives the workers what automatic captions need, and nobody else."""

import re
from typing import Any

import pytest
import yaml

from launcher.venv import CAPTIONS
from tests.stack import ROOT

OVERRIDE = "docker-compose.captions.yml"


def compose(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / name).read_text())
    return found


def worker() -> dict[str, Any]:
    found: dict[str, Any] = compose(OVERRIDE)["services"]["worker"]
    return found


def test_builds_image_of_its_own_with_the_packages() -> None:
    dockerfile = (ROOT / "backend.Dockerfile").read_text()
    (argument,) = worker()["build"]["args"]

    assert worker()["image"] != compose("docker-compose.yml")["x-app"]["image"]
    assert re.search(rf'^ARG {argument}=""$', dockerfile, re.MULTILINE)
    step = re.search(
        rf'^RUN \[ -z "\${argument}" \].*?[^\\]$', dockerfile, re.MULTILINE | re.DOTALL
    )
    assert step
    assert f"-r {CAPTIONS}" in step[0]


def test_installs_nothing_of_it_otherwise() -> None:
    for name in ("docker-compose.yml", "docker-compose.worker.yml"):
        assert "args" not in compose(name)["x-app"]["build"]


def test_mounts_the_model_where_the_worker_looks() -> None:
    (volume,) = worker()["volumes"]

    assert volume["source"].startswith("${CAPTIONS_MODEL:?")
    assert volume["target"] == worker()["environment"]["CAPTIONS_MODEL"]
    assert volume["read_only"]
    assert not volume["bind"]["create_host_path"]


@pytest.mark.parametrize("base", ["docker-compose.yml", "docker-compose.worker.yml"])
def test_changes_only_the_worker(base: str) -> None:
    assert list(compose(OVERRIDE)["services"]) == ["worker"]
    assert "worker" in compose(base)["services"]
    assert f"COMPOSE_FILE={base}:{OVERRIDE}" in (ROOT / OVERRIDE).read_text()
