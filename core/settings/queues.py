"""Redis: the cache and the job queues. It may forget; the database is the truth."""

from core.settings.env import env

REDIS_URL = env.first("REDIS_URL", "REDIS_LOCATION", default="redis://127.0.0.1:6379/0")

# A dead Redis must cost a fraction of a second per request, never an error.
_TIMEOUTS = {"SOCKET_CONNECT_TIMEOUT": 0.5, "SOCKET_TIMEOUT": 0.5}

CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "vf",
        "OPTIONS": {
            "CLIENT_CLASS": "django_redis.client.DefaultClient",
            "SERIALIZER": "django_redis.serializers.json.JSONSerializer",
            "IGNORE_EXCEPTIONS": True,
            "CONNECTION_POOL_CLASS": "core.redis_pool.PausingPool",
            **_TIMEOUTS,
        },
    }
}
# The pool says it once; a line for every question would drown the log.
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = False

# JSON at both ends: write access to Redis must not mean running code.
_QUEUE = {
    # django-rq passes nothing on but the URL. These time-outs are for who enqueues: a worker,
    # which waits long for a job, sets a longer one itself.
    "URL": REDIS_URL
    + ("&" if "?" in REDIS_URL else "?")
    + "socket_connect_timeout=0.5&socket_timeout=0.5",
    "SERIALIZER": "rq.serializers.JSONSerializer",
    "DEFAULT_TIMEOUT": 600,
}
# `urgent` wakes workers for new films, their first chunks, ends and posters, `transcode` for
# the rest of films, and `short` holds mails. What is done first the database decides
# (`video_app.work.order`). `rqworker default` serves all of them.
RQ_QUEUES = {name: dict(_QUEUE) for name in ("default", "short", "urgent", "transcode")}
# Without a worker for each of them the site is not well.
NEEDED_QUEUES = {"short", "urgent", "transcode"}
RQ = {
    # services enqueue in transaction.on_commit themselves, and survive a dead Redis.
    "COMMIT_MODE": "auto",
    "WORKER_CLASS": "video_app.work.worker.FilmWorker",
}
RQ_SHOW_ADMIN_LINK = True
RQ_API_TOKEN = env.str("RQ_API_TOKEN", default="")

# Whatever else stands in Redis is not run.
JOB_FUNCTIONS = {
    *(f"video_app.tasks.{name}" for name in ("plan_video", "encode_chunk", "finish_build")),
    *(f"video_app.tasks.{name}" for name in ("encode_ahead", "encode_rest")),
    *(f"video_app.tasks.{name}" for name in ("make_extras", "make_poster")),
    *(f"video_app.tasks.{name}" for name in ("repair_chunk", "verify_build", "fetch_import")),
    "video_app.tasks.caption_film",
    "video_app.tasks.deliver_webhook",
    "auth_app.tasks.send_mail",
    "auth_app.tasks.make_export",
}

# How often each worker looks for lost work and leftovers.
SWEEP_SECONDS = env.int("SWEEP_SECONDS", default=60, minimum=1, maximum=86400)
# Called by the worker at the same time.
HOUSEKEEPING = [
    "auth_app.mails.send_due",
    "auth_app.exports.make_due",
    "auth_app.leaving.delete_due",
    "auth_app.housekeeping.flush_expired",
    "video_app.webhooks.deliveries.deliver_due",
    "video_app.streaming.play_links.remove_useless",
    "video_app.insight.flushing.flush",
    "video_app.insight.flushing.forget_old",
    "video_app.ingest.uploads.tidy",
    "video_app.ingest.replacing.tidy",
    "video_app.ingest.watch_folder.watch",
]
