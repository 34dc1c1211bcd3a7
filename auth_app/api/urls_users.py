"""Paths only: `/users/`."""

from django.urls import path

from auth_app.api.password_views import ForgotPasswordView, ResetPasswordView
from auth_app.api.registration_views import ActivateView, EmailExistsView, RegisterView
from auth_app.api.session_views import LoginView, LogoutView, RefreshView
from auth_app.models import EntryPoint

USERS = {"entry_point": EntryPoint.USERS}

urlpatterns = [
    path("register/", RegisterView.as_view(**USERS)),
    path("confirm/", ActivateView.as_view(**USERS)),
    path("login/", LoginView.as_view(**USERS)),
    path("logout/", LogoutView.as_view(**USERS)),
    path("refresh/", RefreshView.as_view(**USERS)),
    path("forgot-password/", ForgotPasswordView.as_view(**USERS)),
    path("reset-password/", ResetPasswordView.as_view(**USERS)),
    path("email-exists/", EmailExistsView.as_view(**USERS)),
]
