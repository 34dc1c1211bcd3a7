"""The catalogue, the transcoder and the stream."""

from django.apps import AppConfig


class VideoAppConfig(AppConfig):
    name = "video_app"
    verbose_name = "Videos"

    def ready(self) -> None:
        # Signals are registered on import, and so is what the work says of films.
        from video_app import signals, tasks  # noqa: F401
