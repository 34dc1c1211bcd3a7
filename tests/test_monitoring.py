"""The alert rules and Grafana's dashboard, by real Prometheus: on figures made for them, and on
what it reads from our own /metrics."""

import json
import shutil
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from math import isnan
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings as configured

from launcher.services import free_port
from video_app.models import WatchTotals
from video_app.tests.films import make_film

pytestmark = pytest.mark.skipif(
    not shutil.which("promtool"), reason="needs Prometheus (Debian: sudo apt install prometheus)"
)
TESTS = Path(__file__).parent
MONITORING = TESTS.parent / "docker/monitoring"
DASHBOARD = json.loads((MONITORING / "grafana-dashboard.json").read_text())
QUERIES = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]


def promtool(*arguments: str) -> None:
    done = subprocess.run(["promtool", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_accepts_rules() -> None:
    promtool("check", "rules", str(MONITORING / "alerts.yml"))


def test_accepts_configuration() -> None:
    promtool("check", "config", "--syntax-only", str(MONITORING / "prometheus.yml"))


def test_raises_alerts_when_it_must_and_only_then() -> None:
    promtool("test", "rules", str(TESTS / "alerts.test.yml"))


def test_tries_every_alert() -> None:
    rules = yaml.safe_load((MONITORING / "alerts.yml").read_text())["groups"][0]["rules"]
    cases = yaml.safe_load((TESTS / "alerts.test.yml").read_text())["tests"]
    tried = [each for case in cases for each in case["alert_rule_test"]]

    names = {rule["alert"] for rule in rules}
    assert {each["alertname"] for each in tried if "exp_alerts" in each} == names
    assert {each["alertname"] for each in tried if "exp_alerts" not in each} == names


class Prometheus:
    def __init__(self, port: int) -> None:
        self._api = f"http://127.0.0.1:{port}/api/v1"

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self._api}{path}") as answer:
            return json.load(answer)["data"]

    def values(self, query: str) -> list[float]:
        found = self.get(f"/query?{urllib.parse.urlencode({'query': query})}")["result"]
        return [float(series["value"][1]) for series in found]

    def wait_for(self, query: str) -> None:
        for _ in range(100):
            try:
                if self.values(query):
                    return
            except OSError:  # it is starting
                pass
            time.sleep(0.2)
        raise AssertionError(f"{query} has no answer")


def configuration(folder: Path, server: str) -> Path:
    """The one that we ship, asking this server every second."""
    given = yaml.safe_load((MONITORING / "prometheus.yml").read_text())
    (folder / "token").write_text("right")
    given["rule_files"] = [str(MONITORING / "alerts.yml")]
    given["global"] = {"evaluation_interval": "1s"}
    job = given["scrape_configs"][0]
    job["scrape_interval"] = "1s"
    job["authorization"]["credentials_file"] = str(folder / "token")
    job["static_configs"] = [{"targets": [server.removeprefix("http://")]}]
    path = folder / "prometheus.yml"
    path.write_text(yaml.safe_dump(given))
    return path


@pytest.fixture
def prometheus(tmp_path: Path, live_server: Any, own_media: Path, settings: Any) -> Iterator[Any]:
    """It has read our figures twice, and films were watched between."""
    settings.RQ_API_TOKEN = "right"
    make_film()
    WatchTotals.objects.create(pk=1)
    port = free_port()
    options = {
        "config.file": configuration(tmp_path, live_server.url),
        "storage.tsdb.path": tmp_path / "data",
        "web.listen-address": f"127.0.0.1:{port}",
        "log.level": "error",
    }
    command = ["prometheus", *(f"--{name}={value}" for name, value in options.items())]
    with subprocess.Popen(command) as process:
        try:
            found = Prometheus(port)
            found.wait_for("videoflix_views_total == 0")
            WatchTotals.objects.update(**WATCHED)
            found.wait_for("increase(videoflix_views_total[1m]) > 0")
            yield found
        finally:
            process.terminate()


WATCHED = {
    "views": 9,
    "seconds": 600.0,
    "started": 9,
    "startups": [1, 2, 0, 0, 0, 0, 6],
    "startup_seconds": 99.0,
    "stalls": 3,
    "stall_lengths": [2, 0, 0, 1],
    "stalled_seconds": 20.0,
    "errors": 2,
}


@pytest.mark.django_db(transaction=True)
def test_finds_all_that_dashboard_and_rules_ask_for(prometheus: Prometheus) -> None:
    found = {query: prometheus.values(query.replace("$__rate_interval", "1m")) for query in QUERIES}
    assert [query for query, values in found.items() if not values or any(map(isnan, values))] == []
    assert len(found["max by (queue) (videoflix_queue_jobs)"]) == len(configured.RQ_QUEUES)
    assert sum(found["max by (state) (videoflix_videos)"]) == 1

    # No worker runs here; all else is well, and every rule can be evaluated.
    prometheus.wait_for('ALERTS{alertname="VideoflixNoWorkers"}')
    rules = {rule["name"]: rule for rule in prometheus.get("/rules")["groups"][0]["rules"]}
    assert {rule["health"] for rule in rules.values()} == {"ok"}
    assert rules["VideoflixNoWorkers"]["state"] == "pending"
    assert rules["VideoflixAway"]["state"] == "inactive"
