"""The web server in front of Django (gunicorn), read by `core/gunicorn.py`."""

from core.settings.env import env

WEB_BIND = env.str("WEB_BIND", default="127.0.0.1:8000")
# A worker process costs memory; a slow reader or sender holds a thread, and the kernel
# may give all of them to one process. Threads are started when they are needed.
WEB_WORKERS = env.int("WEB_WORKERS", default=2, minimum=1, maximum=256)
WEB_THREADS = env.int("WEB_THREADS", default=128, minimum=2, maximum=1000)
# A client that neither sends nor takes anything for so long loses its connection.
WEB_STALL_SECONDS = env.int("WEB_STALL_SECONDS", default=60, minimum=1, maximum=3600)
# A line for every request; off where a proxy already writes one.
ACCESS_LOG = env.bool("ACCESS_LOG", default=True)
