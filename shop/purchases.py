"""What a payment or a refund belongs to: an order or a prepayment. Both have a code, states, payments and refunds."""

from typing import Any

from shop.models import Order, Payment, Prepayment
from shop.states import OrderState

type Purchase = Order | Prepayment


def lock_purchase(payment: Payment) -> Purchase:
    """Return the payment's order or prepayment, read anew and locked until the transaction ends."""
    if payment.prepayment_id is not None:
        return Prepayment.objects.select_for_update().get(pk=payment.prepayment_id)
    assert payment.order_id is not None
    return Order.objects.select_for_update().get(pk=payment.order_id)


def move_purchase(purchase: Purchase, new: OrderState, **values: Any) -> bool:
    """Move an order or prepayment to a new state. Return False if another writer moved it first."""
    old = OrderState(purchase.state)
    if isinstance(purchase, Prepayment):
        return Prepayment.objects.move(purchase.pk, old, new, **values)
    return Order.objects.move(purchase.pk, old, new, **values)
