"""Orders of several sellers: what each of them gets, and its invoices and credit notes."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from catalog.models import Merchant
from shop.invoice_checks import find_invoice_problems
from shop.invoice_pdf import render_invoice_pdf
from shop.models import Invoice, Order, RefundShare
from shop.refunds import plan_amount_refund, plan_refund
from tests.shop.sellers import EMAIL, make_sellers, order_of
from tests.shop.test_discounts import make_code

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_request_limits")]
ALL = {"mug": 1, "stool": 2, "basket": 1}


@pytest.fixture
def sellers(settings: Settings) -> tuple[Merchant, Merchant]:
    settings.SHIPPING_FREE_FROM_MINOR = 1_000_000
    return make_sellers()


def year() -> int:
    return timezone.localdate().year


def lines_of(order: Order, name: str) -> dict[str, Any]:
    return dict(order.lines.values_list("product__slug", name))


def refund(order: Order, **quantities: int) -> None:
    ids = lines_of(order, "pk")
    chosen = {ids[slug]: quantity for slug, quantity in quantities.items()}
    plan_refund(order_id=order.pk, quantities=chosen or None, created_by=None, now=timezone.now())


def shares_of(order: Order) -> list[tuple[str, int, int]]:
    """Return each merchant's share of each refund: its amount, and the fee that comes back."""
    shares = RefundShare.objects.filter(refund__order=order).order_by("refund", "merchant")
    return list(shares.values_list("merchant__slug", "amount_minor", "fee_minor"))


@pytest.mark.usefixtures("sellers")
def test_fee_is_copied_to_the_lines_of_merchants_and_the_house_pays_none() -> None:
    order = order_of(ALL)
    assert lines_of(order, "fee_minor") == {"mug": 0, "stool": 1200, "basket": 167}
    assert lines_of(order, "fee_bps") == {"mug": 0, "stool": 1000, "basket": 500}
    Merchant.objects.filter(slug="oak").update(fee_bps=3000)
    assert lines_of(order_of({"stool": 1}, key="key-0002"), "fee_minor") == {"stool": 1800}
    assert lines_of(order, "fee_minor")["stool"] == 1200


@pytest.mark.parametrize(("is_included", "fee", "owed"), [(False, 600, 6600), (True, 500, 5500)])
@pytest.mark.usefixtures("sellers")
def test_fee_is_on_the_price_without_tax_and_the_tax_is_the_merchants(
    is_included: bool, fee: int, owed: int, settings: Settings
) -> None:
    settings.TAX_RATES_BPS, settings.PRICES_INCLUDE_TAX = {"US": 2000}, is_included
    line = order_of({"stool": 1}).lines.get()
    assert (line.fee_minor, line.owed_minor) == (fee, owed)


@pytest.mark.usefixtures("sellers")
def test_house_bears_the_discount_on_goods_of_merchants() -> None:
    make_code(percent_bps=5000)
    order = order_of({"mug": 1, "stool": 1}, discount_code="SUMMER10")
    line = order.lines.get(product__slug="stool")
    assert (line.amount_minor, line.discount_minor, line.fee_minor) == (3000, 3000, 300)
    assert line.owed_minor == 5700, "the whole price, less the fee on what the shopper paid"
    refund(order, stool=1)
    share = RefundShare.objects.get()
    assert (share.amount_minor, share.discount_minor, share.fee_minor) == (3000, 3000, 300)
    assert list(find_invoice_problems()) == []


@pytest.mark.usefixtures("sellers")
def test_each_seller_has_an_invoice_in_a_series_of_its_own() -> None:
    guest = Client()
    order = order_of(ALL, client=None)
    oak, reed = (Merchant.objects.get(slug=slug).pk for slug in ("oak", "reed"))
    totals = dict(order.invoices.order_by("pk").values_list("number", "total_minor"))
    assert totals == {
        f"INV-{year()}-000001": 2000 + order.shipping_minor,
        f"M{oak}-INV-{year()}-000001": 12000,
        f"M{reed}-INV-{year()}-000001": 3333,
    }
    assert sum(totals.values()) == order.total_minor
    order_of({"stool": 1}, key="key-0002")
    assert Invoice.objects.filter(number=f"M{oak}-INV-{year()}-000002", total_minor=6000).exists()
    content = order.invoices.get(merchant=oak).content
    assert content["seller"] == [
        "Oak",
        "Oak Goods Ltd",
        "2 Side Street",
        "Cork",
        "oak@example.com",
        "VAT number: IE6388047V",
    ]
    assert [row["text"] for row in content["rows"]] == ["Stool"]
    assert render_invoice_pdf(order.invoices.get(merchant=oak)).startswith(b"%PDF")
    guest.get(order.link_path)
    guest.post("/orders/find/", {"code": order.code, "email": EMAIL})
    page = guest.get(f"/orders/{order.code}/").content.decode()
    assert all(number in page for number in totals)
    assert "<bdi>Oak</bdi>" in page
    described = guest.get(f"/api/v1/orders/{order.code}/").json()["invoices"]
    assert [document["seller"] for document in described] == ["", "Oak", "Reed"]
    assert list(find_invoice_problems()) == []


