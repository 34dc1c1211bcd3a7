"""The web server's configuration: `gunicorn -c python:core.gunicorn core.wsgi`."""

import gc
import os
import socket
import struct
import sys
from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger

from core import settings

# Before core.wsgi says it: the workers' class asks for settings first.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")

bind = settings.WEB_BIND
worker_class = "core.serving.worker.SteadyWorker"
workers = settings.WEB_WORKERS
threads = settings.WEB_THREADS
graceful_timeout = 30
keepalive = 75  # longer than the proxy's, so that it is the proxy that closes
control_socket_disable = True
forwarded_allow_ips = ""  # Django decides which proxy to believe
accesslog = "-" if settings.ACCESS_LOG else None

_to_console = {"handlers": ["console"], "level": "INFO", "propagate": False}
_loggers: Any = settings.LOGGING["loggers"]
logconfig_dict = settings.LOGGING | {
    "loggers": _loggers | {"gunicorn.error": _to_console, "gunicorn.access": _to_console}
}


def when_ready(server: Any) -> None:
    """Let the kernel cut off clients that stall: accepted sockets inherit these options.

    gunicorn itself waits for ever, with a thread, for the rest of a request and for a
    reader that does not read.
    """
    seconds = settings.WEB_STALL_SECONDS
    for listener in server.LISTENERS:
        reading = struct.pack("ll", seconds, 0)
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, reading)
        if hasattr(socket, "TCP_USER_TIMEOUT") and listener.sock.family != socket.AF_UNIX:
            option = socket.TCP_USER_TIMEOUT
            listener.sock.setsockopt(socket.IPPROTO_TCP, option, seconds * 1000)


def post_worker_init(worker: Any) -> None:
    """Spare every full collection the look through what was loaded for good."""
    gc.collect()
    gc.freeze()


class AccessLogger(Logger):
    """Writes each request as fields; the formatter masks what they must not show."""

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        if isinstance(sys.exc_info()[1], BlockingIOError):  # SO_RCVTIMEO
            self.info("client_stalled")
        else:
            super().exception(msg, *args, **kwargs)

    def access(self, resp: Any, req: Any, environ: Any, request_time: timedelta) -> None:
        if not self.cfg.accesslog:
            return
        headers = {name.lower(): value for name, value in resp.headers}
        self.access_log.info(
            "request",
            extra={
                "request_id": headers.get("x-request-id", ""),
                "ip": environ.get("REMOTE_ADDR"),
                "forwarded_for": environ.get("HTTP_X_FORWARDED_FOR", ""),
                "method": environ.get("REQUEST_METHOD"),
                "path": environ.get("RAW_URI"),
                "status": str(resp.status).split(" ", 1)[0],
                "bytes": resp.sent,
                "seconds": round(request_time.total_seconds(), 4),
                "user_agent": environ.get("HTTP_USER_AGENT", ""),
            },
        )


logger_class = AccessLogger
