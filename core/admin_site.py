"""The admin's first page: films before accounts, and how things are."""

from typing import Any

from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from auth_app.admin_site import GuardedAdminSite
from video_app.work.overview import overview

FIRST = "video_app"


class DashboardSite(GuardedAdminSite):
    index_title = _("Dashboard")

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        shown = overview() if request.user.has_perm(f"{FIRST}.view_video") else None
        return super().index(request, (extra_context or {}) | {"overview": shown})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Videos, then the rest; within them the films first."""
        apps: list[Any] = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda model: model["object_name"] != "Video")
        return sorted(apps, key=lambda app: app["app_label"] != FIRST)
