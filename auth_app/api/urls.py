"""Paths only: `/api/`, and the same under `/api/auth/`."""

from django.urls import include, path

from auth_app.api.me.account_views import InvitationView
from auth_app.api.password_views import ForgotPasswordView, ResetPasswordView
from auth_app.api.registration_views import ActivateView, RegisterView, ResendView
from auth_app.api.session_views import (
    LoginView,
    LogoutView,
    PasskeyLoginView,
    PasskeyOptionsView,
    RefreshView,
)

aliases = [
    path("activate/<str:uid>/", ActivateView.as_view()),
    path("passwort_reset/", ForgotPasswordView.as_view()),
    path("passwort_confirm/<str:uid>/<str:token>/", ResetPasswordView.as_view()),
]
canonical = [
    path("register/", RegisterView.as_view(), name="register"),
    path("activate/resend/", ResendView.as_view(), name="activate-resend"),
    path("activate/<str:uid>/<str:token>/", ActivateView.as_view(), name="activate"),
    path("login/", LoginView.as_view(), name="login"),
    path("login/passkey/", PasskeyLoginView.as_view(), name="passkey-login"),
    path("login/passkey/options/", PasskeyOptionsView.as_view(), name="passkey-options"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("token/refresh/", RefreshView.as_view(), name="token-refresh"),
    path("password_reset/", ForgotPasswordView.as_view(), name="password-reset"),
    path(
        "password_confirm/<str:uid>/<str:token>/",
        ResetPasswordView.as_view(),
        name="password-confirm",
    ),
]
urlpatterns = [
    path("me/", include("auth_app.api.me.urls")),
    path("invitations/", InvitationView.as_view(), name="invitations"),
    path("auth/", include([*canonical, *aliases])),
    *canonical,
    *aliases,
]
