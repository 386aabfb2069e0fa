"""Functions that place and cancel orders. An order reserves stock; shop.release cancels it if it is not paid in time."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog.closed_shop import explain_closed_shop, takes_orders
from catalog.models import Product, StockMovementKind, Variant
from catalog.stock import MAX_QUANTITY
from catalog.stock_movements import lock_variants, return_stock, take_stock
from catalog.vat_numbers import VatNumberRefused, check_vat_number
from shop.attribution import Buyer, find_clicks
from shop.availability import explain_unsold, find_problem
from shop.browser_accounts import record_browser_accounts
from shop.commissions import attribute_line, set_commissions, set_rates
from shop.discounts import DiscountRefused, give_back_discount, use_discount
from shop.merchant_fees import set_fees
from shop.models import BillingAddress, Click, Order, OrderLine, Payment
from shop.models.order import new_order_code
from shop.models.payment import GIVEN_UP
from shop.payable_totals import explain_unpayable
from shop.quotes import Confirmation, Quote, QuoteLine, build_quote, quote_quantities
from shop.rates import Destination
from shop.reservations import MINUTES_BEFORE_PAYMENT, find_reservation_problem
from shop.states import OrderState
from shop.variant_choice import choose_variants, explain_choice


class OrderRefused(Exception):
    """A refused order. Nothing was changed. The message tells the shopper why.

    `quote` is what the order would cost now, for the shopper to confirm again, if the products exist.
    """

    quote: Quote | None = None


class OutOfStock(OrderRefused):
    """A refused order for more units than are in stock."""


class ShopClosed(OrderRefused):
    """A refused order in a shop without a payment provider."""


class PriceChanged(OrderRefused):
    """A refused order whose total differs from the one that the shopper saw."""


@dataclass(frozen=True)
class RequestedItem:
    """A variant and a quantity to order. The price is not part of it, because the price always comes from the catalog.

    `variant_id` is not needed for a product that has one variant on sale. `impression_token` identifies the clip from
    which the product was opened, if any.
    """

    product_slug: str
    quantity: int
    impression_token: str = ""
    variant_id: int | None = None


def place_order(
    *,
    buyer: Buyer,
    items: Sequence[RequestedItem],
    now: datetime,
    confirmation: Confirmation | None = None,
    discount_code: str = "",
    is_free: bool = False,
) -> Order:
    """Reserve stock until the payment should have started. Save and return an order with the current prices and rates.

    If it is free, its lines have a price of zero and nobody earns anything. Without a `confirmation`, any total is
    accepted: for orders that nobody confirms on a page. Raises ShopClosed if the shop takes no orders, OutOfStock if there is not enough stock, PriceChanged if the order does not cost what was
    confirmed, and OrderRefused for other reasons, such as a discount code that takes nothing off. Apart from ShopClosed, each
    carries a new quote.
    """
    if not takes_orders():
        raise ShopClosed(explain_closed_shop())
    quantities, impression_tokens = merge_items(items)
    destination = _get_destination(buyer)
    try:
        with transaction.atomic():
            code = new_order_code()
            variants = _reserve_stock(buyer, quantities, code, now)
            lines = [QuoteLine(variant, quantities[variant.pk]) for variant in variants]
            quote = build_quote(lines, destination, now=now, discount_code=discount_code, is_free=is_free)
            if problem := quote.find_shipping_problem() or quote.discount_problem:
                raise OrderRefused(problem)
            if quote.needs_download_consent and not buyer.agrees_to_download:
                raise OrderRefused(_("Agree to the immediate download first. You can do that at checkout."))
            if confirmation is not None and not quote.agrees_with(confirmation):
                raise PriceChanged(_("The total has changed. Check the new total, and confirm it to buy."))
            if problem := explain_unpayable(quote):
                raise OrderRefused(problem)
            order = _write_order(buyer, quote, code, now)
            products = list({variant.product_id: variant.product for variant in variants}.values())
            clicks = find_clicks(shopper=buyer.shopper, products=products, impression_tokens=impression_tokens, now=now)
            OrderLine.objects.bulk_create(_build_lines(order, quote, clicks))
            if quote.discount_code:
                use_discount(code=quote.discount_code, order=order, now=now)
            record_browser_accounts(order_ids=[order.pk], user_ids=buyer.shopper.browser_accounts, now=now)
    except OrderRefused as refusal:
        refusal.quote = _quote_again(buyer, quantities, destination, now, discount_code)
        raise
    except DiscountRefused as problem:
        order_refusal = OrderRefused(str(problem))
        quote = _quote_again(buyer, quantities, destination, now)
        order_refusal.quote = replace(quote, discount_problem=str(problem))
        raise order_refusal from problem
    return order


def _quote_again(
    buyer: Buyer, quantities: dict[int, int], destination: Destination, now: datetime, discount_code: str = ""
) -> Quote:
    """Return what the order would cost now, after it was refused."""
    is_adult = buyer.shopper.is_known_adult
    return quote_quantities(quantities, destination, is_adult=is_adult, now=now, discount_code=discount_code)


def cancel_order(*, order_id: int, now: datetime) -> bool:
    """Cancel an unpaid order and release its stock.

    Return False if the order is not waiting for payment, or if a payment is open, perhaps since a moment. The caller must
    have closed its payment page, as shop.release does.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        if order.payments.open().exists():
            return False
        mailed_at = None if _is_cancellation_told(order) else now
        moved = {"cancelled_at": now, "cancellation_mailed_at": mailed_at}
        if not Order.objects.move(order_id, OrderState.PENDING, OrderState.CANCELLED, **moved):
            return False
        lines = OrderLine.objects.filter(order=order_id).order_by("product_id", "variant_id")
        lock_variants([line.variant_id for line in lines])
        for line in lines:
            kind = StockMovementKind.RELEASED
            return_stock(line.variant_id, line.quantity, kind=kind, order_code=order.code, now=now)
        give_back_discount(order_id=order_id, now=now)
    return True


