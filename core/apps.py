"""The project itself as an app, for its templates, checks and commands."""

import os

from django.apps import AppConfig

from auth_app.apps import GuardedAdminConfig

# Films and all else that is written are for their own user, and to read for one group.
UMASK = 0o027


class DashboardConfig(GuardedAdminConfig):
    """Stands in for `django.contrib.admin`."""

    default = False
    default_site = "core.admin_site.DashboardSite"


class CoreConfig(AppConfig):
    default = True
    name = "core"

    def ready(self) -> None:
        from core import checks, model_names  # the former registers them as well

        _keep_files_private()
        model_names.translate()
        checks.refuse_mistakes()
        checks.refuse_weak_production()


def _keep_files_private() -> None:
    """For this process and its children, as ffmpeg; what is stricter already stays so."""
    os.umask(os.umask(UMASK) | UMASK)
