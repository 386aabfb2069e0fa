"""The states of orders, payments and refunds, and which moves between them are allowed."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrderState(models.TextChoices):
    PENDING = "pending", _("Waiting for payment")
    PAID = "paid", _("Paid")
    PARTLY_REFUNDED = "partly_refunded", _("Partly refunded")
    REFUNDED = "refunded", _("Refunded")
    CANCELLED = "cancelled", _("Cancelled")


class PaymentState(models.TextChoices):
    STARTED = "started", _("Started")
    SUCCEEDED = "succeeded", _("Succeeded")
    FAILED = "failed", _("Failed")


class RefundState(models.TextChoices):
    REQUESTED = "requested", _("Asked for by the shopper")
    PLANNED = "planned", _("Planned")
    SENDING = "sending", _("Sending")
    DONE = "done", _("Sent back")
    REFUSED = "refused", _("Refused")


S = OrderState
ORDER_MOVES: dict[OrderState, frozenset[OrderState]] = {
    S.PENDING: frozenset({S.PAID, S.CANCELLED}),
    S.PAID: frozenset({S.PARTLY_REFUNDED, S.REFUNDED}),
    S.PARTLY_REFUNDED: frozenset({S.PARTLY_REFUNDED, S.REFUNDED}),
    S.REFUNDED: frozenset(),
    S.CANCELLED: frozenset(),
}
"""From each state, the states that may follow."""

SETTLED = (S.PAID, S.PARTLY_REFUNDED, S.REFUNDED)
"""States of orders that were paid once."""


def is_allowed(old: OrderState, new: OrderState) -> bool:
    return new in ORDER_MOVES[old]