def _is_cancellation_told(order: Order) -> bool:
    """Return whether an email says that the order was cancelled: not before its payment has started.

    Anybody can type anybody's address and leave. So guests must have tried to pay, or perhaps have paid without that the
    provider tells. Users get it at their own address.
    """
    payments = Payment.objects.filter(order=order)
    has_tried = Q(attempted_at__isnull=False) | Q(failure_text=GIVEN_UP)
    return payments.exists() if order.user_id else payments.filter(has_tried).exists()


def merge_items(items: Sequence[RequestedItem]) -> tuple[dict[int, int], dict[int, str]]:
    """Merge items for the same variant. Return the quantities by variant id, and the impression tokens by product id.

    Raises OrderRefused if there are no items, if a product does not exist, if it is not clear which of its variants is
    meant, or if a quantity is out of range.
    """
    if not items:
        raise OrderRefused(_("Your bag is empty."))
    quantities: dict[int, int] = {}
    impression_tokens: dict[int, str] = {}
    variants = choose_variants([(item.product_slug, item.variant_id) for item in items])
    for item, variant in zip(items, variants, strict=True):
        if variant is None:
            raise OrderRefused(_explain_missing(item))
        quantities[variant.pk] = quantities.get(variant.pk, 0) + item.quantity
        tokens = item.impression_token, impression_tokens.get(variant.product_id, "")
        impression_tokens[variant.product_id] = tokens[0] or tokens[1]
        if item.quantity < 1 or quantities[variant.pk] > MAX_QUANTITY:
            raise OrderRefused(_("Choose a quantity from 1 to %(most)d.") % {"most": MAX_QUANTITY})
    return quantities, impression_tokens


def _explain_missing(item: RequestedItem) -> str:
    product = Product.objects.reviewed().filter(slug=item.product_slug).first()
    return explain_choice(product) if product else _("A product in your order is no longer available.")


