"""Accounts: who may watch."""

from django.apps import AppConfig


class AuthAppConfig(AppConfig):
    name = "auth_app"
    verbose_name = "Accounts"

    def ready(self) -> None:
        from auth_app import signals  # noqa: F401 - registered on import
