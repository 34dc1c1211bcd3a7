"""Uploads, stored media, and what the transcoder may use."""

import os
from pathlib import Path

from core.settings.base import STATIC_COLLECTED
from core.settings.env import BASE_DIR, env

MEDIA_ROOT = str(Path(env.str("MEDIA_ROOT", default=str(BASE_DIR / "media"))).absolute())
MEDIA_URL = "/media/"

# On the media volume, so that a 10 GB upload is renamed into place, not copied. Made when
# an upload arrives: reading settings makes no folders.
FILE_UPLOAD_TEMP_DIR = str(Path(MEDIA_ROOT) / "tmp")
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "video_app.ingest.storage.SpoolingHandler",
]
# For their own user and one group, which is that of nginx's workers in the images.
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
MAX_UPLOAD_BYTES = env.int("MAX_UPLOAD_BYTES", default=10 * 1024**3, minimum=1, maximum=2**50)
MEMBERS_MAY_UPLOAD = env.bool("MEMBERS_MAY_UPLOAD", default=False)
# Of one user at a time.
MAX_UNFINISHED_UPLOADS = env.int("MAX_UNFINISHED_UPLOADS", default=1000, minimum=1)
# All sources of a member who is not staff together, in bytes; 0 = no limit.
UPLOAD_QUOTA_BYTES = env.int("UPLOAD_QUOTA_BYTES", default=0, maximum=2**50)
# For so long one can go back to a source that was replaced, and to its film.
REPLACED_HOURS = env.int("REPLACED_HOURS", default=7 * 24, maximum=24 * 366)
# An unfinished upload goes, with its draft, so long after its last byte came.
UPLOAD_EXPIRES_HOURS = env.int("UPLOAD_EXPIRES_HOURS", default=7 * 24, minimum=1, maximum=8760)

STORAGES = {
    "default": {"BACKEND": "video_app.ingest.storage.DurableStorage"},
    "staticfiles": {
        "BACKEND": "core.staticfiles.HashedModules"
        if STATIC_COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# Empty: from PATH, else the imageio-ffmpeg wheel.
FFMPEG_BINARY = env.str("FFMPEG_BINARY", default="")
# Of each ffmpeg; 0: all cores for a film's first chunk, else one.
FFMPEG_THREADS = env.int("FFMPEG_THREADS", default=0, maximum=256)
# Beyond eight, five encoders gain little and take memory.
MAX_FFMPEG_THREADS = 8
# Processes that encode films in one `manage.py worker`; 0: one per core.
TRANSCODE_PROCESSES = env.int("TRANSCODE_PROCESSES", default=0, maximum=256) or os.cpu_count() or 1
# One MP4 per rendition for clients that cannot play HLS; doubles the storage.
PROGRESSIVE_MP4 = env.bool("PROGRESSIVE_MP4", default=True)
MAX_DURATION_SECONDS = env.int("MAX_DURATION_SECONDS", default=6 * 3600, minimum=1)
MAX_PIXELS = env.int("MAX_PIXELS", default=8192 * 4320, minimum=1)
MAX_STREAMS = env.int("MAX_STREAMS", default=64, minimum=1, maximum=10_000)
# A lease that is not renewed for this long belongs to a dead worker.
LEASE_SECONDS = env.int("LEASE_SECONDS", default=60, minimum=1, maximum=86400)
MAX_ATTEMPTS = env.int("MAX_ATTEMPTS", default=3, minimum=1, maximum=100)
# A replaced build goes on serving its players for this long.
RETIRED_BUILD_SECONDS = env.int("RETIRED_BUILD_SECONDS", default=8 * 3600)
# How segments leave: "" = sendfile by the web server, "nginx" = X-Accel-Redirect.
MEDIA_ACCEL = env.choice("MEDIA_ACCEL", ("", "nginx"), default="")
# Signed links, to a progressive MP4 or into the bucket, open their file for this long: a
# long film with its pauses.
FILE_URL_SECONDS = env.int("FILE_URL_SECONDS", default=8 * 3600, minimum=60)
# A play link (for televisions and other players) opens its film for this long at most, and one
# person may make so many in an hour.
PLAY_LINK_SECONDS = env.int("PLAY_LINK_SECONDS", default=8 * 3600, minimum=60, maximum=30 * 86400)
PLAY_LINKS_PER_HOUR = env.int("PLAY_LINKS_PER_HOUR", default=60, minimum=1, maximum=10_000)

# Films that appear in here, on a worker's machine, are imported. Empty: none are.
WATCH_FOLDER = env.str("WATCH_FOLDER", default="")
# Folders of the server and places in buckets (s3://bucket/prefix) that staff may import films
# from in the admin, besides our own bucket and public addresses.
IMPORT_ROOTS = env.list("IMPORT_ROOTS", default=[])
# Hosts inside of a house's own network that films may be fetched from by address.
IMPORT_ALLOWED_HOSTS = env.list("IMPORT_ALLOWED_HOSTS", default=[])
# The folder of a Whisper model for CTranslate2: what is said in films is written down as drafts of
# subtitles, after all other work. Empty: no captions.
CAPTIONS_MODEL = env.str("CAPTIONS_MODEL", default="")
# Count what is watched and how it plays; nobody's name is kept. The sums per film and day are
# deleted after so many days.
MEASURE_WATCHING = env.bool("MEASURE_WATCHING", default=True)
WATCH_DAYS = env.int("WATCH_DAYS", default=400, minimum=1, maximum=36_500)
