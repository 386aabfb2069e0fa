"""Checkout, which places an order and pays for it, once for each idempotency key."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from accounts.idempotency import do_once, find_result
from shop.addresses import remember_address
from shop.attribution import Buyer
from shop.bags import lock_bag_lines
from shop.models import Bag, BagLine, Order
from shop.order_payment import PAYMENT_PAGE, Means, pay_order, was_refused
from shop.orders import RequestedItem, place_order
from shop.providers import Outcome, OutcomeState
from shop.quotes import Confirmation
from shop.shopper import Shopper


@dataclass(frozen=True)
class CheckoutResult:
    """The result of a checkout: an order, and the outcome of the payment for it.

    While the order is waiting for payment, the shopper can pay at `outcome.next_url`. `is_new` is False if the order
    was placed by an earlier request with the same key.
    """

    order: Order
    outcome: Outcome
    is_new: bool


def check_out(
    *,
    buyer: Buyer,
    items: Sequence[RequestedItem] | None,
    key: str,
    now: datetime,
    confirmation: Confirmation | None = None,
    sent: Any = None,
    saves_address: bool = True,
    means: Means = PAYMENT_PAGE,
    discount_code: str = "",
) -> CheckoutResult:
    """Place an order, pay for it, and return the result. Repeating the call with the same key places no second order.

    Without `items`, buy the contents of the bag, and remove them from it. Save the delivery address of a signed-in
    shopper. `sent` is the request's body, by which a repeated request is told from another one with the same key.

    Raises OrderRefused or KeyReused if no order was placed. Raises PaymentRefused or ProviderUnavailable if an order
    was placed but not paid. Calling again with the same key then retries the payment, but charges no kept card again
    that was declined: the shopper gets a payment page.
    """
    placed_codes: list[str] = []

    def place() -> str:
        wanted = _lock_bag_items(buyer.shopper) if items is None else items
        order = place_order(buyer=buyer, items=wanted, now=now, confirmation=confirmation, discount_code=discount_code)
        if items is None:
            bag = Bag.objects.of(buyer.shopper)
            BagLine.objects.filter(bag__in=bag).delete()
            bag.exclude(discount_code="").update(discount_code="")
        if saves_address and buyer.shopper.user is not None:
            remember_address(user=buyer.shopper.user, address=buyer.address)
        placed_codes.append(order.code)
        return order.code

    content = sent if sent is not None else [asdict(item) for item in items or ()]
    code = do_once(owner=_name_owner(buyer.shopper), key=key, content=content, make=place)
    return _pay(Order.objects.get(code=code), means, now, is_new=bool(placed_codes))


def check_out_again(*, shopper: Shopper, key: str, sent: Any, means: Means, now: datetime) -> CheckoutResult | None:
    """Return the result of an earlier request with this key, or None if it placed no order.

    What the request names, such as a kept card, may be gone since. Raises KeyReused, and what `check_out` raises after
    an order was placed.
    """
    code = find_result(owner=_name_owner(shopper), key=key, content=sent)
    return _pay(Order.objects.get(code=code), means, now, is_new=False) if code else None


def _name_owner(shopper: Shopper) -> str:
    return f"checkout {shopper.owner}"


def _pay(order: Order, means: Means, now: datetime, *, is_new: bool) -> CheckoutResult:
    if not order.is_pending:
        return CheckoutResult(order, Outcome(OutcomeState.SUCCEEDED), is_new=False)
    outcome = pay_order(order=order, now=now, means=means.without_card() if was_refused(order, means) else means)
    order.refresh_from_db()
    return CheckoutResult(order, outcome, is_new=is_new)


def _lock_bag_items(shopper: Shopper) -> list[RequestedItem]:
    """Return the contents of the bag, which is locked, so that two requests cannot both buy it.

    The items need no impression tokens, because clicks are recorded when a product is added to the bag.
    """
    return [
        RequestedItem(line.variant.product.slug, line.quantity, variant_id=line.variant_id)
        for line in lock_bag_lines(shopper)
    ]
