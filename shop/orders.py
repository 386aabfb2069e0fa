"""Placing and cancelling orders: stock is taken when an order is placed and comes back when it is not paid in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog.models import Product
from catalog.money import shares_of
from catalog.stock import MAX_QUANTITY
from creators.models import Representation
from creators.representation import agency_part
from shop.attribution import Buyer, find_clicks, is_own_purchase
from shop.charges import ChargeRules, Charges, calculate_charges
from shop.models import Click, Order, OrderLine, UnpaidReason
from shop.models.address import ADDRESS_FIELDS
from shop.states import OrderState

DEFAULT_AGENCY_CAP_BPS = 2000


class OrderRefused(Exception):
    """The order was not placed and nothing changed; the message is a sentence for the shopper."""


class OutOfStock(OrderRefused):
    """There is less left than was asked for."""


class PriceChanged(OrderRefused):
    """The total is not the one that the shopper was shown."""


class OrderNotFound(Exception):
    """There is no such order for this shopper."""


@dataclass(frozen=True)
class RequestedItem:
    """What a shopper asks for. Prices and rates never come from outside; `seen` is the token of a clip's impression."""

    product_slug: str
    quantity: int
    seen: str = ""


def get_charge_rules() -> ChargeRules:
    return ChargeRules(settings.SHIPPING_FEE_MINOR, settings.SHIPPING_FREE_FROM_MINOR, settings.TAX_RATES_BPS)


def place_order(
    *, buyer: Buyer, items: Sequence[RequestedItem], now: datetime, expected_total_minor: int | None = None
) -> Order:
    """Take stock and write the order with the prices and rates of this moment.

    The stock stays taken for RESERVATION_MINUTES. Raises OutOfStock, PriceChanged or OrderRefused.
    """
    quantities, named = _count(items)
    with transaction.atomic():
        products = _take_stock(buyer, quantities)
        goods_minor = sum(quantities[product.pk] * product.price_minor for product in products)
        charges = calculate_charges(goods_minor, buyer.address.country_code, get_charge_rules())
        if expected_total_minor is not None and expected_total_minor != charges.total_minor:
            raise PriceChanged(_("The price has changed meanwhile. Please look at the new total before you buy."))
        order = _write_order(buyer, charges, products[0].currency, now)
        clicks = find_clicks(shopper=buyer.shopper, products=products, named=named, now=now)
        OrderLine.objects.bulk_create(_lines(order, buyer, products, quantities, clicks))
    return order


def cancel_order(*, order_id: int, now: datetime) -> bool:
    """Cancel an unpaid order and give its stock back; False when it is not waiting for payment any more."""
    with transaction.atomic():
        if not Order.objects.move(order_id, OrderState.PENDING, OrderState.CANCELLED, cancelled_at=now):
            return False
        for line in OrderLine.objects.filter(order=order_id).order_by("product_id"):
            Product.objects.return_stock(line.product_id, line.quantity)
    return True


def expire_orders(*, now: datetime) -> int:
    """Cancel what was not paid in time, and return how many that were."""
    expired = Order.objects.expired_at(now).values_list("pk", flat=True)
    return sum(cancel_order(order_id=order_id, now=now) for order_id in expired)


def _count(items: Sequence[RequestedItem]) -> tuple[dict[int, int], dict[int, str]]:
    """Return quantity and impression by product id. Raises OrderRefused for an empty or senseless request."""
    if not items:
        raise OrderRefused(_("There is nothing to buy."))
    ids = dict(Product.objects.filter(slug__in=[item.product_slug for item in items]).values_list("slug", "pk"))
    quantities: dict[int, int] = {}
    named: dict[int, str] = {}
    for item in items:
        product_id = ids.get(item.product_slug)
        if product_id is None:
            raise OrderRefused(_("A product is no longer sold here."))
        quantities[product_id] = quantities.get(product_id, 0) + item.quantity
        named[product_id] = item.seen or named.get(product_id, "")
        if item.quantity < 1 or quantities[product_id] > MAX_QUANTITY:
            raise OrderRefused(_("Choose between 1 and %(most)d of one product.") % {"most": MAX_QUANTITY})
    return quantities, named


