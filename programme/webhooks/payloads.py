"""The body of an event: which row changed and how. It has no personal data; receivers read the rest in the API."""

import json
from typing import Any

from django.db.models import Model

from catalog.models import Product
from creators.models import Campaign
from payouts.models import Payout
from programme.webhooks.event_types import EventSubject
from programme.webhooks.models import WebhookEvent
from shop.models import Order, Parcel, Refund
from videos.models import Clip, Decision

MODELS: dict[str, type[Model]] = {
    EventSubject.ORDER: Order,
    EventSubject.PARCEL: Parcel,
    EventSubject.REFUND: Refund,
    EventSubject.PRODUCT: Product,
    EventSubject.CLIP: Clip,
    EventSubject.DECISION: Decision,
    EventSubject.CAMPAIGN: Campaign,
    EventSubject.PAYOUT: Payout,
}


def find_row(event: WebhookEvent) -> Any:
    """Return the row that changed, or None if it was deleted since."""
    return MODELS[event.subject]._default_manager.filter(pk=event.row_id).first()


def write_body(event: WebhookEvent, row: Any) -> str:
    """Return the JSON that every endpoint gets. `version` grows with each change of the same row."""
    change = {"field": event.column, "value": event.value, "previous": event.previous or None}
    data = {**_name_row(event.subject, row), "change": change, "version": event.pk}
    body = {"type": event.type, "timestamp": event.happened_at.isoformat(), "data": data}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _name_row(subject: str, row: Any) -> dict[str, Any]:
    """Return by what the API knows the row."""
    match subject:
        case EventSubject.ORDER:
            return {"order": row.code}
        case EventSubject.PARCEL | EventSubject.REFUND:
            return {"order": row.order.code if row.order else None, subject: row.pk}
        case EventSubject.PRODUCT | EventSubject.CAMPAIGN:
            return {subject: row.slug}
        case EventSubject.CLIP:
            return {"clip": row.code}
        case EventSubject.DECISION:
            return {"clip": row.clip.code, "decision": row.pk}
    return {"payout": row.pk}
