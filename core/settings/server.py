"""The web server in front of Django (gunicorn), read by `core/gunicorn.py`."""

from core.settings.env import env

WEB_BIND = env.str("WEB_BIND", default="127.0.0.1:8000")
# A worker process costs memory; a slow reader or sender holds a thread.
WEB_WORKERS = env.int("WEB_WORKERS", default=2)
WEB_THREADS = env.int("WEB_THREADS", default=32)
# A line for every request; off where a proxy already writes one.
ACCESS_LOG = env.bool("ACCESS_LOG", default=True)
