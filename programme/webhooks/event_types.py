"""Which events there are, as data: what they are about, and which merchants may learn of them."""

from collections.abc import Callable
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from catalog.models import HOUSE_ID
from shop.states import SETTLED
from videos.models import DecisionAction


class EventSubject(TextChoices):
    """What an event is about. Events of one row are delivered in order."""

    ORDER = "order", _("Orders")
    PARCEL = "parcel", _("Parcels")
    REFUND = "refund", _("Refunds and returns")
    PRODUCT = "product", _("Products")
    CLIP = "clip", _("Posts")
    DECISION = "decision", _("Decisions on posts")
    CAMPAIGN = "campaign", _("Campaigns")
    PAYOUT = "payout", _("Payouts")
    ENDPOINT = "endpoint", _("Test events")


FOR_MERCHANTS = (EventSubject.ORDER, EventSubject.PARCEL, EventSubject.REFUND, EventSubject.PRODUCT)
FOR_HOUSE = tuple(subject for subject in EventSubject if subject != EventSubject.ENDPOINT)

TYPE_NAMES: dict[tuple[str, str], Callable[[str], str]] = {
    ("product", "is_active"): lambda value: "product.on_sale" if value == "true" else "product.off_sale",
    ("product", "price_minor"): lambda _value: "product.price_changed",
    ("product", "stock"): lambda _value: "product.stock_changed",
    ("campaign", "is_published"): lambda value: "campaign.published" if value == "true" else "campaign.withdrawn",
    ("decision", "undone_at"): lambda _value: "decision.undone",
    ("decision", "action"): lambda value: f"decision.{DECIDED[value]}",
}
"""Maps a subject and the column that changed to the name of the event. Other events are named by the new state."""
DECIDED: dict[str, str] = {
    DecisionAction.APPROVE: "approved",
    DecisionAction.REQUEST_CHANGES: "changes_requested",
    DecisionAction.REJECT: "rejected",
    DecisionAction.REMOVE: "removed",
}


def type_of(subject: str, column: str, value: str) -> str:
    """Return the name of an event, such as `order.paid`."""
    name = TYPE_NAMES.get((subject, column))
    return name(value) if name else f"{subject}.{value}"


def merchants_of(subject: str, value: str, row: Any) -> set[int]:
    """Return the merchants that a change of this row to a value concerns. An order concerns them once it is paid."""
    match subject:
        case EventSubject.ORDER:
            return set(row.lines.values_list("merchant_id", flat=True)) if value in SETTLED else set()
        case EventSubject.PARCEL | EventSubject.PRODUCT:
            return {row.merchant_id or HOUSE_ID}
        case EventSubject.REFUND:
            return set(row.lines.values_list("order_line__merchant_id", flat=True))
    return set()
