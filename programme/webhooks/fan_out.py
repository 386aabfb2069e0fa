"""From an event to its deliveries: one for each endpoint that asked for it and that it concerns."""

from datetime import datetime

from django.db import transaction

from catalog.models import HOUSE_ID
from programme.webhooks.event_types import EventSubject, merchants_of, type_of
from programme.webhooks.models import EndpointState, WebhookDelivery, WebhookEndpoint, WebhookEvent
from programme.webhooks.payloads import find_row, write_body


def fan_out_events(*, now: datetime, at_most: int = 500) -> int:
    """Make the deliveries of events that have none yet, oldest first. Return how many events there were."""
    with transaction.atomic():
        waiting = WebhookEvent.objects.filter(fanned_out_at=None).order_by("pk")
        events = list(waiting.select_for_update()[:at_most])
        endpoints = list(WebhookEndpoint.objects.exclude(state=EndpointState.OFF).order_by("pk"))
        for event in events:
            _fan_out(event, endpoints, now)
        return len(events)


def send_test_event(*, endpoint: WebhookEndpoint, now: datetime) -> WebhookDelivery:
    """Send an event to one endpoint that says nothing but that it was sent."""
    with transaction.atomic():
        event = WebhookEvent.objects.create(
            subject=EventSubject.ENDPOINT,
            row_id=endpoint.pk,
            column="state",
            value="test",
            type="endpoint.test",
            happened_at=now,
            fanned_out_at=now,
        )
        event.body = f'{{"type":"endpoint.test","timestamp":"{now.isoformat()}","data":{{"version":{event.pk}}}}}'
        event.save(update_fields=["body"])
        return _deliver(event, endpoint, now)


def replay(*, delivery: WebhookDelivery, now: datetime) -> WebhookDelivery:
    """Send what was sent before once more, with the same id and body."""
    return _deliver(delivery.event, delivery.endpoint, now, is_replay=True)


def _fan_out(event: WebhookEvent, endpoints: list[WebhookEndpoint], now: datetime) -> None:
    row = find_row(event)
    event.type, event.fanned_out_at = type_of(event.subject, event.column, event.value), now
    event.body = write_body(event, row) if row is not None else ""
    event.save(update_fields=["type", "body", "fanned_out_at"])
    if row is None:
        return
    concerned = {HOUSE_ID, *merchants_of(event.subject, event.value, row)}
    for endpoint in endpoints:
        if event.subject in endpoint.subjects and endpoint.merchant_id in concerned:
            _deliver(event, endpoint, now)


def _deliver(
    event: WebhookEvent, endpoint: WebhookEndpoint, now: datetime, *, is_replay: bool = False
) -> WebhookDelivery:
    return WebhookDelivery.objects.create(
        event=event,
        endpoint=endpoint,
        subject_key=f"{event.subject}:{event.row_id}",
        is_replay=is_replay,
        due_at=now,
        created_at=now,
    )
