"""API for quotes and checkout.

“Buy now” takes two requests. `POST /api/v1/quote/` with `{"product": slug, "quantity": 1}`, and `variant` if it has several, says what the order costs:
goods, shipping, tax, total and destination. After the shopper confirmed it, `POST /api/v1/checkout/` with the header
`Idempotency-Key` takes the same body, with `expected_total_minor`, and `seen`: the token that the feed sends with each
clip. The response is:

- 201 with the order: its code, lines and totals.
- 200 with the same order, if the key was used before.
- 400 if a field is missing: `expected_total_minor`, `address`, for guests `email`, and `expected_currency` if the order is
  in another currency than the shop's.
- 402 if the payment failed. If a kept card (`card_id`) was declined, the body has the order's `code`, and `next_url`, at
  which the shopper can pay in another way. The same request sent again leads there, too, and charges no card.
- 409 if the order costs something else, a product is sold out, the discount code takes nothing off, or the shop takes no orders. Apart from the last case,
  the body has the new `quote`, to be confirmed by another request.
- 422 if the key was already used with another body.
"""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api_errors import Unavailable, Unprocessable
from accounts.idempotency import IDEMPOTENCY_KEY_HEADER, KeyReused, read_key
from catalog.closed_shop import takes_orders
from catalog.vat_numbers import VatNumberRefused, check_vat_number
from shop.addresses import destination_of, find_default_address, guess_destination
from shop.api import ShopView, validate
from shop.attribution import Buyer
from shop.bags import get_bag_lines, quote_bag
from shop.checkout import CheckoutResult, check_out, check_out_again
from shop.kept_cards import explain_missing_card, find_usable_card, find_usable_cards, keeps_cards
from shop.models import Address, Order, PostalAddress
from shop.order_payment import CardRefused, Means
from shop.orders import OrderRefused, RequestedItem, merge_items
from shop.payments import PaymentRefused
from shop.providers import ProviderUnavailable, get_payment_provider
from shop.quote_serializers import (
    CheckoutSerializer,
    PurchaseSerializer,
    QuoteSerializer,
    RefusedQuoteSerializer,
)
from shop.quotes import Confirmation, Quote, quote_quantities
from shop.serializers import CardRefusedSerializer, CheckoutResultSerializer
from shop.shopper import Shopper, shopper_of


class PaymentRequired(APIException):
    status_code = status.HTTP_402_PAYMENT_REQUIRED


class QuoteView(ShopView):
    """Quotes. POST says what an order would cost now, without placing it."""

    throttle_scope = "typing"

    @extend_schema(request=PurchaseSerializer, responses=QuoteSerializer)
    def post(self, request: Request) -> Response:
        data = validate(PurchaseSerializer(data=request.data))
        shopper = shopper_of(request._request)
        address = find_address(shopper, data)
        missing = [] if address else ["address"]
        if shopper.user is None and not data.get("email"):
            missing.append("email")
        vat_number = _check_vat_number(data, address)
        destination = destination_of(address, vat_number) if address else guess_destination(shopper)
        destination = replace(
            destination, shipping_option_id=data["shipping_option"], pickup_place_ids=data["pickup_places"]
        )
        is_adult, now = shopper.is_known_adult, timezone.now()
        items, code = read_items(data), data["discount_code"]
        if items is None:
            lines = get_bag_lines(shopper)
            quote = quote_bag(lines, destination, is_adult=is_adult, now=now, discount_code=code)
        else:
            try:
                quantities = merge_items(items)[0]
                quote = quote_quantities(quantities, destination, is_adult=is_adult, now=now, discount_code=code)
            except OrderRefused as refusal:
                raise ValidationError({"product": [str(refusal)]}) from refusal
        return Response(describe_quote(quote, shopper, address, missing))


class CheckoutView(ShopView):
    """Checkout. POST places an order and pays for it. A repeated Idempotency-Key places no second order."""

    error_statuses = (402, 422)

    @extend_schema(
        request=CheckoutSerializer,
        responses={
            201: CheckoutResultSerializer,
            200: CheckoutResultSerializer,
            402: CardRefusedSerializer,
            409: RefusedQuoteSerializer,
        },
        parameters=[IDEMPOTENCY_KEY_HEADER],
    )
    def post(self, request: Request) -> Response:
        data = validate(CheckoutSerializer(data=request.data))
        shopper = shopper_of(request._request)
        key = read_key(request)
        if key is None or len(key) < 8:
            raise ValidationError({"detail": _("Send an Idempotency-Key of 8 to 120 characters with every order.")})
        try:
            result = _check_out(request, shopper, data, key)
        except OrderRefused as refusal:
            _check_currency(request, refusal)
            address = find_address(shopper, data)
            quote = {"quote": describe_quote(refusal.quote, shopper, address)} if refusal.quote else {}
            return Response({"detail": str(refusal), **quote}, status=status.HTTP_409_CONFLICT)
        except KeyReused as refusal:
            raise Unprocessable(str(refusal)) from refusal
        except CardRefused as failure:
            return describe_refused_card(failure)
        except PaymentRefused as failure:
            raise PaymentRequired(str(failure)) from failure
        except ProviderUnavailable as failure:
            raise Unavailable(_("The payment service is not responding. Send the same request again.")) from failure
        order = Order.objects.with_lines().get(pk=result.order.pk)
        context = {"outcome": result.outcome, "shopper": shopper}
        code = status.HTTP_201_CREATED if result.is_new else status.HTTP_200_OK
        return Response(CheckoutResultSerializer(order, context=context).data, status=code)


