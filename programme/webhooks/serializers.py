"""Webhook endpoints and deliveries in the API."""

from typing import Any

from django.core.exceptions import ValidationError as AddressRefused
from rest_framework import serializers

from accounts.api_fields import BoundedListField
from programme.webhooks.endpoints import clean_address
from programme.webhooks.event_types import FOR_MERCHANTS
from programme.webhooks.models import EndpointState, WebhookAttempt, WebhookDelivery, WebhookEndpoint


class WebhookEndpointSerializer(serializers.ModelSerializer[WebhookEndpoint]):
    """An endpoint. Its address begins with https:// and leads to servers on the public internet only."""

    address = serializers.CharField(max_length=2000)
    subjects = BoundedListField(
        most=len(FOR_MERCHANTS),
        child=serializers.ChoiceField([(subject.value, subject.label) for subject in FOR_MERCHANTS]),
        allow_empty=False,
        help_text="What the endpoint is told of.",
    )

    class Meta:
        model = WebhookEndpoint
        fields = ["id", "address", "description", "subjects", "state", "created_at"]
        read_only_fields = ["state", "created_at"]

    def validate_address(self, text: str) -> str:
        try:
            return clean_address(text)
        except AddressRefused as refusal:
            raise serializers.ValidationError(refusal.messages) from refusal


class WebhookStateSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(
        EndpointState.choices, help_text="`paused` keeps what happens for later, `off` does not."
    )


class WebhookSecretSerializer(serializers.Serializer[Any]):
    secret = serializers.CharField(help_text="Begins with whsec_, as Standard Webhooks writes it.")


class WebhookAttemptSerializer(serializers.ModelSerializer[WebhookAttempt]):
    class Meta:
        model = WebhookAttempt
        fields = ["sent_at", "status", "failure", "duration_ms"]


class WebhookDeliverySerializer(serializers.ModelSerializer[WebhookDelivery]):
    """An event on its way, with each attempt."""

    type = serializers.CharField(source="event.type", help_text="For example order.paid.")
    attempts = WebhookAttemptSerializer(many=True)

    class Meta:
        model = WebhookDelivery
        fields = ["id", "type", "state", "is_replay", "created_at", "due_at", "attempts"]
