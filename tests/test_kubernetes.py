"""The manifests in kubernetes/ fit Kubernetes's schemas and this product."""

import re
from collections.abc import Iterator
from typing import Any

import kubernetes_validate
import pytest
import yaml

from launcher.installation import read_dotenv
from tests.stack import ROOT

FOLDER = ROOT / "kubernetes"
MANIFESTS = sorted(set(FOLDER.glob("*.yaml")) - {FOLDER / "kustomization.yaml"})
POD_KINDS = {"Deployment", "Job"}
VERSION = "1.37.0"


def objects() -> Iterator[dict[str, Any]]:
    for path in MANIFESTS:
        yield from yaml.safe_load_all(path.read_text())


def pods() -> list[Any]:
    specs = [found["spec"]["template"]["spec"] for found in objects() if found["kind"] in POD_KINDS]
    assert len(specs) == 3
    return specs


def containers() -> list[dict[str, Any]]:
    return [one for pod in pods() for one in (*pod.get("initContainers", ()), *pod["containers"])]


@pytest.mark.parametrize(
    "found", list(objects()), ids=lambda one: f"{one['kind']}-{one['metadata']['name']}"
)
def test_fits_the_schema(found: dict[str, Any]) -> None:
    kubernetes_validate.validate(found, VERSION, strict=True)


def test_lists_every_manifest() -> None:
    listed = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())["resources"]
    assert {FOLDER / name for name in listed} == set(MANIFESTS)


def test_runs_locked_down() -> None:
    assert all(pod["securityContext"]["runAsNonRoot"] for pod in pods())
    for container in containers():
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}


def test_shares_no_volume() -> None:
    assert {key for pod in pods() for volume in pod["volumes"] for key in volume} == {
        "name",
        "emptyDir",
    }


def test_knows_the_settings() -> None:
    known = re.findall(r"^#?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.template").read_text(), re.MULTILINE)
    named = {entry["name"] for container in containers() for entry in container.get("env", ())}
    assert named | set(read_dotenv(FOLDER / "settings.env")) <= set(known)


def test_names_the_image_as_compose_does() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    assert {container["image"] for container in containers()} == {compose["x-app"]["image"]}


def test_machine_of_its_own_needs_four_variables() -> None:
    text = (ROOT / "docker-compose.worker.yml").read_text()
    needed = set(re.findall(r"\$\{([A-Z_]+):\?", text))
    assert needed == {"DATABASE_URL", "REDIS_URL", "BUCKET_URL", "SECRET_KEY"}
    services = yaml.safe_load(text)["services"]
    assert all(one["volumes"] == ["scratch:/data"] for one in services.values())
