"""Paths only: `/users/`."""

from django.urls import path

from auth_app.api import views
from auth_app.models import Door

urlpatterns = [
    path("login/", views.LoginView.as_view(door=Door.USERS)),
    path("logout/", views.LogoutView.as_view(door=Door.USERS)),
    path("refresh/", views.RefreshView.as_view(door=Door.USERS)),
]
