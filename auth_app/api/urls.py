"""Paths only: `/api/`, and the same under `/api/auth/`."""

from django.urls import include, path

from auth_app.api import views

account = [
    path("login/", views.LoginView.as_view(), name="login"),
    path("logout/", views.LogoutView.as_view(), name="logout"),
    path("token/refresh/", views.RefreshView.as_view(), name="token-refresh"),
]
urlpatterns = [path("auth/", include(account)), *account]
