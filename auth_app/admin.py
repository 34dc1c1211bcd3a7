"""The admin of users, sessions and mails."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from auth_app import (
    api_tokens,
    factors,
    invitations,
    leaving,
    limits,
    mails,
    profiles,
    sessions,
    sign_ups,
)
from auth_app.managers import normalized
from auth_app.models import (
    ApiToken,
    AuditEntry,
    EntryPoint,
    Mail,
    MailKind,
    MailState,
    Profile,
    Session,
    User,
)

RIGHTS = ["is_staff", "is_superuser", "groups", "user_permissions"]


def _may_touch(staff: User | AnonymousUser, user: User | None) -> bool:
    """Only superusers change staff: setting somebody's password is having their rights."""
    if user is None or staff.is_superuser or staff == user:
        return True
    return not (user.is_staff or user.is_superuser)


# The admin's and the forms' classes are generic in their stubs only.
class _AddressForm(forms.ModelForm):  # type: ignore[type-arg]
    def clean_email(self) -> str:
        """Sign-ups that were never proved do not reserve an address."""
        email = normalized(self.cleaned_data["email"])
        if email != self.instance.email:
            sign_ups.make_way(email)
        return email


class UserCreation(_AddressForm, AdminUserCreationForm):  # type: ignore[type-arg]
    invite = forms.BooleanField(
        label=_("Send an invitation"),
        required=False,
        help_text=_("They choose their own password by the link in a mail; leave it empty here."),
    )

    class Meta:
        model = User
        fields = ["email"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not invitations.are_allowed():
            del self.fields["invite"]

    def clean_usable_password(self) -> str:
        """Who is invited has no password yet."""
        return "false" if self.is_invited else str(self.cleaned_data["usable_password"])

    @property
    def is_invited(self) -> bool:
        return bool(self.cleaned_data.get("invite"))

    def save(self, commit: bool = True) -> User:
        self.instance.username = self.cleaned_data["email"].lower()
        self.instance.is_active = not self.is_invited
        return super().save(commit)  # type: ignore[no-any-return]


class UserChange(_AddressForm, UserChangeForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = forms.ALL_FIELDS
        field_classes: dict[str, Any] = {}


@admin.register(User)
class UserAdmin(DjangoUserAdmin):  # type: ignore[type-arg]
    form = UserChange
    add_form = UserCreation
    list_display = ["email", "username", "is_active", "is_staff", "activated_at", "last_login"]
    list_filter = ["is_active", "is_staff", "is_superuser"]
    search_fields = ["email", "username", "first_name", "last_name"]
    ordering = ["-date_joined"]
    readonly_fields = ["activated_at", "last_login", "date_joined"]
    actions = ["send_activation_again", "sign_out_everywhere", "remove_second_factors"]
    fieldsets = [
        (None, {"fields": ["email", "username", "password"]}),
        (_("Profile"), {"fields": ["first_name", "last_name", "phone", "address", "language"]}),
        (_("Rights"), {"fields": ["is_active", *RIGHTS]}),
        (_("Dates"), {"fields": ["activated_at", "last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["email", "invite", "usable_password", "password1", "password2"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Only superusers give rights; other staff could give themselves any."""
        fixed = [] if request.user.is_superuser else RIGHTS
        return [*super().get_readonly_fields(request, obj), *fixed]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and _may_touch(request.user, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_touch(request.user, obj)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None and not invitations.are_allowed():
            return [(None, {"fields": ["email", "usable_password", "password1", "password2"]})]
        return super().get_fieldsets(request, obj)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change and form.is_invited:
            invitations.invite(obj.email, request.user.pk or 0)

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        leaving.delete_now(obj, request.user.pk, limits.client_address(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            self.delete_model(request, user)

    @admin.action(description=_("Send the activation mail again"), permissions=["change"])
    def send_activation_again(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """Who was invited is invited again."""
        waiting = [user for user in users if user.is_awaiting_activation]
        for user in waiting:
            if user.invited_at and invitations.are_allowed():
                invitations.invite(user.email, request.user.pk or 0)
            else:
                mails.ask_for(MailKind.ACTIVATION, user.email, EntryPoint.API)
        self.message_user(request, _("%(count)s mails are on their way.") % {"count": len(waiting)})

    @admin.action(description=_("Remove second factors"), permissions=["change"])
    def remove_second_factors(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """For people who have lost everything; of staff only superusers may."""
        touched = [user for user in users if _may_touch(request.user, user)]
        for user in touched:
            factors.remove_all(user, request.user.pk, limits.client_address(request))
        self.message_user(
            request,
            _("%(count)s users sign in with their password alone.") % {"count": len(touched)},
        )

    @admin.action(description=_("Sign out everywhere"), permissions=["change"])
    def sign_out_everywhere(self, request: HttpRequest, users: QuerySet[User]) -> None:
        touched = [user for user in users if _may_touch(request.user, user)]
        for user in touched:
            sessions.end_all(user.pk, "by staff")
            api_tokens.end_all(user.pk)
        self.message_user(request, _("%(count)s users were signed out.") % {"count": len(touched)})


class _ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Session)
class SessionAdmin(_ReadOnlyAdmin):
    list_display = ["user", "created_at", "rotated_at", "entry_point", "ip", "revoked_at", "reason"]
    list_filter = ["reason", "entry_point"]
    list_select_related = ["user"]
    search_fields = ["user__email", "ip"]
    exclude = ["current_jti", "spent"]


@admin.register(Profile)
class ProfileAdmin(_ReadOnlyAdmin):
    """Seen here, made by their owners; for those who forgot their PIN it can be taken away."""

    list_display = ["name", "user", "picture", "age_limit", "has_pin", "is_main", "created_at"]
    list_select_related = ["user"]
    search_fields = ["name", "user__email"]
    fields = ["name", "user", "picture", "age_limit", "has_pin", "is_main", "created_at"]
    actions = ["clear_pins"]

    @admin.display(boolean=True, description="PIN")
    def has_pin(self, profile: Profile) -> bool:
        return profile.has_pin

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_clear_pins_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("auth_app.change_profile")

    @admin.action(description=_("Take the PINs away"), permissions=["clear_pins"])
    def clear_pins(self, request: HttpRequest, queryset: QuerySet[Profile]) -> None:
        touched = [one for one in queryset if one.has_pin and _may_touch(request.user, one.user)]
        for profile in touched:
            profiles.clear_pin(profile, request.user.pk, limits.client_address(request))
        done = _("%(count)s profiles have no PIN any more.")
        self.message_user(request, done % {"count": len(touched)})


@admin.register(ApiToken)
class ApiTokenAdmin(_ReadOnlyAdmin):
    """Seen and ended here; made by their owners."""

    list_display = ["name", "user", "scopes", "created_at", "expires_at", "last_used_at"]
    list_select_related = ["user"]
    search_fields = ["name", "user__email"]

    def delete_model(self, request: HttpRequest, obj: ApiToken) -> None:
        api_tokens.end(obj, request.user.pk)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        for token in queryset:
            api_tokens.end(token, request.user.pk)


@admin.register(AuditEntry)
class AuditAdmin(_ReadOnlyAdmin):
    """Read and filtered; nothing here can be changed or deleted."""

    list_display = ["at", "actor", "action", "subject", "subject_id", "details", "ip"]
    list_filter = ["action", "subject"]
    list_select_related = ["actor"]
    search_fields = ["actor__email", "action", "subject_id", "ip"]
    date_hierarchy = "at"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Mail)
class MailAdmin(_ReadOnlyAdmin):
    list_display = ["created_at", "kind", "to", "state", "attempts", "next_attempt_at", "error"]
    list_filter = ["state", "kind"]
    search_fields = ["to"]
    actions = ["try_again"]

    @admin.action(description=_("Try to send again"), permissions=["view"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Mail]) -> None:
        failed = queryset.filter(state__in=[MailState.FAILED, MailState.DUE])
        count = failed.update(state=MailState.DUE, attempts=0, next_attempt_at=timezone.now())
        self.message_user(
            request, _("%(count)s mails will be sent within two minutes.") % {"count": count}
        )
