"""The project itself as an app, for its templates, checks and commands."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        from core.checks import refuse_weak_production  # registers the checks as well

        refuse_weak_production()
