"""Functions that place and cancel orders. An order reserves stock, and is cancelled if it is not paid in time."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog.closed_shop import explain_closed_shop, takes_orders
from catalog.models import Product
from catalog.money import shares_of
from catalog.stock import MAX_QUANTITY
from creators.models import Representation
from creators.representation import agency_part
from shop.attribution import Buyer, find_clicks, is_own_purchase
from shop.charges import Charges
from shop.models import Click, Order, OrderLine, UnpaidReason
from shop.models.address import ADDRESS_FIELDS
from shop.pricing import Destination, charge_products
from shop.states import OrderState
from shop.vat_numbers import VatNumberRefused, check_vat_number

DEFAULT_AGENCY_CAP_BPS = 2000


class OrderRefused(Exception):
    """A refused order. Nothing was changed. The message tells the shopper why."""


class OutOfStock(OrderRefused):
    """A refused order for more units than are in stock."""


class ShopClosed(OrderRefused):
    """A refused order in a shop without a payment provider."""


class PriceChanged(OrderRefused):
    """A refused order whose total differs from the one that the shopper saw."""


@dataclass(frozen=True)
class RequestedItem:
    """A product and a quantity to order. The price is not part of it, because the price always comes from the catalog.

    `impression_token` identifies the clip from which the product was opened, if any.
    """

    product_slug: str
    quantity: int
    impression_token: str = ""


def place_order(
    *, buyer: Buyer, items: Sequence[RequestedItem], now: datetime, expected_total_minor: int | None = None
) -> Order:
    """Reserve stock for RESERVATION_MINUTES. Save and return an order with the current prices and rates.

    Raises ShopClosed if the shop takes no orders, OutOfStock if there is not enough stock, PriceChanged if the total is
    not `expected_total_minor`, and OrderRefused for other reasons.
    """
    if not takes_orders():
        raise ShopClosed(explain_closed_shop())
    quantities, impression_tokens = _merge_items(items)
    destination = _get_destination(buyer)
    with transaction.atomic():
        products = _reserve_stock(buyer, quantities)
        charges = charge_products([(product, quantities[product.pk]) for product in products], destination, now=now)
        if expected_total_minor is not None and expected_total_minor != charges.total_minor:
            raise PriceChanged(_("The price has changed. Check the new total before you buy."))
        order = _write_order(buyer, destination, charges, products[0].currency, now)
        clicks = find_clicks(shopper=buyer.shopper, products=products, impression_tokens=impression_tokens, now=now)
        OrderLine.objects.bulk_create(_build_lines(order, buyer, charges, products, quantities, clicks))
    return order


def cancel_order(*, order_id: int, now: datetime) -> bool:
    """Cancel an unpaid order and release its stock. Return False if the order is not waiting for payment."""
    with transaction.atomic():
        if not Order.objects.move(order_id, OrderState.PENDING, OrderState.CANCELLED, cancelled_at=now):
            return False
        for line in OrderLine.objects.filter(order=order_id).order_by("product_id"):
            Product.objects.return_stock(line.product_id, line.quantity)
    return True


def expire_orders(*, now: datetime) -> int:
    """Cancel orders that were not paid in time. Return how many were cancelled."""
    order_ids = Order.objects.expired_at(now).values_list("pk", flat=True)
    return sum(cancel_order(order_id=order_id, now=now) for order_id in order_ids)


def _merge_items(items: Sequence[RequestedItem]) -> tuple[dict[int, int], dict[int, str]]:
    """Merge items for the same product. Return the quantities and the impression tokens, each by product id.

    Raises OrderRefused if there are no items, if a product does not exist, or if a quantity is out of range.
    """
    if not items:
        raise OrderRefused(_("Your bag is empty."))
    ids = dict(Product.objects.filter(slug__in=[item.product_slug for item in items]).values_list("slug", "pk"))
    quantities: dict[int, int] = {}
    impression_tokens: dict[int, str] = {}
    for item in items:
        product_id = ids.get(item.product_slug)
        if product_id is None:
            raise OrderRefused(_("A product in your order is no longer available."))
        quantities[product_id] = quantities.get(product_id, 0) + item.quantity
        impression_tokens[product_id] = item.impression_token or impression_tokens.get(product_id, "")
        if item.quantity < 1 or quantities[product_id] > MAX_QUANTITY:
            raise OrderRefused(_("Choose a quantity from 1 to %(most)d.") % {"most": MAX_QUANTITY})
    return quantities, impression_tokens


def _reserve_stock(buyer: Buyer, quantities: dict[int, int]) -> list[Product]:
    """Reserve stock for the given quantities, and return the products, ordered by id.

    Stock is reserved in the order of product ids, so that two orders cannot deadlock. Raises OutOfStock, OrderRefused.
    """
    for product_id in sorted(quantities):
        if not Product.objects.take_stock(product_id, quantities[product_id]):
            raise _build_refusal(Product.objects.get(pk=product_id))
    products = list(Product.objects.filter(pk__in=quantities).select_related("category").order_by("pk"))
    user = buyer.shopper.user
    if any(product.category.is_age_restricted for product in products) and not (user and user.is_known_adult):
        raise OrderRefused(_("This product is only for people aged 18 or over. Sign in and confirm your age."))
    if len({product.currency for product in products}) > 1:
        raise OrderRefused(_("These products have prices in different currencies. Buy them in separate orders."))
    return products


def _build_refusal(product: Product) -> OrderRefused:
    """Return an exception whose message says why the product's stock could not be reserved."""
    values = {"left": product.stock, "product": product.local_name}
    if product.is_outbound:
        return OrderRefused(_("%(product)s is sold by another shop. You can't buy it here.") % values)
    if not product.is_in_stock:
        return OutOfStock(_("%(product)s is sold out. Your order was not placed.") % values)
    return OutOfStock(_("%(product)s: only %(left)d left in stock. Your order was not placed.") % values)


