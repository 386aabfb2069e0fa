"""A note on each user that they have bought something, for apps that may not ask the shop."""

from functools import partial

from django.db import transaction

from accounts.models import User
from shop.models import Order
from shop.states import OrderState

BOUGHT = (OrderState.PAID, OrderState.PARTLY_REFUNDED, OrderState.DISPUTED)
"""States of orders of which the shopper kept something."""


@transaction.atomic
def note_buyer(user_id: int) -> None:
    """Write down whether the user has an order that was paid and not wholly refunded.

    Call it after the transaction that changed an order. Of calls at once, the last sees what all have left.
    """
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    if user is None:
        return
    has_bought = Order.objects.filter(user=user, state__in=BOUGHT, sample_order=None).exists()
    if has_bought != user.has_bought:
        User.objects.filter(pk=user.pk).update(has_bought=has_bought)


def note_buyer_on_commit(order: Order) -> None:
    """Note a buyer after the transaction that pays or refunds an order: it has locked the order, and waits for no user."""
    if order.user_id:
        transaction.on_commit(partial(note_buyer, order.user_id), robust=True)
