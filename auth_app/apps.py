"""Accounts: who may watch."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class AuthAppConfig(AppConfig):
    name = "auth_app"
    verbose_name = "Accounts"

    def ready(self) -> None:
        from auth_app import signals  # noqa: F401 - registered on import


class GuardedAdminConfig(admin_apps.AdminConfig):
    """Stands in for `django.contrib.admin`."""

    default = False
    default_site = "auth_app.admin_site.GuardedAdminSite"