@pytest.mark.usefixtures("sellers")
def test_refund_of_one_seller_is_a_credit_note_of_that_seller() -> None:
    order = order_of(ALL)
    refund(order, stool=1)
    refund(order, basket=1)
    assert shares_of(order) == [("oak", 6000, 600), ("reed", 3333, 167)]
    notes = order.invoices.exclude(refund=None).order_by("pk")
    assert [(note.merchant.slug, note.total_minor) for note in notes] == [("oak", 6000), ("reed", 3333)]
    refund(order)
    order.refresh_from_db()
    assert (order.state, order.refunded_minor) == ("refunded", order.total_minor)
    notes = order.invoices.exclude(refund=None).order_by("pk")
    assert [(note.merchant.slug, note.total_minor) for note in notes][2:] == [
        ("house", 2000 + order.shipping_minor),
        ("oak", 6000),
    ]
    assert list(find_invoice_problems()) == []


@pytest.mark.usefixtures("sellers")
def test_shipping_comes_back_with_the_last_units_of_all_sellers() -> None:
    order = order_of({"mug": 1, "basket": 1})
    assert order.shipping_minor
    refund(order, mug=1)
    assert order.refunds.get().shipping_minor == 0
    refund(order, basket=1)
    last = order.refunds.latest("pk")
    assert (last.shipping_minor, last.amount_minor) == (order.shipping_minor, 3333 + order.shipping_minor)
    assert shares_of(order) == [("reed", 3333, 167)]
    assert list(find_invoice_problems()) == []


@pytest.mark.parametrize("is_included", [False, True])
@pytest.mark.parametrize("amount_minor", [1, 700, 9999])
@pytest.mark.parametrize("steps", [("mug", "stool", "basket", "stool"), ("stool", "stool", "basket", "mug")])
@pytest.mark.usefixtures("sellers")
def test_amounts_and_units_in_any_order_refund_each_seller_exactly(
    is_included: bool, amount_minor: int, steps: tuple[str, ...], settings: Settings
) -> None:
    settings.TAX_RATES_BPS, settings.PRICES_INCLUDE_TAX = {"US": 725}, is_included
    order = order_of(ALL)
    refund(order, **{steps[0]: 1})
    plan_amount_refund(order_id=order.pk, amount_minor=amount_minor, created_by=None, now=timezone.now(), reason="Late")
    for slug in steps[1:]:
        refund(order, **{slug: 1})
    order.refresh_from_db()
    assert (order.state, order.refunded_minor) == ("refunded", order.total_minor)
    for invoice in order.invoices.filter(refund=None):
        notes = order.invoices.filter(merchant=invoice.merchant).exclude(refund=None)
        assert sum(note.total_minor for note in notes) == invoice.total_minor
        assert sum(note.tax_minor for note in notes) == invoice.tax_minor
    fees = dict.fromkeys(("oak", "reed"), 0)
    for slug, _amount, fee_minor in shares_of(order):
        fees[slug] += fee_minor
    assert fees == {"oak": lines_of(order, "fee_minor")["stool"], "reed": lines_of(order, "fee_minor")["basket"]}
    assert list(find_invoice_problems()) == []


@pytest.mark.usefixtures("sellers")
def test_wrong_document_of_a_merchant_is_named() -> None:
    order = order_of(ALL)
    refund(order, stool=1)
    for invoice in order.invoices.filter(merchant__slug="oak"):
        Invoice.objects.filter(pk=invoice.pk).update(total_minor=invoice.total_minor - 1)
    problems = "\n".join(find_invoice_problems())
    assert problems.count("its seller's part") == 2
    assert "The invoices of order" in problems and "The credit notes of order" in problems
