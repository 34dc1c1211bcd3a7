"""The catalogue, the transcoder and the stream."""

from django.apps import AppConfig


class VideoAppConfig(AppConfig):
    name = "video_app"
    verbose_name = "Videos"

    def ready(self) -> None:
        from video_app import signals  # noqa: F401 - registered on import
