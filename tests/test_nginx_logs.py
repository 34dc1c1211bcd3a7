"""No token reaches nginx's logs: the repository's own configuration in a real nginx."""

import http.client
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.nginx import is_installed
from tests.browser.product import wait_for
from tests.stack import free_port

FOLDER = Path(__file__).parent.parent / "docker" / "nginx"
TOKEN = "c8x2k1-0123456789abcdef"
RIGHT = f"{TOKEN:a<60}.{TOKEN:b<43}"
LINKS = [
    f"/api/activate/MQ/{TOKEN}/",
    f"/api/activate/MQ?token={TOKEN}",
    f"/api/auth/password_confirm/MQ/{TOKEN}",
    f"/api/passwort_confirm/MQ/{TOKEN}/",
    f"/users/confirm/?uid=MQ&token={TOKEN}",
    f"/activate/?uid=MQ&token={TOKEN}",
    f"/reset-password?uid=MQ&token={TOKEN}",
    f"/api/play/{RIGHT}/7/master.m3u8",
    f"/api/play/{RIGHT}/7/720p/000.ts?b=3",
    f"/api//play/{RIGHT}",
    f"/api/video/7/720p/000.ts?b=3&CMCD=sid%3D%22{TOKEN}%22",
    f"/content/file.mp4?quality=360p&token={TOKEN}",
]
# As nobody's client sends them.
DISGUISED = [
    f"/api/activ%61te/MQ/{TOKEN}/",
    f"/search?q=a%20b&%74oken={TOKEN}",
    f"/api/%2561ctivate%2fMQ/{TOKEN}/",
]
MAIN = """\
{user}
daemon off;
pid {directory}/pid;
error_log {directory}/error.log warn;
events {{}}
http {{
    access_log {directory}/error.log;
    client_body_temp_path {directory}/a;
    proxy_temp_path {directory}/b;
    fastcgi_temp_path {directory}/c;
    uwsgi_temp_path {directory}/d;
    scgi_temp_path {directory}/e;
    {servers}
}}
"""

pytestmark = pytest.mark.skipif(not is_installed(), reason="needs nginx")


def servers(
    directory: Path,
    plain: int,
    tls: int,
    web: str = "127.0.0.1:1",
    resolver: str = "127.0.0.11",
    upload_limit: str = "1m",
) -> str:
    """Both files as the container has them and in nginx's order, but for ports, folders, TLS
    and the upstream, which is a dead one unless it is named."""
    template = next((FOLDER / "templates").iterdir())
    script = (FOLDER / "entrypoint.d" / "50-https.sh").read_text()
    written = re.findall(r"/etc/nginx/conf\.d/(\S+)", script)
    files = {template.stem: template, written[0]: FOLDER / "https.conf"}
    text = "\n".join(files[name].read_text() for name in sorted(files))
    text = text.replace("include /etc/nginx/films.conf;", (FOLDER / "films.conf").read_text())
    for pattern, instead in [
        (r"listen \[::\].*;|http2 on;|ssl_.*;", ""),
        (r"listen 80 default_server", f"listen 127.0.0.1:{plain}"),
        (r"listen 443 ssl", f"listen 127.0.0.1:{tls}"),
        (r"web:8000", web),
        (r"127\.0\.0\.11", resolver),
        (r"/var/log/nginx|/dev/shm", str(directory)),
        (r"\$\{SERVER_NAME\}", "localhost"),
        (r"\$\{UPLOAD_LIMIT\}", upload_limit),
    ]:
        text = re.sub(pattern, instead, text)
    return text


@contextmanager
def running(directory: Path, **upstream: str) -> Iterator[tuple[int, int]]:
    """nginx, of which the first port redirects and the second asks the application."""
    plain, tls = free_port(), free_port()
    config = directory / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    rendered = servers(directory, plain, tls, **upstream)
    config.write_text(MAIN.format(user=user, directory=directory, servers=rendered))
    nginx = shutil.which("nginx") or "nginx"
    process = subprocess.Popen([nginx, "-c", str(config), "-p", str(directory)])
    try:
        wait_for(lambda: (directory / "pid").exists(), "nginx", 10)
        yield plain, tls
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


@pytest.fixture
def ports(tmp_path: Path) -> Iterator[tuple[int, int]]:
    with running(tmp_path) as ports:
        yield ports


def status(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Referer": f"http://x/?token={TOKEN}"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def access_log(directory: Path, lines: int) -> str:
    """The log when it has so many lines: nginx writes one after it has answered."""
    file = directory / "access.log"
    wait_for(lambda: file.read_text().count("\n") == lines, f"{lines} lines", 10)
    return file.read_text()


def test_logs_no_link(ports: tuple[int, int], tmp_path: Path) -> None:
    plain, tls = ports
    assert {status(plain, link) for link in LINKS} == {308}
    assert {status(tls, link) for link in LINKS[:-1]} == {502}
    assert TOKEN not in access_log(tmp_path, 2 * len(LINKS) - 1)
    assert TOKEN not in (tmp_path / "error.log").read_text()


def test_logs_no_encoded_link(ports: tuple[int, int], tmp_path: Path) -> None:
    for link in DISGUISED:
        status(ports[1], link)
    assert TOKEN not in access_log(tmp_path, len(DISGUISED))


def test_logs_other_paths_and_errors(ports: tuple[int, int], tmp_path: Path) -> None:
    path = "/api/video/?search=a%20%C3%A9&category=drama"
    assert status(ports[1], path) == 502
    assert f'"path": "{path}"' in access_log(tmp_path, 1)
    assert "connect() failed" in (tmp_path / "error.log").read_text()
