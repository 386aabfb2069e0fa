"""Tax by country, region and class, in prices or added to them, on orders, commissions and refunds."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from catalog.models import TaxClass
from shop.models import Address, Order, TaxRate
from shop.rates import Destination, find_tax_rates
from shop.refunds import plan_amount_refund, plan_refund
from tests.factories import make_category, make_creator, make_product, make_published_clip
from tests.shop.conftest import ADDRESS, buy, token_of

pytestmark = pytest.mark.django_db
GERMAN = {**ADDRESS, "country_code": "DE", "city": "Berlin", "region": "", "postal_code": "10115"}


def add_rate(rate_bps: int, *, tax_class: TaxClass | None = None, days_ago: int = 1, **place: str) -> TaxRate:
    values = {"country_code": "DE"} | place
    since = timezone.localdate() - timedelta(days=days_ago)
    return TaxRate.objects.create(rate_bps=rate_bps, tax_class=tax_class, valid_from=since, **values)


def place_order(client: Client, body: dict[str, object]) -> Order:
    response = buy(client, {"address": GERMAN, "email": "fine@example.com"} | body)
    assert response.status_code == 201, response.content
    return Order.objects.get(code=response.json()["code"])


def test_most_special_current_rate_counts(settings: LazySettings) -> None:
    food, books = TaxClass.objects.create(name="Food"), TaxClass.objects.create(name="Books")
    add_rate(400, country_code="US")
    add_rate(725, country_code="US", region="CA")
    add_rate(0, country_code="US", tax_class=food)
    add_rate(100, country_code="US", tax_class=food, region="NY", days_ago=9)
    add_rate(200, country_code="US", tax_class=food, region="NY")
    add_rate(9900, country_code="US", tax_class=food, region="NY", days_ago=-1)
    settings.TAX_RATES_BPS = {"US": 1, "FR": 2000}

    def rates_of(country_code: str, region: str) -> tuple[int, int, int]:
        destination = Destination(country_code, region)
        rates = find_tax_rates([food.pk, books.pk], destination, now=timezone.now())
        return rates[None], rates[food.pk], rates[books.pk]

    assert rates_of("US", "") == (400, 0, 400)
    assert rates_of("US", " california ") == (725, 0, 725)
    assert rates_of("US", "ny") == (400, 200, 400)
    assert rates_of("FR", "") == (2000, 2000, 2000)
    assert rates_of("GB", "") == (0, 0, 0)


def test_order_keeps_the_tax_of_each_rate_and_line(client: Client) -> None:
    books = TaxClass.objects.create(name="Books")
    add_rate(1900)
    add_rate(700, tax_class=books)
    make_product("mug", price_minor=1000)
    make_product("novel", price_minor=500, category=make_category("novels", tax_class=books))
    order = place_order(client, {"lines": [{"product": "mug"}, {"product": "novel", "quantity": 2}]})
    TaxRate.objects.update(rate_bps=1)
    order.refresh_from_db()
    assert (order.goods_minor, order.shipping_minor, order.tax_minor, order.total_minor) == (2000, 499, 325, 2824)
    assert order.taxes == [
        {"rate_bps": 1900, "net_minor": 1250, "tax_minor": 238},
        {"rate_bps": 700, "net_minor": 1249, "tax_minor": 87},
    ]
    lines = order.lines.order_by("pk").values_list("tax_rate_bps", "tax_minor")
    assert (list(lines), order.shipping_tax_minor) == ([(1900, 190), (700, 70)], 65)


def test_included_tax_leaves_the_price_and_commission_is_earned_without_it(
    client: Client, settings: LazySettings
) -> None:
    settings.PRICES_INCLUDE_TAX = True
    add_rate(1900)
    mug = make_product("mug", price_minor=11900, category=make_category("beauty", commission_rate_bps=1000))
    clip = make_published_clip(make_creator(), products=[mug, make_product()])
    order = place_order(client, {"product": "mug", "seen": token_of(clip, client)})
    assert (order.goods_minor, order.tax_minor, order.total_minor) == (11900, 1900, 11900)
    line = order.lines.get()
    assert (line.net_minor, line.commission_minor) == (10000, 1000)


def test_product_class_comes_before_that_of_its_category(client: Client) -> None:
    books, toys = TaxClass.objects.create(name="Books"), TaxClass.objects.create(name="Toys")
    add_rate(1900)
    add_rate(700, tax_class=books)
    make_product("mug", price_minor=10000, category=make_category("novels", tax_class=books), tax_class=toys)
    assert place_order(client, {"product": "mug"}).tax_minor == 1900


@pytest.mark.parametrize(("is_included", "total_minor"), [(False, 10000), (True, 8403)])
def test_business_in_another_country_of_the_eu_pays_no_tax(
    client: Client, settings: LazySettings, is_included: bool, total_minor: int
) -> None:
    settings.PRICES_INCLUDE_TAX, settings.SHOP_COUNTRY = is_included, "FR"
    add_rate(1900)
    make_product("mug", price_minor=10000)
    order = place_order(client, {"product": "mug", "vat_number": "de 136 695 976"})
    assert (order.total_minor, order.tax_minor, order.taxes) == (total_minor, 0, [])
    assert (order.is_reverse_charged, order.prices_include_tax, order.vat_number) == (True, False, "DE136695976")
    settings.SHOP_COUNTRY = "DE"
    order = Order.objects.get(
        code=buy(
            client,
            {"product": "mug", "vat_number": "DE136695976", "address": GERMAN, "email": "fine@example.com"},
            "key-0002",
        ).json()["code"]
    )
    assert (order.is_reverse_charged, order.tax_minor > 0, order.vat_number) == (False, True, "DE136695976")


def test_wrong_vat_number_is_refused_at_its_field(client: Client) -> None:
    make_product("mug")
    body = {"product": "mug", "address": GERMAN, "email": "fine@example.com", "vat_number": "DE136695970"}
    response = buy(client, body)
    assert response.status_code == 400
    assert response.json() == {
        "vat_number": ["This is not a valid VAT number of Germany. Check it, or leave this field empty."]
    }
    assert Order.objects.count() == 0


@pytest.mark.parametrize("is_included", [False, True])
@pytest.mark.parametrize("has_amount_refunds", [False, True])
def test_twenty_cheap_units_returned_one_by_one(
    client: Client, settings: LazySettings, is_included: bool, has_amount_refunds: bool
) -> None:
    settings.PRICES_INCLUDE_TAX = is_included
    add_rate(1900)
    make_product("pen", price_minor=29, stock=20)
    order = place_order(client, {"product": "pen", "quantity": 20})
    line = order.lines.get()
    for unit in range(20):
        if has_amount_refunds and unit % 8 == 1:
            plan_amount_refund(order_id=order.pk, amount_minor=113, created_by=None, now=timezone.now(), reason="")
        plan_refund(order_id=order.pk, quantities={line.pk: 1}, created_by=None, now=timezone.now())
    order.refresh_from_db()
    refunds = list(order.refunds.order_by("pk"))
    assert (order.state, order.refunded_minor) == ("refunded", order.total_minor)
    assert sum(refund.amount_minor for refund in refunds) == order.total_minor
    assert sum(refund.tax_minor for refund in refunds) == order.tax_minor
    assert sum(refund.goods_minor for refund in refunds) == order.goods_minor
    assert sum(refund.shipping_minor for refund in refunds) == order.shipping_minor
    if not has_amount_refunds:
        assert {refund.amount_minor for refund in refunds[:-1]} == ({29} if is_included else {34, 35})


def test_goods_whose_price_was_refunded_before_come_back_for_nothing(
    as_shopper: Client, saved_address: Address
) -> None:
    make_product("mug", price_minor=1000, stock=5)
    buy(as_shopper, {"product": "mug", "quantity": 2})
    order = Order.objects.get()
    plan_amount_refund(
        order_id=order.pk, amount_minor=order.total_minor - 1, created_by=None, now=timezone.now(), reason="Late"
    )
    amounts = []
    for _unit in range(2):
        refund = plan_refund(
            order_id=order.pk, quantities={order.lines.get().pk: 1}, created_by=None, now=timezone.now()
        )
        amounts.append((refund.amount_minor, refund.state))
    assert amounts == [(1, "planned"), (0, "done")]
    order.refresh_from_db()
    assert (order.state, order.refunded_minor, order.lines.get().product.stock) == ("refunded", order.total_minor, 5)


@pytest.mark.parametrize(
    "change",
    [
        {"total_minor": 1},
        {"prices_include_tax": True},
        {"tax_minor": 10_000, "total_minor": 13_498},
        {"shipping_tax_minor": 1},
        {"is_reverse_charged": True},
    ],
)
def test_database_refuses_totals_that_do_not_add_up(client: Client, change: dict[str, object]) -> None:
    add_rate(1900, country_code="US")
    make_product("mug", price_minor=2999)
    order = place_order(client, {"product": "mug", "address": ADDRESS})
    Order.objects.filter(pk=order.pk).update(shipping_tax_minor=0)
    if "shipping_tax_minor" in change:
        change = {"shipping_tax_minor": order.tax_minor + 1}
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(**change)


@pytest.mark.parametrize(("currency", "price_minor", "tax_minor"), [("JPY", 6800, 680), ("KWD", 12_345, 1234)])
def test_currencies_without_or_with_three_decimals_are_taxed_in_their_units(
    client: Client, settings: Settings, currency: str, price_minor: int, tax_minor: int
) -> None:
    settings.SHIPPING_BY_CURRENCY = {currency: (500, 9000)}
    add_rate(1000)
    make_product("mug", price_minor=price_minor, currency=currency)
    order = place_order(client, {"product": "mug"})
    assert (order.goods_minor, order.lines.get().tax_minor) == (price_minor, tax_minor)
