"""How long events and what became of them are kept."""

from datetime import datetime, timedelta

from programme.webhooks.models import WebhookEvent

KEEP = timedelta(days=30)


def forget_old_events(*, now: datetime) -> None:
    """Delete events with their deliveries and attempts."""
    WebhookEvent.objects.filter(happened_at__lt=now - KEEP).delete()
