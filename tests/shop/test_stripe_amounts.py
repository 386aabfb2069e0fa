"""Amounts as Stripe writes them, in every currency in which it charges. Source: https://docs.stripe.com/currencies."""

from typing import Any

import pytest
from babel.numbers import get_currency_precision
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Product
from shop.models import Address, Order, Refund
from shop.providers.stripe_amounts import (
    DIGITS,
    MAXIMUMS,
    MINIMUMS,
    AmountNotPayable,
    from_stripe,
    most_payable,
    payable_step,
    to_stripe,
)
from shop.refund_dispatch import send_refund
from shop.refunds import RefundRefused, plan_amount_refund, plan_refund
from tests.factories import make_product
from tests.shop.conftest import buy, page_of
from tests.shop.stripe import StandInStripe, deliver
from tests.shop.stripe.errors import THREE_DECIMALS, WHOLE_AS_TWO_DECIMALS, ZERO_DECIMALS, check_amount

TEN_UNITS = {
    "USD": 1000,
    "EUR": 1000,
    "GBP": 1000,
    "CHF": 1000,
    "HUF": 1000,
    "TWD": 1000,
    "AED": 1000,
    "SAR": 1000,
    "ILS": 1000,
    "JPY": 10,
    "KRW": 10,
    "VND": 10,
    "CLP": 10,
    "PYG": 10,
    "XOF": 10,
    "XAF": 10,
    "XPF": 10,
    "MGA": 10,
    "RWF": 10,
    "ISK": 1000,
    "UGX": 1000,
    "ALL": 1000,
    "AFN": 1000,
    "RSD": 1000,
    "LBP": 1000,
    "MMK": 1000,
    "YER": 1000,
    "KWD": 10_000,
    "BHD": 10_000,
    "JOD": 10_000,
    "OMR": 10_000,
    "TND": 10_000,
}
"""Ten dollars, yen, krónur, dinars and so on in Stripe's units, as its page says."""


@pytest.mark.parametrize(("currency", "amount"), TEN_UNITS.items())
def test_ten_units_are_what_stripe_says(currency: str, amount: int) -> None:
    ours = 10 * 10 ** get_currency_precision(currency)
    assert to_stripe(ours, currency) == amount
    assert from_stripe(amount, currency.lower()) == ours


@pytest.mark.parametrize("currency", sorted(DIGITS))
def test_every_payable_amount_comes_back_and_is_accepted(currency: str) -> None:
    step = payable_step(currency)
    for number in (1, 2, 7, 99, 12_345):
        amount = to_stripe(number * step, currency)
        check_amount(amount, currency.lower(), is_charge=False)
        assert from_stripe(amount, currency.lower()) == number * step
    digits = 0 if currency.lower() in ZERO_DECIMALS else 3 if currency.lower() in THREE_DECIMALS else 2
    assert to_stripe(step, currency) * 10 ** get_currency_precision(currency) == step * 10**digits


@pytest.mark.parametrize("currency", sorted(DIGITS))
def test_an_amount_between_the_steps_is_refused(currency: str) -> None:
    step = payable_step(currency)
    if step > 1:
        with pytest.raises(AmountNotPayable):
            to_stripe(step + 1, currency)
    assert (step > 1) == (currency in {"BHD", "JOD", "KWD", "OMR", "TND"})


@pytest.mark.parametrize("currency", ["ISK", "UGX", "ALL"])
def test_fraction_of_our_minor_unit_is_refused(currency: str) -> None:
    with pytest.raises(AmountNotPayable):
        from_stripe(150, currency)


@pytest.mark.parametrize("currency", ["IRR", "XXX", "", "usd dollars"])
def test_currency_that_stripe_lacks_is_refused(currency: str) -> None:
    assert payable_step(currency) == 0
    with pytest.raises(AmountNotPayable):
        to_stripe(100, currency)
    with pytest.raises(AmountNotPayable):
        from_stripe(100, currency)


@given(st.integers(0, 10**12), st.sampled_from(sorted(DIGITS)))
def test_conversion_is_exact_or_refused(amount_minor: int, currency: str) -> None:
    if amount_minor % payable_step(currency):
        with pytest.raises(AmountNotPayable):
            to_stripe(amount_minor, currency)
        return
    converted = to_stripe(amount_minor, currency)
    assert from_stripe(converted, currency) == amount_minor
    assert currency.lower() not in WHOLE_AS_TWO_DECIMALS or converted % 100 == 0


@pytest.fixture
def plain_charges(settings: pytest.FixtureRequest) -> None:
    settings.SHIPPING_FEE_MINOR = 0  # type: ignore[attr-defined]


@pytest.mark.django_db
@pytest.mark.usefixtures("plain_charges")
@pytest.mark.parametrize(
    ("currency", "price_minor", "charged"),
    [
        ("JPY", 1200, 1200),
        ("ISK", 2900, 290_000),
        ("UGX", 45_000, 4_500_000),
        ("KWD", 5120, 5120),
        ("HUF", 250_00, 25_000),
    ],
)
def test_order_is_charged_and_refunded_in_stripes_units(
    as_shopper: Client,
    client: Client,
    saved_address: Address,
    stripe: StandInStripe,
    currency: str,
    price_minor: int,
    charged: int,
) -> None:
    make_product("mug", price_minor=price_minor, currency=currency)
    assert buy(as_shopper, {"product": "mug"}).status_code == 201
    order = Order.objects.get()
    charge = stripe.pay(page_of(order))
    assert (charge["amount"], charge["currency"]) == (charged, currency.lower())
    deliver(client, stripe)
    order.refresh_from_db()
    assert order.state == "paid"
    stripe.refund_in_dashboard(charge["payment_intent"])
    deliver(client, stripe)
    order.refresh_from_db()
    assert (order.state, order.refunded_minor, Refund.objects.get().amount_minor) == (
        "refunded",
        price_minor,
        price_minor,
    )


