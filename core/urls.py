"""THE table of prefixes. A contract is a list of paths; the canonical one comes last,
because the last duplicate of a name wins in `reverse()`."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from core.schema import DocsView

urlpatterns = [
    # First, because players ask there all day.
    path("api/", include("video_app.api.urls")),
    path("users/", include("auth_app.api.urls_users")),
    path("content/", include("video_app.api.urls_content")),
    path("api/", include("auth_app.api.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", DocsView.as_view(), name="docs"),
    path("django-rq/", include("django_rq.urls")),
    path("admin/", admin.site.urls),
    path("", include("core.urls_site")),
]
handler400 = "core.errors.bad_request"
handler403 = "core.errors.permission_denied"
handler404 = "core.pages.not_found"
handler500 = "core.errors.server_error"