def _check_out(request: Request, shopper: Shopper, data: dict[str, Any], key: str) -> CheckoutResult:
    """Raises what `check_out` raises, and ValidationError if the request names a card or an address that is gone."""
    now = timezone.now()
    try:
        buyer, means = _build_buyer(shopper, data), read_means(shopper, data)
    except ValidationError:
        payment_page = Means(payer=shopper.user)
        result = check_out_again(shopper=shopper, key=key, sent=request.data, means=payment_page, now=now)
        if result is None:
            raise
        return result
    return check_out(
        buyer=buyer,
        items=read_items(data),
        key=key,
        now=now,
        confirmation=Confirmation(data["expected_total_minor"], data["expected_currency"], data["quote_id"]),
        sent=request.data,
        saves_address=data["save_address"] and "address" in data,
        means=means,
        discount_code=data["discount_code"],
    )


def _check_currency(request: Request, refusal: OrderRefused) -> None:
    """Raise ValidationError if the order is in another currency than the shop's, and the request names none."""
    quote, is_named = refusal.quote, isinstance(request.data, dict) and "expected_currency" in request.data
    if quote is not None and quote.is_buyable and quote.currency != settings.CURRENCY and not is_named:
        sentence = _("This order is in %(currency)s. Send the currency of the total that the shopper confirmed.")
        raise ValidationError({"expected_currency": [sentence % {"currency": quote.currency}]})


def describe_quote(
    quote: Quote, shopper: Shopper, address: PostalAddress | None, missing: list[str] | None = None
) -> dict[str, Any]:
    is_open = takes_orders()
    context = {
        "address": address,
        "missing": missing or [],
        "payment_page_follows": is_open and get_payment_provider().has_payment_page and quote.charges.total_minor > 0,
        "cards": find_usable_cards(shopper.user, now=timezone.now()) if is_open and quote.charges.total_minor else [],
        "can_keep_card": is_open and keeps_cards(shopper.user),
    }
    return dict(QuoteSerializer(quote, context=context).data)


def describe_refused_card(failure: CardRefused) -> Response:
    """Return the answer to an order that was placed, but whose kept card was not charged."""
    order = failure.order
    body = {
        "detail": str(failure),
        "code": order.code,
        "url": order.get_absolute_url(),
        "next_url": failure.next_url,
    }
    return Response(CardRefusedSerializer(body).data, status=status.HTTP_402_PAYMENT_REQUIRED)


def read_means(shopper: Shopper, data: dict[str, Any]) -> Means:
    """Return how the shopper wants to pay. Raises ValidationError if the card can't be used."""
    if data["card_id"] is None:
        return Means(keeps_card=data["keep_card"] and keeps_cards(shopper.user), payer=shopper.user)
    card = find_usable_card(shopper.user, data["card_id"], now=timezone.now())
    if card is None:
        raise ValidationError({"card_id": [explain_missing_card()]})
    return Means(card, payer=shopper.user)


def read_items(data: dict[str, Any]) -> list[RequestedItem] | None:
    """Return the products to order, or None for the contents of the bag."""
    if not ("product" in data or data.get("lines")):
        return None
    lines = data.get("lines") or [data]
    return [RequestedItem(line["product"], line["quantity"], line["seen"], line["variant"]) for line in lines]


def find_address(shopper: Shopper, data: dict[str, Any]) -> PostalAddress | None:
    """Return the address in the request or, if there is none, the user's default one.

    Raises ValidationError if the user has no address with this id.
    """
    if "address" in data:
        return Address(**data["address"])
    if "address_id" not in data:
        return find_default_address(shopper.user)
    address = Address.objects.owned_by(shopper.user).filter(pk=data["address_id"]).first()
    if address is None:
        raise ValidationError({"address_id": [_("You have no such address.")]})
    return address


def _build_buyer(shopper: Shopper, data: dict[str, Any]) -> Buyer:
    """Return the buyer. Raises ValidationError if there is no delivery address or no email address."""
    problems: dict[str, list[str]] = {}
    address = find_address(shopper, data)
    if address is None:
        problems["address"] = [_("Enter a delivery address.")]
    email = shopper.user.email if shopper.user else data.get("email", "")
    if not email:
        problems["email"] = [_("Enter an email address for the confirmation.")]
    if address is None or not email:
        raise ValidationError(problems)
    billing = Address(**data["billing_address"]) if "billing_address" in data else None
    vat_number = _check_vat_number(data, address)
    choices = data["shipping_option"], data["pickup_places"], data["agrees_to_download"]
    return Buyer(shopper, email, address, vat_number, billing, *choices)


def _check_vat_number(data: dict[str, Any], address: PostalAddress | None) -> str:
    """Return the VAT number in the request as it is stored, or "" if there is none. Raises ValidationError."""
    if not data["vat_number"] or address is None:
        return ""
    try:
        return check_vat_number(data["vat_number"], address.country_code)
    except VatNumberRefused as refusal:
        raise ValidationError({"vat_number": [str(refusal)]}) from refusal
