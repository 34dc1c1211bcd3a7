"""What the schema says about webhooks."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers

from video_app.api import webhooks
from video_app.api.docs import document
from video_app.api.webhooks import DeliverySerializer, MadeWebhookSerializer, WebhookSerializer

DETAIL = inline_serializer("WebhookError", {"detail": serializers.CharField()})
SECRET = inline_serializer("WebhookSecret", {"secret": serializers.CharField()})
NOT_STAFF = OpenApiResponse(DETAIL, "Only staff who may change webhooks.")
MISSING = OpenApiResponse(DETAIL, "There is no such webhook or message.")
SIGNED = (
    "Messages are signed as Standard Webhooks says (`webhook-id`, `webhook-timestamp`, "
    "`webhook-signature`), retried for about six hours and sent in their order. The receiver "
    "has to be on the public internet, or in `WEBHOOK_ALLOWED_HOSTS`."
)


def _described(summary: str, answers: dict[int, Any], more: str = "", **options: Any) -> Any:
    responses = answers | {403: NOT_STAFF}
    description = more or summary
    return extend_schema(
        summary=summary, description=description, tags=["webhooks"], responses=responses, **options
    )


document(
    webhooks.WebhooksView,
    get=_described("All webhooks.", {200: WebhookSerializer(many=True)}),
    post=_described(
        "Add a webhook.",
        {201: MadeWebhookSerializer, 400: OpenApiResponse(description="Messages by field.")},
        SIGNED,
        request=WebhookSerializer,
    ),
)
document(
    webhooks.WebhookView,
    patch=_described(
        "Change a webhook.",
        {200: WebhookSerializer, 404: MISSING},
        request=WebhookSerializer(partial=True),
    ),
    delete=_described("Delete a webhook.", {204: None, 404: MISSING}),
)
document(
    webhooks.WebhookSecretView,
    post=_described(
        "Make a new secret; the old one signs as well for a day.",
        {201: SECRET, 404: MISSING},
        request=None,
    ),
)
document(
    webhooks.DeliveriesView,
    get=_described("The newest messages.", {200: DeliverySerializer(many=True), 404: MISSING}),
)
document(
    webhooks.ReplayView,
    post=_described(
        "Send a message once more.", {200: DeliverySerializer, 404: MISSING}, request=None
    ),
)
