"""Webhooks, for staff who may change them."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from video_app.api import auditing
from video_app.models import Delivery, Event, Webhook
from video_app.outside.addresses import ForbiddenTargetError, checked
from video_app.webhooks import deliveries

SHOWN = 200


class MayChangeWebhooks(BasePermission):
    message = _("You may not change webhooks.")

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user.is_staff and request.user.has_perm("video_app.change_webhook"))


class WebhookSerializer(serializers.ModelSerializer[Webhook]):
    events = serializers.ListField(
        child=serializers.ChoiceField(Event.choices), allow_empty=False, max_length=10
    )

    class Meta:
        model = Webhook
        fields = ["id", "url", "events", "is_active", "created_at", "paused_until"]
        read_only_fields = ["id", "created_at", "paused_until"]

    def validate_url(self, url: str) -> str:
        try:
            checked(url)
        except ForbiddenTargetError as error:
            raise serializers.ValidationError(str(error)) from error
        return url


class MadeWebhookSerializer(WebhookSerializer):
    """With the secret, which is shown this once."""

    class Meta(WebhookSerializer.Meta):
        fields = [*WebhookSerializer.Meta.fields, "secret"]


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    class Meta:
        model = Delivery
        fields = ["id", "message_id", "event", "body", "state", "created_at", "attempts"]
        fields += ["next_attempt_at", "status", "answer"]
        read_only_fields = fields


class _View(APIView):
    limited_may = ()  # messages name films
    permission_classes = [IsAuthenticated, MayChangeWebhooks]


class WebhooksView(_View):
    """All webhooks; a new one."""

    def get(self, request: Request) -> Response:
        return Response(WebhookSerializer(Webhook.objects.all(), many=True).data)

    def post(self, request: Request) -> Response:
        form = WebhookSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        webhook = form.save()
        auditing.note(request, "webhook.added", "webhook", webhook.pk)
        return Response(MadeWebhookSerializer(webhook).data, status=201)


class WebhookView(_View):
    """One webhook."""

    def patch(self, request: Request, webhook_id: int) -> Response:
        webhook = get_object_or_404(Webhook, pk=webhook_id)
        form = WebhookSerializer(webhook, data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        form.save()
        auditing.note(request, "webhook.changed", "webhook", webhook_id, fields=[*request.data])
        return Response(form.data)

    def delete(self, request: Request, webhook_id: int) -> Response:
        get_object_or_404(Webhook, pk=webhook_id).delete()
        auditing.note(request, "webhook.deleted", "webhook", webhook_id)
        return Response(status=204)


class WebhookSecretView(_View):
    """A new secret, shown once; the old one signs as well for a day."""

    def post(self, request: Request, webhook_id: int) -> Response:
        secret = deliveries.rotate_secret(get_object_or_404(Webhook, pk=webhook_id))
        auditing.note(request, "webhook.secret_made", "webhook", webhook_id)
        return Response({"secret": secret}, status=201)


class DeliveriesView(_View):
    """The newest messages to a receiver."""

    def get(self, request: Request, webhook_id: int) -> Response:
        rows = get_object_or_404(Webhook, pk=webhook_id).deliveries.all()[:SHOWN]
        return Response(DeliverySerializer(rows, many=True).data)


class ReplayView(_View):
    """Sends a message once more."""

    def post(self, request: Request, webhook_id: int, delivery_id: int) -> Response:
        delivery = get_object_or_404(Delivery, pk=delivery_id, webhook_id=webhook_id)
        deliveries.replay(delivery)
        auditing.note(request, "webhook.replayed", "webhook", webhook_id)
        delivery.refresh_from_db()
        return Response(DeliverySerializer(delivery).data)
