"""Random orders through the database: any sequence of returns and amounts refunds exactly what was paid."""

import os

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from catalog.models import TaxClass
from shop.attribution import Buyer
from shop.models import Address, Click, Order, OrderLine, RefundLine
from shop.order_payment import pay_order
from shop.orders import RequestedItem, place_order
from shop.refunds import plan_amount_refund, plan_refund
from shop.shopper import Shopper
from tests.factories import make_category, make_creator, make_product, make_published_clip
from tests.shop.test_taxes import GERMAN, add_rate
from videos.models import Clip

EXAMPLES = 5 * int(os.environ.get("MONEY_SEQUENCES", "8"))
NOW = timezone.now()
PRICES = st.one_of(st.integers(0, 40), st.integers(0, 50_000))
RATES = st.sampled_from([0, 250, 700, 1900, 2500])


@pytest.mark.django_db
def test_any_sequence_refunds_exactly_what_was_paid(settings: LazySettings) -> None:
    clip = make_published_clip(make_creator(), products=[make_product("first"), make_product("second")])
    classes = [None, TaxClass.objects.create(name="Books"), TaxClass.objects.create(name="Food")]

    @hypothesis_settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        prices=st.lists(st.tuples(PRICES, st.integers(1, 6)), min_size=1, max_size=3),
        rates=st.tuples(RATES, RATES, RATES),
        is_included=st.booleans(),
        data=st.data(),
    )
    def refund_randomly(
        prices: list[tuple[int, int]], rates: tuple[int, int, int], is_included: bool, data: st.DataObject
    ) -> None:
        settings.PRICES_INCLUDE_TAX = is_included
        with transaction.atomic():
            for tax_class, rate_bps in zip(classes, rates, strict=True):
                add_rate(rate_bps, tax_class=tax_class)
            order = place_random_order(clip, classes, prices)
            refund_all(order, data)
            assert_all_was_refunded(order)
            transaction.set_rollback(True)

    refund_randomly()


def place_random_order(clip: Clip, classes: list[TaxClass | None], prices: list[tuple[int, int]]) -> Order:
    items = []
    for place, (price_minor, quantity) in enumerate(prices):
        category = make_category(f"category-{place}", tax_class=classes[place], commission_rate_bps=333)
        product = make_product(f"random-{place}", price_minor=price_minor, stock=quantity, category=category)
        Click.objects.create(clip=clip, product=product, visitor="random", clicked_at=NOW)
        items.append(RequestedItem(product.slug, quantity))
    buyer = Buyer(Shopper(user=None, visitor="random"), "fine@example.com", Address(**GERMAN))
    order = place_order(buyer=buyer, items=items, now=NOW)
    if order.total_minor:
        pay_order(order=order, now=NOW)
    else:
        Order.objects.filter(pk=order.pk).update(state="paid", paid_at=NOW)
    return order


def refund_all(order: Order, data: st.DataObject) -> None:
    """Refund units and amounts at random until nothing is left. None may be refused."""
    while lines := list(order.lines.filter(refunded_quantity__lt=F("quantity")).order_by("pk")):
        order.refresh_from_db()
        left_minor = order.total_minor - order.refunded_minor
        if left_minor > 1 and data.draw(st.booleans()):
            amount_minor = data.draw(st.integers(1, left_minor - 1))
            plan_amount_refund(order_id=order.pk, amount_minor=amount_minor, created_by=None, now=NOW, reason="")
        kept = {line.pk: data.draw(st.integers(0, line.refundable_quantity)) for line in lines}
        quantities = {line.pk: line.refundable_quantity - kept[line.pk] for line in lines}
        if any(quantities.values()):
            units = {line_id: quantity for line_id, quantity in quantities.items() if quantity}
            plan_refund(order_id=order.pk, quantities=units, created_by=None, now=NOW)


def assert_all_was_refunded(order: Order) -> None:
    order.refresh_from_db()
    names = ("goods_minor", "shipping_minor", "tax_minor", "amount_minor")
    sums = order.refunds.aggregate(**{name: Sum(name) for name in names})
    paid = [order.goods_minor, order.shipping_minor, order.tax_minor, order.total_minor]
    assert ([sums[name] for name in names], order.refunded_minor) == (paid, order.total_minor)
    by_rate = {tax["rate_bps"]: tax["tax_minor"] for tax in order.taxes}
    for refund in order.refunds.all():
        for tax in refund.taxes:
            by_rate[tax["rate_bps"]] -= tax["tax_minor"]
        assert (refund.state == "done") == (refund.amount_minor == 0)
    assert set(by_rate.values()) <= {0}
    reversed_minor = RefundLine.objects.filter(refund__order=order).aggregate(
        commission=Sum("commission_minor"), tax=Sum("tax_minor")
    )
    earned = OrderLine.objects.filter(order=order).aggregate(commission=Sum("commission_minor"), tax=Sum("tax_minor"))
    assert reversed_minor == earned
    assert order.state == "refunded"