def _reserve_stock(buyer: Buyer, quantities: dict[int, int], order_code: str, now: datetime) -> list[Variant]:
    """Reserve stock for the given quantities, and return the variants in the order in which they were locked.

    Raises OutOfStock, OrderRefused.
    """
    variants = Variant.objects.select_related("product__category", "product__merchant")
    for variant_id in lock_variants(quantities):
        if not take_stock(variant_id, quantities[variant_id], order_code=order_code, now=now):
            raise _build_refusal(variants.get(pk=variant_id), quantities[variant_id])
    reserved = list(variants.filter(pk__in=quantities).order_by("product_id", "pk"))
    for variant in reserved:
        if not variant.product.is_active:  # it was taken off sale while this waited for its row
            raise _build_refusal(variant, quantities[variant.pk])
        is_adult, currency = buyer.shopper.is_known_adult, reserved[0].product.currency
        if problem := explain_unsold(variant.product, currency=currency, is_adult=is_adult):
            raise OrderRefused(problem)
    taken = {variant: quantities[variant.pk] for variant in reserved if variant.is_counted}
    if problem := find_reservation_problem(shopper=buyer.shopper, quantities=taken, now=now):
        raise OrderRefused(problem)
    return reserved


def _build_refusal(variant: Variant, quantity: int) -> OrderRefused:
    """Return an exception whose message says why the variant's stock could not be reserved."""
    problem = find_problem(variant, quantity) or _("%(product)s is sold out.") % {"product": variant.full_name}
    if variant.product.is_outbound:
        return OrderRefused(problem)
    return OutOfStock(f"{problem} {_('Your order was not placed.')}")


def _get_destination(buyer: Buyer) -> Destination:
    """Return where the order is delivered. Raises OrderRefused if the VAT number is not valid."""
    address = buyer.address
    try:
        vat_number = check_vat_number(buyer.vat_number, address.country_code) if buyer.vat_number else ""
    except VatNumberRefused as refusal:
        raise OrderRefused(str(refusal)) from refusal
    return Destination(
        address.country_code, address.region, vat_number, buyer.shipping_option_id, buyer.pickup_place_ids
    )


def _write_order(buyer: Buyer, quote: Quote, code: str, now: datetime) -> Order:
    order = Order.objects.create(
        code=code,
        user=buyer.shopper.user,
        visitor=buyer.shopper.visitor,
        network=buyer.shopper.network,
        email=buyer.email,
        language=get_language() or settings.LANGUAGE_CODE,
        currency=quote.currency,
        goods_minor=quote.charges.goods_minor,
        discount_minor=quote.charges.discount_minor,
        discount_name=quote.discount_name,
        shipping_minor=quote.charges.shipping_minor,
        tax_minor=quote.charges.tax_minor,
        shipping_tax_minor=quote.charges.shipping_tax_minor,
        taxes=[asdict(tax) for tax in quote.charges.taxes],
        prices_include_tax=quote.charges.prices_include_tax,
        is_reverse_charged=quote.charges.is_reverse_charged,
        vat_number=quote.destination.vat_number,
        total_minor=quote.charges.total_minor,
        **(quote.shipping_offer.order_values if quote.shipping_offer else {}),
        placed_at=now,
        download_agreed_at=now if quote.needs_download_consent else None,
        reserved_until=now + timedelta(minutes=min(MINUTES_BEFORE_PAYMENT, settings.RESERVATION_MINUTES)),
        **buyer.address.address_values,
    )
    if buyer.billing_address is not None:
        BillingAddress.objects.create(order=order, **buyer.billing_address.address_values)
    return order


def _build_lines(order: Order, quote: Quote, clicks: dict[int, Click]) -> list[OrderLine]:
    lines = []
    for quoted, charged in zip(quote.lines, quote.charges.lines, strict=True):
        product, variant = quoted.product, quoted.variant
        line = OrderLine(
            order=order,
            product=product,
            variant=variant,
            merchant=product.merchant,
            is_digital=variant.is_digital,
            pickup_place=quote.pickup_offers.place_of(variant),
            product_name=product.name,
            options_text=variant.options_text,
            quantity=quoted.quantity,
            unit_price_minor=charged.unit_price_minor,
            amount_minor=charged.amount_minor,
            discount_minor=charged.discount_minor,
            tax_rate_bps=charged.tax_rate_bps,
            tax_minor=charged.tax_minor,
        )
        attribute_line(line, clicks.get(product.pk), quote.discount_code)
        lines.append(line)
    set_rates(lines, order.placed_at)
    set_commissions(lines, order.placed_at)
    set_fees(lines, order.placed_at)
    return lines