def _take_stock(buyer: Buyer, quantities: dict[int, int]) -> list[Product]:
    """Take each product's stock, in the order of their ids so that two orders cannot deadlock."""
    for product_id in sorted(quantities):
        if not Product.objects.take_stock(product_id, quantities[product_id]):
            raise _refusal(Product.objects.get(pk=product_id))
    products = list(Product.objects.filter(pk__in=quantities).select_related("category").order_by("pk"))
    user = buyer.shopper.user
    if any(product.category.is_age_restricted for product in products) and not (user and user.is_known_adult):
        raise OrderRefused(_("This is only sold to people known to be 18 or over. Sign in and confirm your age."))
    if len({product.currency for product in products}) > 1:
        raise OrderRefused(_("These products are sold in different currencies. Please buy them one by one."))
    return products


def _refusal(product: Product) -> OrderRefused:
    values = {"left": product.stock, "product": product.name}
    if product.is_outbound:
        return OrderRefused(_("%(product)s is sold by another shop and cannot be bought here.") % values)
    if not product.is_in_stock:
        return OutOfStock(_("%(product)s is sold out. Nothing was ordered.") % values)
    return OutOfStock(_("Only %(left)d of %(product)s are left. Nothing was ordered.") % values)


def _write_order(buyer: Buyer, charges: Charges, currency: str, now: datetime) -> Order:
    return Order.objects.create(
        user=buyer.shopper.user,
        visitor=buyer.shopper.visitor,
        email=buyer.email,
        language=get_language() or settings.LANGUAGE_CODE,
        currency=currency,
        goods_minor=charges.goods_minor,
        shipping_minor=charges.shipping_minor,
        tax_minor=charges.tax_minor,
        total_minor=charges.total_minor,
        placed_at=now,
        reserved_until=now + timedelta(minutes=settings.RESERVATION_MINUTES),
        **{name: getattr(buyer.address, name) for name in ADDRESS_FIELDS},
    )


def _lines(
    order: Order, buyer: Buyer, products: Sequence[Product], quantities: dict[int, int], clicks: dict[int, Click]
) -> list[OrderLine]:
    lines = []
    for product in products:
        line = OrderLine(
            order=order,
            product=product,
            product_name=product.name,
            quantity=quantities[product.pk],
            unit_price_minor=product.price_minor,
            amount_minor=quantities[product.pk] * product.price_minor,
            commission_rate_bps=product.category.commission_rate_bps,
        )
        click = clicks.get(product.pk)
        if click is not None:
            line.click, line.clip, line.creator = click, click.clip, click.clip.creator
            line.unpaid_reason = UnpaidReason.SELF_PURCHASE if is_own_purchase(click.clip.creator, buyer) else ""
        lines.append(line)
    _set_commissions(lines, order.placed_at)
    return lines


def _set_commissions(lines: Sequence[OrderLine], now: datetime) -> None:
    """Share out each creator's commission on the order, so that rounding neither makes nor loses a cent."""
    for creator_id in {line.creator_id for line in lines if line.creator_id is not None}:
        earning = [line for line in lines if line.creator_id == creator_id and not line.unpaid_reason]
        agreed = Representation.objects.active_at(now).filter(creator=creator_id).order_by("-starts_at").first()
        shares = shares_of([(line.amount_minor, line.commission_rate_bps) for line in earning])
        for line, share in zip(earning, shares, strict=True):
            line.commission_minor = share
            if agreed is not None:
                line.agency_id, line.agency_share_bps = agreed.agency_id, min(agreed.share_bps, _agency_cap(line))
                line.agency_minor = agency_part(share, line.agency_share_bps)


def _agency_cap(line: OrderLine) -> int:
    """Return the most that the clip's campaign lets an agency take, in basis points."""
    enrolment = line.clip.enrolment if line.clip else None
    return enrolment.terms.agency_cap_bps if enrolment else DEFAULT_AGENCY_CAP_BPS
