"""Webhooks and their messages, for staff."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from video_app.models import Delivery, Event, Webhook
from video_app.outside.addresses import ForbiddenTargetError, checked
from video_app.webhooks import deliveries


class WebhookForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    events = forms.MultipleChoiceField(choices=Event.choices, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Webhook
        fields = ["url", "events", "is_active"]

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            checked(url)
        except ForbiddenTargetError as error:
            raise ValidationError(str(error)) from error
        return url


@admin.register(Webhook)
class WebhookAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = WebhookForm
    list_display = ["url", "events", "is_active", "paused_until"]
    actions = ["new_secret"]

    def save_model(self, request: HttpRequest, obj: Webhook, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            messages.warning(
                request, _("Its secret, shown this once: %(secret)s") % {"secret": obj.secret}
            )

    @admin.action(description=_("Make a new secret"), permissions=["change"])
    def new_secret(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> None:
        for webhook in queryset:
            secret = deliveries.rotate_secret(webhook)
            messages.warning(
                request,
                _("%(url)s: %(secret)s, shown this once.") % {"url": webhook.url, "secret": secret},
            )


@admin.register(Delivery)
class DeliveryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["created_at", "webhook", "event", "state", "attempts", "status", "answer"]
    list_filter = ["state", "event", "webhook"]
    list_select_related = ["webhook"]
    actions = ["send_again"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=_("Send again"), permissions=["view"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        for delivery in queryset:
            deliveries.replay(delivery)
        messages.success(
            request, _("%(count)s messages are on their way.") % {"count": len(queryset)}
        )