@pytest.mark.django_db
@pytest.mark.usefixtures("plain_charges", "stripe")
@pytest.mark.parametrize(
    ("currency", "price_minor", "sentence"),
    [("KWD", 5124, "in steps of"), ("IRR", 5000, "Payments in IRR are not possible here.")],
)
def test_amount_that_stripe_cannot_charge_is_refused_before_anything_is_reserved(
    as_shopper: Client, saved_address: Address, currency: str, price_minor: int, sentence: str
) -> None:
    make_product("mug", price_minor=price_minor, currency=currency, stock=5)
    answer = buy(as_shopper, {"product": "mug"})
    assert (answer.status_code, sentence in answer.json()["detail"]) == (409, True)
    assert (Order.objects.count(), Product.objects.get().stock) == (0, 5)


@pytest.mark.django_db
@pytest.mark.usefixtures("plain_charges")
@pytest.mark.parametrize(("price_minor", "quantity"), [(1235, 2), (1, 10), (14, 10), (333, 20), (999, 10)])
def test_units_of_an_odd_price_are_refunded_one_by_one(
    as_shopper: Client, client: Client, saved_address: Address, stripe: StandInStripe, price_minor: int, quantity: int
) -> None:
    """Stripe refuses refunds whose last digit is not 0, as it refuses such charges."""
    make_product("mug", price_minor=price_minor, currency="KWD", stock=quantity)
    assert buy(as_shopper, {"product": "mug", "quantity": quantity}).status_code == 201
    order = Order.objects.get()
    charge = stripe.pay(page_of(order))
    deliver(client, stripe)
    line = order.lines.get()
    for _unit in range(quantity):
        refund = plan_refund(order_id=order.pk, quantities={line.pk: 1}, created_by=None, now=timezone.now())
        send_refund(refund_id=refund.pk, now=timezone.now())
    amounts = list(Refund.objects.values_list("amount_minor", flat=True))
    assert {amount % 10 for amount in amounts} == {0}
    assert max(amounts) - min(amounts) <= 10
    order.refresh_from_db()
    assert (sum(amounts), order.refunded_minor, order.state) == (charge["amount"], order.total_minor, "refunded")
    assert set(Refund.objects.values_list("state", flat=True)) == {"done"}
    assert charge["refunded"]


@pytest.mark.django_db
@pytest.mark.usefixtures("plain_charges")
def test_amount_between_the_steps_is_not_refunded(
    as_shopper: Client, client: Client, saved_address: Address, stripe: StandInStripe
) -> None:
    make_product("mug", price_minor=5000, currency="KWD")
    buy(as_shopper, {"product": "mug"})
    order = Order.objects.get()
    stripe.pay(page_of(order))
    deliver(client, stripe)
    with pytest.raises(RefundRefused, match="in steps of"):
        plan_amount_refund(order_id=order.pk, amount_minor=1005, created_by=None, now=timezone.now(), reason="")
    assert Refund.objects.count() == 0
    plan_amount_refund(order_id=order.pk, amount_minor=1010, created_by=None, now=timezone.now(), reason="")
    assert Refund.objects.get().amount_minor == 1010


@pytest.mark.django_db
@pytest.mark.parametrize("currency", sorted(MINIMUMS))
def test_order_below_stripes_smallest_charge_is_refused_in_a_sentence(
    currency: str, as_shopper: Client, saved_address: Address, stripe: StandInStripe, settings: Any
) -> None:
    least_minor = from_stripe(MINIMUMS[currency], currency)
    settings.CURRENCY, settings.SHIPPING_FEE_MINOR = currency, 0
    product = make_product("mug", currency=currency, price_minor=least_minor - 1, stock=5)
    response = buy(as_shopper, {"product": "mug"})
    assert response.status_code == 409 and "the payment service takes at least" in response.json()["detail"]
    assert (Order.objects.count(), Product.objects.get().stock) == (0, 5)
    Product.objects.filter(pk=product.pk).update(price_minor=least_minor)
    assert buy(as_shopper, {"product": "mug"}, "key-0002").status_code == 201


@pytest.mark.parametrize("currency", sorted(DIGITS))
def test_largest_charge_is_the_last_step_below_stripes_limit(currency: str) -> None:
    most_minor, limit = most_payable(currency), MAXIMUMS.get(currency, 99_999_999)
    assert to_stripe(most_minor, currency) <= limit < to_stripe(most_minor + payable_step(currency), currency)


@pytest.mark.django_db
@pytest.mark.parametrize("currency", ["USD", "EUR", "INR", "KWD", "ISK", "VND", "TWD"])
def test_order_above_stripes_largest_charge_is_refused_in_a_sentence(
    currency: str, as_shopper: Client, saved_address: Address, stripe: StandInStripe, settings: Any
) -> None:
    most_minor = most_payable(currency)
    settings.CURRENCY, settings.SHIPPING_FEE_MINOR = currency, 0
    too_much = most_minor + payable_step(currency)
    product = make_product("mug", currency=currency, price_minor=too_much, stock=5)
    response = buy(as_shopper, {"product": "mug"})
    assert response.status_code == 409 and "the payment service takes at most" in response.json()["detail"]
    assert (Order.objects.count(), Product.objects.get().stock) == (0, 5)
    Product.objects.filter(pk=product.pk).update(price_minor=most_minor)
    assert buy(as_shopper, {"product": "mug"}, "key-0002").status_code == 201
