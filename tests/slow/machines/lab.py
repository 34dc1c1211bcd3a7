"""Machines that share nothing: each a project of docker-compose.worker.yml, on its own network."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.buckets import KEY, NAME, wait_for
from tests.faults.site import steady_port
from tests.slow.machines.balancer import balancing
from tests.stack import ADMIN_EMAIL, ADMIN_PASSWORD, ROOT

HERE = Path(__file__).parent
SERVICES = "videoflix-test-services"
SHARED = ("db", "redis", "s3")
WEBS, WORKERS = ("web-a", "web-b"), ("worker-a", "worker-b")


class Lab:
    """Two webs and two workers; `url` is that of a load balancer before the webs."""

    def __init__(self, folder: Path) -> None:
        ports = [steady_port() for _ in range(5)]
        database, bucket, front, *self.web_ports = ports
        self.front = front
        self.url, self.bucket = f"http://127.0.0.1:{front}", f"http://127.0.0.1:{bucket}"
        self.database = f"postgres://films:for-tests@127.0.0.1:{database}/films"
        config = folder / "s3.json"
        keys = {"accessKey": KEY, "secretKey": KEY}
        may = ["Admin", "Read", "Write", "List", "Tagging"]
        config.write_text(
            json.dumps({"identities": [{"name": "app", "credentials": [keys], "actions": may}]})
        )
        self.env = os.environ | {
            "DB_PORT": str(database),
            "S3_PORT": str(bucket),
            "S3_CONFIG": str(config),
            "WEED": str(Path(sys.executable).with_name("weed").resolve()),
            "DATABASE_URL": "postgres://films:for-tests@db:5432/films",
            "REDIS_URL": "redis://redis:6379/0",
            "BUCKET_URL": f"http://{KEY}:{KEY}@s3:8333/{NAME}",
            "SECRET_KEY": "only-for-the-machines-only-for-the-machines-only-for",
            "BACKEND_URL": self.url,
            "AWS_S3_PUBLIC_ENDPOINT_URL": self.bucket,
            "ADMIN_EMAIL": ADMIN_EMAIL,
            "ADMIN_PASSWORD": ADMIN_PASSWORD,
        }

    def services(self, *words: str) -> None:
        self._docker("compose", "-p", SERVICES, "-f", str(HERE / "services.yml"), *words)

    def machine(self, name: str, *words: str, port: int = 0) -> None:
        """Run a command of Compose for one machine, which has a network of its own."""
        files = ["-f", str(ROOT / "docker-compose.worker.yml"), "-f", str(HERE / "machine.yml")]
        project = ["-p", f"videoflix-test-{name}", "--project-directory", str(ROOT)]
        self._docker("compose", *project, *files, "--profile", "web", *words, PORT=str(port))

    def create(self, name: str, port: int) -> None:
        self.machine(name, "create", "--no-build", self.service(name), port=port)
        for shared in SHARED:
            network, container = f"videoflix-test-{name}_default", f"{SERVICES}-{shared}-1"
            self._docker("network", "connect", "--alias", shared, network, container)

    def start(self, name: str) -> None:
        self._docker("start", self.container(name))

    def kill(self, name: str) -> None:
        self._docker("kill", self.container(name))

    def container(self, name: str) -> str:
        return f"videoflix-test-{name}-{self.service(name)}-1"

    @staticmethod
    def service(name: str) -> str:
        return name.partition("-")[0]

    def logs(self, name: str) -> str:
        return self._docker("logs", self.container(name))

    def host(self, name: str) -> str:
        """What a machine calls itself."""
        return self._docker("inspect", "-f", "{{.Config.Hostname}}", self.container(name)).strip()

    def address(self, name: str) -> str:
        network = f"videoflix-test-{name}_default"
        form = f'{{{{(index .NetworkSettings.Networks "{network}").IPAddress}}}}'
        return self._docker("inspect", "-f", form, self.container(name)).strip()

    def can_reach(self, name: str, address: str, port: int) -> bool:
        """Whether a machine gets a connection."""
        call = f"import socket; socket.create_connection(({address!r}, {port}), 2)"
        words = ["exec", self.container(name), "python", "-c", call]
        return not subprocess.run(["docker", *words], capture_output=True).returncode

    def manage(self, name: str, *words: str, **env: str) -> str:
        given = [word for pair in env.items() for word in ("-e", "=".join(pair))]
        return self._docker("exec", *given, self.container(name), "python", "manage.py", *words)

    def _docker(self, *words: str, **env: str) -> str:
        done = subprocess.run(
            ["docker", *words], env=self.env | env, capture_output=True, text=True, cwd=HERE
        )
        assert done.returncode == 0, f"docker {' '.join(words)}: {done.stderr[-2000:]}"
        return done.stdout + done.stderr if words[0] == "logs" else done.stdout


@contextmanager
def running_lab(folder: Path) -> Iterator[Lab]:
    """Build the image, start everything, and leave nothing behind."""
    lab = Lab(folder)
    with ExitStack() as cleanup:
        cleanup.callback(lab.services, "down", "--volumes", "--timeout", "1")
        lab.services("up", "-d", "--wait")
        wait_for(lab.bucket)
        lab.machine(WEBS[0], "build", "web")
        ports = dict(zip(WEBS, lab.web_ports, strict=True))
        for name in (*WEBS, *WORKERS):
            cleanup.callback(_remove, lab, name)
            lab.create(name, ports.get(name, 0))
            lab.start(name)
        cleanup.enter_context(balancing(lab.front, lab.web_ports))
        yield lab


def _remove(lab: Lab, name: str) -> None:
    lab.machine(name, "kill")
    for shared in SHARED:
        network, container = f"videoflix-test-{name}_default", f"{SERVICES}-{shared}-1"
        subprocess.run(["docker", "network", "disconnect", "-f", network, container], check=False)
    lab.machine(name, "down", "--volumes")
