"""Checkout, which places an order and pays for it, once for each idempotency key."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from accounts.idempotency import do_once
from shop.attribution import Buyer
from shop.models import Address, BagLine, Order
from shop.models.address import ADDRESS_FIELDS
from shop.orders import RequestedItem, place_order
from shop.payments import pay_order
from shop.providers import Outcome, OutcomeState
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
    items: Sequence[RequestedItem],
    key: str,
    now: datetime,
    expected_total_minor: int | None = None,
    is_bag: bool = False,
) -> CheckoutResult:
    """Place an order, pay for it, and return the result. Repeating the call with the same key places no second order.

    Save the delivery address of a signed-in shopper and, if `is_bag`, remove the items from the bag.

    Raises OrderRefused or KeyReused if no order was placed. Raises PaymentRefused or ProviderUnavailable if an order
    was placed but not paid. Calling again with the same key then retries the payment.
    """
    placed_codes: list[str] = []
    content = [asdict(item) for item in items] + [
        buyer.email,
        *buyer.address.label_lines,
        expected_total_minor,
        buyer.vat_number,
    ]

    def place() -> str:
        order = place_order(buyer=buyer, items=items, now=now, expected_total_minor=expected_total_minor)
        if is_bag:
            _empty_bag(buyer.shopper, items)
        _save_address(buyer)
        placed_codes.append(order.code)
        return order.code

    # When a form is sent twice, the bag is already empty the second time, so only the key identifies the request.
    fingerprint = ["bag"] if is_bag else content
    code = do_once(owner=f"checkout {buyer.shopper.owner}", key=key, content=fingerprint, make=place)
    order = Order.objects.get(code=code)
    if not order.is_pending:
        return CheckoutResult(order, Outcome(OutcomeState.SUCCEEDED), is_new=False)
    outcome = pay_order(order=order, now=now)
    order.refresh_from_db()
    return CheckoutResult(order, outcome, is_new=bool(placed_codes))


def get_bag_items(lines: Sequence[BagLine]) -> list[RequestedItem]:
    """Return a bag's lines as items to order.

    The items need no impression tokens, because clicks are recorded when a product is added to the bag.
    """
    return [RequestedItem(line.product.slug, line.quantity) for line in lines]


def _empty_bag(shopper: Shopper, items: Sequence[RequestedItem]) -> None:
    owner = {"bag__user": shopper.user} if shopper.user else {"bag__user": None, "bag__visitor": shopper.visitor}
    BagLine.objects.filter(product__slug__in=[item.product_slug for item in items], **owner).delete()


def _save_address(buyer: Buyer) -> None:
    if buyer.shopper.user is not None:
        values = {name: getattr(buyer.address, name) for name in ADDRESS_FIELDS}
        Address.objects.update_or_create(user=buyer.shopper.user, defaults=values)
