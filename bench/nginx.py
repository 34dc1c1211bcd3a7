"""A throw-away nginx in front of a web server, with the repository's own rules for films."""

import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILMS = ROOT / "docker" / "nginx" / "films.conf"
CONFIG = """\
{user}
daemon off;
pid {directory}/nginx.pid;
error_log {directory}/error.log warn;
worker_processes 1;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    default_type application/octet-stream;
    types {{ video/MP2T ts; }}
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    keepalive_requests 100000;
    proxy_cache_path {directory}/rights keys_zone=rights:1m inactive=5s use_temp_path=off;
    upstream videoflix {{ server 127.0.0.1:{upstream}; keepalive 16; }}
    map "" $videoflix {{ default videoflix; }}
    upstream nothing {{ server 127.0.0.1:{nothing}; keepalive 16; }}
    server {{
        listen 127.0.0.1:{port}{tls};
        sendfile on;
        tcp_nopush on;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host $host:{port};
        location / {{ proxy_pass http://videoflix; }}
        location /nothing/ {{ proxy_pass http://nothing; }}
        location /plain/ {{ alias {media}/; }}
        {films}
    }}
}}
"""


def is_installed() -> bool:
    return shutil.which("nginx") is not None


@contextmanager
def running_nginx(
    directory: Path,
    media: Path,
    port: int,
    upstream: int,
    nothing: int | None = None,
    certificate: Path | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """nginx on `port`: files under /plain/, /nothing/ from the server on port `nothing`,
    everything else from that on `upstream`. With a certificate (its key in the file of that name,
    itself beside it as `.crt`) it speaks HTTPS and HTTP/2."""
    directory.mkdir(parents=True, exist_ok=True)
    config = directory / "nginx.conf"
    config.write_text(_config(directory, media, port, upstream, nothing or upstream, certificate))
    process = subprocess.Popen(["nginx", "-c", str(config), "-p", str(directory)])
    try:
        if certificate is None:
            _wait_for(f"http://127.0.0.1:{port}/plain/")
        else:
            time.sleep(1)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def _config(
    directory: Path, media: Path, port: int, upstream: int, nothing: int, certificate: Path | None
) -> str:
    films = FILMS.read_text().replace("/data/media/", f"{media}/")
    return CONFIG.format(
        # As root it would change to a user who cannot read a temporary folder.
        user="user root;" if os.geteuid() == 0 else "",
        directory=directory,
        media=media,
        port=port,
        tls=_tls(certificate),
        upstream=upstream,
        nothing=nothing,
        films=films.replace("/var/log/nginx", str(directory)),
    )


def _tls(certificate: Path | None) -> str:
    """What follows the port in `listen`, and the certificate's lines."""
    if certificate is None:
        return ""
    return f" ssl http2;\n ssl_certificate {certificate}.crt;\n ssl_certificate_key {certificate}"


def _wait_for(url: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"nginx does not answer on {url}")
