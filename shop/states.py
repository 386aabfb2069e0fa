"""Order, payment, refund and parcel states, and the allowed transitions between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OrderState(models.TextChoices):
    PENDING = "pending", _("Waiting for payment")
    PAID = "paid", _("Paid")
    PARTLY_REFUNDED = "partly_refunded", _("Partly refunded")
    DISPUTED = "disputed", _("Disputed")
    REFUNDED = "refunded", _("Refunded")
    CANCELLED = "cancelled", _("Cancelled")


class PaymentState(models.TextChoices):
    STARTED = "started", _("Started")
    PROCESSING = "processing", _("Being processed by the bank")
    SUCCEEDED = "succeeded", _("Succeeded")
    FAILED = "failed", _("Failed")


class RefundState(models.TextChoices):
    REQUESTED = "requested", _("Requested by the shopper")
    REFUSED = "refused", _("Declined")
    ACCEPTED = "accepted", _("Return accepted")
    RECEIVED = "received", _("Return received")
    PLANNED = "planned", _("Planned")
    SENDING = "sending", _("Sending")
    PENDING = "pending", _("Pending at the bank")
    DONE = "done", _("Refunded")
    FAILED = "failed", _("Failed")


class ParcelState(models.TextChoices):
    PACKED = "packed", _("Packed")
    READY = "ready", _("Ready for pickup")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    LOST = "lost", pgettext_lazy("parcel", "Lost")
    CANCELLED = "cancelled", _("Cancelled")


class CommissionHoldState(models.TextChoices):
    HELD = "held", _("Waiting for a decision")
    REFUSED = "refused", _("No commission")
    RELEASED = "released", _("Released")


ORDER_MOVES: dict[OrderState, frozenset[OrderState]] = {
    OrderState.PENDING: frozenset({OrderState.PAID, OrderState.CANCELLED}),
    OrderState.PAID: frozenset({OrderState.DISPUTED, OrderState.PARTLY_REFUNDED, OrderState.REFUNDED}),
    OrderState.PARTLY_REFUNDED: frozenset({OrderState.DISPUTED, OrderState.PARTLY_REFUNDED, OrderState.REFUNDED}),
    OrderState.DISPUTED: frozenset({OrderState.PAID, OrderState.PARTLY_REFUNDED, OrderState.REFUNDED}),
    OrderState.REFUNDED: frozenset(),
    OrderState.CANCELLED: frozenset(),
}
"""Maps each state of an order to the states that may follow it."""

SETTLED = (OrderState.PAID, OrderState.PARTLY_REFUNDED, OrderState.DISPUTED, OrderState.REFUNDED)
"""States of orders that have been paid, even if they were refunded later."""

PACKABLE = (OrderState.PAID, OrderState.PARTLY_REFUNDED)
"""States of orders whose units are packed and sent."""


PAYMENT_MOVES: dict[PaymentState, frozenset[PaymentState]] = {
    PaymentState.STARTED: frozenset({PaymentState.PROCESSING, PaymentState.SUCCEEDED, PaymentState.FAILED}),
    PaymentState.PROCESSING: frozenset({PaymentState.SUCCEEDED, PaymentState.FAILED}),
    PaymentState.SUCCEEDED: frozenset(),
    PaymentState.FAILED: frozenset({PaymentState.SUCCEEDED}),
}
"""Maps each state of a payment to the states that may follow it. Money that arrives after all is never lost."""


REFUND_MOVES: dict[RefundState, frozenset[RefundState]] = {
    RefundState.REQUESTED: frozenset({RefundState.ACCEPTED, RefundState.PLANNED, RefundState.REFUSED}),
    RefundState.REFUSED: frozenset(),
    RefundState.ACCEPTED: frozenset({RefundState.RECEIVED, RefundState.REFUSED}),
    RefundState.RECEIVED: frozenset({RefundState.PLANNED, RefundState.REFUSED}),
    RefundState.PLANNED: frozenset({RefundState.SENDING, RefundState.PENDING, RefundState.DONE}),
    RefundState.SENDING: frozenset({RefundState.SENDING, RefundState.PENDING, RefundState.DONE, RefundState.FAILED}),
    RefundState.PENDING: frozenset({RefundState.DONE, RefundState.FAILED}),
    RefundState.DONE: frozenset({RefundState.FAILED}),
    RefundState.FAILED: frozenset({RefundState.PLANNED, RefundState.PENDING, RefundState.DONE}),
}
"""Maps each state of a refund to the states that may follow it.

A refund in SENDING is sent again if the provider did not answer. A refund that is DONE can fail days later if a bank
returns the money, for example because an account was closed. After a failure the shopper is still owed the money, so
staff retry the refund or mark it as paid in another way. Staff may also refund it at the provider: then a planned or
failed refund is done without having been sent from here.
"""

OPEN_RETURNS = (RefundState.REQUESTED, RefundState.ACCEPTED, RefundState.RECEIVED)
"""States of returns that are neither refunded nor declined."""

REFUNDABLE_RETURNS = (RefundState.REQUESTED, RefundState.RECEIVED)
"""States of returns that can be refunded: what is accepted has to arrive first."""

COUNTED_REFUNDS = tuple(state for state in RefundState if state not in (*OPEN_RETURNS, RefundState.REFUSED))
"""States of refunds that count as refunded. The others are only wishes."""

COMMISSION_HOLD_MOVES: dict[CommissionHoldState, frozenset[CommissionHoldState]] = {
    CommissionHoldState.HELD: frozenset({CommissionHoldState.REFUSED, CommissionHoldState.RELEASED}),
    CommissionHoldState.REFUSED: frozenset({CommissionHoldState.RELEASED}),
    CommissionHoldState.RELEASED: frozenset(),
}
"""Maps each state of a held commission to the states that may follow it. What was released may be booked already."""

PARCEL_MOVES: dict[ParcelState, frozenset[ParcelState]] = {
    ParcelState.PACKED: frozenset({ParcelState.SENT, ParcelState.READY, ParcelState.CANCELLED}),
    ParcelState.READY: frozenset({ParcelState.DELIVERED, ParcelState.CANCELLED}),
    ParcelState.SENT: frozenset({ParcelState.DELIVERED, ParcelState.LOST}),
    ParcelState.DELIVERED: frozenset({ParcelState.LOST}),
    ParcelState.LOST: frozenset({ParcelState.DELIVERED}),
    ParcelState.CANCELLED: frozenset(),
}
"""Maps each state of a parcel to the states that may follow it. The units of a cancelled parcel are packed again. What a
shopper picks up is ready and then handed over, which counts as delivered, without having been sent. A carrier may report a
delivery that nobody got, and what was lost may turn up."""

UNSENT_PARCELS = (ParcelState.PACKED, ParcelState.READY)
"""States of parcels that are still in the shop, to be sent or picked up."""

SENT_PARCELS = (ParcelState.SENT, ParcelState.DELIVERED, ParcelState.LOST)
"""States of parcels that have left the shop."""
