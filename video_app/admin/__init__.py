"""What staff see and do: upload, describe, publish, watch the progress, transcode again."""

from video_app.admin import descriptions, films, watching, webhooks  # noqa: F401 - they register
