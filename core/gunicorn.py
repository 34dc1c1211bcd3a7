"""The web server's configuration: `gunicorn -c python:core.gunicorn core.wsgi`."""

from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger

from core import settings

bind = settings.WEB_BIND
worker_class = "gthread"
workers = settings.WEB_WORKERS
threads = settings.WEB_THREADS
graceful_timeout = 30
keepalive = 75  # longer than the proxy's, so that it is the proxy that closes
control_socket_disable = True
forwarded_allow_ips = ""  # Django decides which proxy to believe
accesslog = "-" if settings.ACCESS_LOG else None

_to_console = {"handlers": ["console"], "level": "INFO", "propagate": False}
logconfig_dict = settings.LOGGING | {
    "loggers": settings.LOGGING["loggers"]
    | {"gunicorn.error": _to_console, "gunicorn.access": _to_console}
}


class AccessLogger(Logger):
    """Writes each request as fields; the formatter masks what they must not show."""

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
