"""The built-in site and the pages for operators."""

from django.urls import path

from auth_app.oidc import views as oidc
from core import health, metrics, pages
from core.pages import FilmPage, LinkPage, Page, WatchPage

urlpatterns = [
    path("health/", health.health, name="health"),
    path("health/live/", health.live, name="health-live"),
    path("health/ready/", health.ready, name="health-ready"),
    path("healthz/", health.live, name="healthz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("favicon.ico", pages.favicon, name="favicon"),
    path("", Page.as_view(template_name="web/home.html"), name="page-home"),
    path("watch/<int:video_id>/", WatchPage.as_view(), name="page-watch"),
    path("films/", Page.as_view(template_name="web/films.html"), name="page-films"),
    path("film/<int:video_id>/", FilmPage.as_view(), name="page-film"),
    path("browse/", Page.as_view(template_name="web/browse.html"), name="page-browse"),
    path("series/", Page.as_view(template_name="web/series_list.html"), name="page-series-list"),
    path(
        "series/<int:series_id>/", Page.as_view(template_name="web/series.html"), name="page-series"
    ),
    path("login/", Page.as_view(template_name="web/login.html"), name="page-login"),
    path("signup/", Page.as_view(template_name="web/signup.html"), name="page-signup"),
    path("activate/", LinkPage.as_view(template_name="web/activate.html"), name="page-activate"),
    path(
        "activation-failed/",
        Page.as_view(template_name="web/activation_failed.html"),
        name="page-activation-failed",
    ),
    path(
        "forgot-password/",
        Page.as_view(template_name="web/forgot_password.html"),
        name="page-forgot-password",
    ),
    path(
        "reset-password/",
        LinkPage.as_view(template_name="web/reset_password.html"),
        name="page-reset-password",
    ),
    path("oidc/login/", oidc.leave, name="oidc-login"),
    path("oidc/callback/", oidc.come_back, name="oidc-callback"),
    path("profiles/", Page.as_view(template_name="web/profiles.html"), name="page-profiles"),
    path("account/", Page.as_view(template_name="web/account.html"), name="page-account"),
    path(
        "confirm-address/",
        LinkPage.as_view(template_name="web/confirm_address.html"),
        name="page-confirm-address",
    ),
    path("dev/mail/", pages.mailbox, name="page-mailbox"),
    path("dev/mail/<str:name>/", pages.mail, name="page-mail"),
    path("dev/mail/<str:name>/html/", pages.mail_html, name="page-mail-html"),
]
