"""Paths only: `/api/me/`."""

from django.urls import path

from auth_app.api.me import (
    account_views,
    confirm_views,
    export_views,
    factor_views,
    profile_views,
    session_views,
    token_views,
)

urlpatterns = [
    path("", account_views.AccountDetailView.as_view(), name="me"),
    path("keep/", account_views.KeepView.as_view(), name="me-keep"),
    path("confirm/", confirm_views.ConfirmView.as_view(), name="me-confirm"),
    path("confirm/passkey/", confirm_views.ConfirmPasskeyView.as_view(), name="me-confirm-passkey"),
    path("password/", confirm_views.OwnPasswordView.as_view(), name="me-password"),
    path("address/", account_views.ProveAddressView.as_view(), name="me-address"),
    path("sessions/", session_views.SessionListView.as_view(), name="me-sessions"),
    path(
        "sessions/<uuid:session_id>/", session_views.SessionDetailView.as_view(), name="me-session"
    ),
    path(
        "favorites/",
        account_views.MarksView.as_view(clear="clear_favorites"),
        name="me-favorites",
    ),
    path("history/", account_views.MarksView.as_view(clear="clear_history"), name="me-history"),
    path("tokens/", token_views.TokenListView.as_view(), name="me-tokens"),
    path("tokens/<int:token_id>/", token_views.TokenDetailView.as_view(), name="me-token"),
    path("second-factor/", factor_views.FactorsView.as_view(), name="me-factors"),
    path("second-factor/app/", factor_views.AppView.as_view(), name="me-app"),
    path(
        "second-factor/app/confirm/", factor_views.ConfirmAppView.as_view(), name="me-app-confirm"
    ),
    path("second-factor/recovery-codes/", factor_views.RecoveryView.as_view(), name="me-recovery"),
    path("passkeys/", factor_views.PasskeysView.as_view(), name="me-passkeys"),
    path("passkeys/options/", factor_views.NewPasskeyView.as_view(), name="me-passkey-options"),
    path("passkeys/<int:passkey_id>/", factor_views.PasskeyView.as_view(), name="me-passkey"),
    path("profiles/", profile_views.ProfilesView.as_view(), name="me-profiles"),
    path("profiles/<int:profile_id>/", profile_views.ProfileView.as_view(), name="me-profile"),
    path(
        "profiles/<int:profile_id>/use/",
        profile_views.UseProfileView.as_view(),
        name="me-profile-use",
    ),
    path("export/", export_views.ExportView.as_view(), name="me-export"),
    path("export/file/", export_views.ExportFileView.as_view(), name="me-export-file"),
]