def _get_destination(buyer: Buyer) -> Destination:
    """Return where the order is delivered. Raises OrderRefused if the VAT number is not valid."""
    address = buyer.address
    try:
        vat_number = check_vat_number(buyer.vat_number, address.country_code) if buyer.vat_number else ""
    except VatNumberRefused as refusal:
        raise OrderRefused(str(refusal)) from refusal
    return Destination(address.country_code, address.region, vat_number)


def _write_order(buyer: Buyer, destination: Destination, charges: Charges, currency: str, now: datetime) -> Order:
    return Order.objects.create(
        user=buyer.shopper.user,
        visitor=buyer.shopper.visitor,
        email=buyer.email,
        language=get_language() or settings.LANGUAGE_CODE,
        currency=currency,
        goods_minor=charges.goods_minor,
        shipping_minor=charges.shipping_minor,
        tax_minor=charges.tax_minor,
        shipping_tax_minor=charges.shipping_tax_minor,
        taxes=[asdict(tax) for tax in charges.taxes],
        prices_include_tax=charges.prices_include_tax,
        is_reverse_charged=charges.is_reverse_charged,
        vat_number=destination.vat_number,
        total_minor=charges.total_minor,
        placed_at=now,
        reserved_until=now + timedelta(minutes=settings.RESERVATION_MINUTES),
        **{name: getattr(buyer.address, name) for name in ADDRESS_FIELDS},
    )


def _build_lines(
    order: Order,
    buyer: Buyer,
    charges: Charges,
    products: Sequence[Product],
    quantities: dict[int, int],
    clicks: dict[int, Click],
) -> list[OrderLine]:
    lines = []
    for product, charged in zip(products, charges.lines, strict=True):
        line = OrderLine(
            order=order,
            product=product,
            product_name=product.name,
            quantity=quantities[product.pk],
            unit_price_minor=charged.unit_price_minor,
            amount_minor=charged.amount_minor,
            tax_rate_bps=charged.tax_rate_bps,
            tax_minor=charged.tax_minor,
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
    """Set the commission, and the agency's part of it, on each order line that earns one.

    Commission is earned on amounts without tax. A creator's commission on the order is rounded once and then divided among the lines, so rounding loses no cent.
    """
    for creator_id in {line.creator_id for line in lines if line.creator_id is not None}:
        earning_lines = [line for line in lines if line.creator_id == creator_id and not line.unpaid_reason]
        representation = Representation.objects.active_at(now).filter(creator=creator_id).order_by("-starts_at").first()
        shares = shares_of([(line.net_minor, line.commission_rate_bps) for line in earning_lines])
        for line, share in zip(earning_lines, shares, strict=True):
            line.commission_minor = share
            if representation is not None:
                line.agency_id, line.agency_share_bps = (
                    representation.agency_id,
                    min(representation.share_bps, _get_agency_cap_bps(line)),
                )
                line.agency_minor = agency_part(share, line.agency_share_bps)


def _get_agency_cap_bps(line: OrderLine) -> int:
    """Return the largest share, in basis points, that the clip's campaign allows an agency."""
    enrolment = line.clip.enrolment if line.clip else None
    return enrolment.terms.agency_cap_bps if enrolment else DEFAULT_AGENCY_CAP_BPS
