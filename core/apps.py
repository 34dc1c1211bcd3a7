"""The project itself as an app, for its templates, checks and commands."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"
