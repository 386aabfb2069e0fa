"""Orders from before rates were recorded keep their totals; their tax is divided among lines and shipping."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.utils import timezone

from shop.models import Address, Order, OrderLine, Refund, TaxRate
from shop.refunds import plan_refund
from tests.factories import make_product
from tests.shop.conftest import buy

pytestmark = pytest.mark.django_db
migration = import_module("shop.migrations.0006_fill_tax_by_rate")


@pytest.fixture
def old_order(as_shopper: Client, saved_address: Address) -> Order:
    """Return a paid order as version 0.2.0 stored it: two lines, 19 % tax on goods and shipping."""
    make_product("mug", price_minor=333)
    make_product("lamp", price_minor=1000)
    buy(as_shopper, {"lines": [{"product": "mug", "quantity": 3}, {"product": "lamp"}]})
    Order.objects.update(tax_minor=475, total_minor=1999 + 499 + 475)
    OrderLine.objects.update(tax_rate_bps=None)
    return Order.objects.get()


def fill() -> None:
    with connection.cursor() as cursor:
        for statement in (migration.LINES, migration.ORDERS, migration.REFUNDS):
            cursor.execute(statement)


def test_tax_of_an_old_order_is_divided(old_order: Order) -> None:
    fill()
    old_order.refresh_from_db()
    assert list(old_order.lines.order_by("pk").values_list("tax_minor", flat=True)) == [189, 191]
    assert (old_order.shipping_tax_minor, old_order.total_minor) == (95, 2973)
    assert old_order.taxes == [{"rate_bps": None, "net_minor": 2498, "tax_minor": 475}]


def test_order_that_was_partly_refunded_before_is_refunded_wholly(old_order: Order) -> None:
    mug = old_order.lines.get(product__slug="mug")
    values = {"order": old_order, "currency": "USD", "state": "done", "created_at": timezone.now()}
    values["send_after"] = timezone.now()
    Refund.objects.create(goods_minor=333, tax_minor=63, amount_minor=396, **values)
    Refund.objects.create(amount_minor=100, **values)
    OrderLine.objects.filter(pk=mug.pk).update(refunded_quantity=1)
    Order.objects.update(refunded_minor=496, state="partly_refunded")
    fill()
    for quantities in ({mug.pk: 1}, None):
        plan_refund(order_id=old_order.pk, quantities=quantities, created_by=None, now=timezone.now())
    old_order.refresh_from_db()
    assert (old_order.state, old_order.refunded_minor) == ("refunded", 2973)
    assert sum(old_order.refunds.values_list("amount_minor", flat=True)) == 2973


def test_order_page_shows_an_unknown_rate_without_a_percentage(old_order: Order, as_shopper: Client) -> None:
    fill()
    page = as_shopper.get(old_order.get_absolute_url()).content.decode()
    assert "<dt>Tax</dt>" in page
    assert "$4.75" in page


def test_rates_of_the_setting_are_copied(settings: LazySettings) -> None:
    settings.TAX_RATES_BPS = {"DE": 1900, "US": 0}
    migration.copy_rates(apps, SimpleNamespace(connection=connection))
    rates = TaxRate.objects.order_by("country_code").values_list("country_code", "region", "tax_class", "rate_bps")
    assert list(rates) == [("DE", "", None, 1900), ("US", "", None, 0)]
