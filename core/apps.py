"""The project itself as an app, for its templates, checks and commands."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        from core import checks  # registers them as well

        checks.refuse_mistakes()
        checks.refuse_weak_production()
