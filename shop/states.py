"""The states of orders, payments and refunds, and the allowed transitions between them."""

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
    REQUESTED = "requested", _("Requested by the shopper")
    REFUSED = "refused", _("Declined")
    PLANNED = "planned", _("Planned")
    SENDING = "sending", _("Sending")
    PENDING = "pending", _("Pending at the bank")
    DONE = "done", _("Refunded")
    FAILED = "failed", _("Failed")


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
"""States of orders that have been paid."""


R = RefundState
REFUND_MOVES: dict[RefundState, frozenset[RefundState]] = {
    R.REQUESTED: frozenset({R.PLANNED, R.REFUSED}),
    R.REFUSED: frozenset(),
    R.PLANNED: frozenset({R.SENDING}),
    R.SENDING: frozenset({R.SENDING, R.PENDING, R.DONE, R.FAILED}),
    R.PENDING: frozenset({R.DONE, R.FAILED}),
    R.DONE: frozenset({R.FAILED}),
    R.FAILED: frozenset({R.PLANNED, R.DONE}),
}
"""From each state, the states that may follow.

SENDING follows itself when the provider did not answer. DONE can fail days later, when a bank returns the money (a
closed account). A FAILED refund is still owed to the shopper: staff retry it, or mark it as paid in another way.
"""
