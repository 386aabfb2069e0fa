"""Invoices and credit notes: who gets them, what they say, and numbers without gaps."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from catalog import site
from catalog.models import Product
from catalog.pdf import FACES
from shop.attribution import Buyer
from shop.checkout import check_out
from shop.disputes import record_dispute_news
from shop.invoice_checks import find_invoice_problems
from shop.invoice_pdf import render_invoice_pdf
from shop.mail import mail_orders
from shop.models import Address, Invoice, InvoiceSeries, Order
from shop.orders import RequestedItem, place_order
from shop.outside_refunds import book_outside_refund
from shop.providers.port import DisputeNews, Particulars
from shop.refunds import cancel_paid_order, plan_amount_refund, plan_refund
from shop.release import release_order
from shop.shopper import Shopper
from shop.states import RefundState
from tests.conftest import client_of
from tests.factories import make_product, make_user
from tests.pdf_reader import find_word, read_lines
from tests.shop.conftest import ADDRESS, buy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_request_limits")]
EMAIL = "guest@example.com"
GERMAN = {**ADDRESS, "country_code": "DE", "city": "Berlin", "region": "", "postal_code": "10115"}


def sell(client: Client | None = None, key: str = "key-0001", **body: Any) -> Order:
    """Sell a mug to a guest, who pays at once, and return the order."""
    if not Product.objects.filter(slug="mug").exists():
        make_product("mug", stock=50, price_minor=2000)
    response = buy(client or Client(), {"product": "mug", "email": EMAIL, "address": ADDRESS} | body, key=key)
    assert response.status_code == 201, response.content
    return Order.objects.get(code=response.json()["code"])


def numbers_of(order: Order) -> list[str]:
    return list(order.invoices.order_by("pk").values_list("number", flat=True))


def texts_of(invoice: Invoice) -> str:
    return str(invoice.content)


def staff(role: str) -> Client:
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return client_of(user)


def year() -> int:
    return timezone.localdate().year


def test_paid_order_has_an_invoice_on_its_page_in_the_api_and_in_the_email() -> None:
    guest = Client()
    order = sell(guest)
    [number] = numbers_of(order)
    assert number == f"INV-{year()}-000001"
    address = f"/orders/{order.code}/invoices/{number}/"
    assert address in guest.get(f"/orders/{order.code}/").content.decode()
    [described] = guest.get(f"/api/v1/orders/{order.code}/").json()["invoices"]
    assert (described["kind"], described["number"], described["url"]) == ("invoice", number, address)
    assert described["total"]["amount_minor"] == order.total_minor == 2499
    pdf = guest.get(address)
    assert (pdf.status_code, pdf["Content-Type"]) == (200, "application/pdf")
    assert pdf.content.startswith(b"%PDF")
    mail_orders(now=timezone.now())
    assert f"Invoice {number} is on the page of your order:" in str(mail.outbox[-1].body)


def test_invoice_is_for_its_shopper_and_finance_alone(shopper: User) -> None:
    order = sell()
    address = Invoice.objects.get().get_absolute_url()
    assert [client.get(address).status_code for client in (Client(), client_of(shopper))] == [404, 404]
    friend = Client()
    friend.get(order.link_path)
    assert friend.get(address).headers["Location"] == f"/orders/find/?code={order.code}"
    assert "INV-" not in friend.get(f"/orders/{order.code}/").content.decode()
    assert friend.get(f"/api/v1/orders/{order.code}/").json()["invoices"] == []
    friend.post("/orders/find/", {"code": order.code, "email": EMAIL})
    assert friend.get(address).status_code == 200
    assert friend.get(address.replace("000001", "000002")).status_code == 404
    finance = staff("Finance")
    catalogue = staff("Catalogue manager")
    assert [client.get(address).status_code for client in (finance, catalogue)] == [200, 404]


def test_pdf_says_the_same_after_everything_has_changed() -> None:
    site.keep_site(site.Site("Inspire", postal_address="Inspire Ltd\n1 High Street", vat_number="IE6388047V"))
    order = sell()
    invoice = Invoice.objects.get()
    before = render_invoice_pdf(invoice)
    Product.objects.update(name="Cup", price_minor=1, name_translations={"en": "Cup"})
    Order.objects.update(name="Somebody Else")
    site.keep_site(site.Site("Other"))
    invoice.refresh_from_db()
    assert render_invoice_pdf(invoice) == before
    assert numbers_of(order) == [f"INV-{year()}-000001"]
    drawn = read_lines(before)
    for word in ("Inspire", "High", "IE6388047V", "Sam", "Springfield", "Mug", "$20.00", "$4.99", "$24.99", order.code):
        assert find_word(drawn, word, list(FACES.values())), word


@pytest.mark.parametrize(("language", "name"), [("ar", "كوب"), ("he", "ספל")])
def test_pdf_is_in_the_language_of_the_order_from_right_to_left(language: str, name: str) -> None:
    make_product("mug", price_minor=2000, name_translations={language: name})
    body = {"product": "mug", "email": EMAIL, "address": ADDRESS, "expected_total_minor": 2499}
    headers = {"Idempotency-Key": "key-0001", "Accept-Language": language}
    response = Client().post("/api/v1/checkout/", body, content_type="application/json", headers=headers)
    assert response.status_code == 201, response.content
    pdf = render_invoice_pdf(Invoice.objects.get())
    assert f"/Lang ({language})".encode() in pdf
    assert find_word(read_lines(pdf), name, list(FACES.values()))


def test_render_that_fails_loses_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    guest = Client(raise_request_exception=False)
    address = sell(guest) and Invoice.objects.get().get_absolute_url()
    with monkeypatch.context() as patch:
        patch.setattr("shop.invoice_pdf.new_pdf", lambda _title: 1 / 0)
        assert guest.get(address).status_code == 500
        assert numbers_of(sell(guest, "key-0002")) == [f"INV-{year()}-000002"]
    assert guest.get(address).status_code == 200
    assert list(find_invoice_problems()) == []


def test_order_that_is_cancelled_unpaid_has_none_and_a_paid_one_a_credit_note(order: Order, settings: Settings) -> None:
    """The order of the fixture waits for its payment."""
    release_order(order_id=order.pk, now=timezone.now())
    order.refresh_from_db()
    assert (order.state, Invoice.objects.count(), InvoiceSeries.objects.count()) == ("cancelled", 0, 0)
    settings.PAYMENT_PROVIDER = "demo"
    paid = sell()
    cancel_paid_order(order_id=paid.pk, created_by=None, now=timezone.now())
    assert numbers_of(paid) == [f"INV-{year()}-000001", f"CN-{year()}-000001"]
    note = Invoice.objects.get(refund__isnull=False)
    assert note.total_minor == paid.total_minor
    assert f"For invoice INV-{year()}-000001" in texts_of(note)


def test_each_refund_has_a_credit_note_and_they_add_up(settings: Settings) -> None:
    settings.TAX_RATES_BPS = {"US": 825}
    order, now = sell(quantity=3), timezone.now()
    line = order.lines.get()
    plan_amount_refund(order_id=order.pk, amount_minor=333, created_by=None, now=now, reason="Scratched")
    plan_refund(order_id=order.pk, quantities={line.pk: 1}, created_by=None, now=now)
    plan_refund(order_id=order.pk, created_by=None, now=now)
    notes = list(order.invoices.exclude(refund=None).order_by("pk"))
    assert [note.number for note in notes] == [f"CN-{year()}-00000{number}" for number in (1, 2, 3)]
    assert sum(note.total_minor for note in notes) == order.total_minor
    assert sum(note.tax_minor for note in notes) == order.tax_minor
    assert [row["text"] for row in notes[0].content["rows"]] == ["Price reduction"]
    assert [(row["text"], row["quantity"]) for row in notes[1].content["rows"]] == [("Mug", "1")]
    assert list(find_invoice_problems()) == []


def test_refund_outside_and_lost_dispute_have_credit_notes(settings: Settings) -> None:
    settings.PAYMENT_PROVIDER = "demo"
    outside, disputed, now = sell(), sell(key="key-0002"), timezone.now()
    payment = outside.payments.get()
    book_outside_refund(payment=payment, amount_minor=100, reference="re_1", state=RefundState.DONE, now=now)
    lost = disputed.payments.get()
    particulars = Particulars(
        amount_minor=lost.amount_minor, currency="USD", key=lost.key, installation=lost.installation
    )
    news = DisputeNews(reference="dp_1", payment_reference=lost.reference, stage="lost", particulars=particulars)
    record_dispute_news(provider=lost.provider, news=news, now=now)
    totals = dict(Invoice.objects.exclude(refund=None).values_list("order__code", "total_minor"))
    assert totals == {outside.code: 100, disputed.code: disputed.total_minor}
    assert list(find_invoice_problems()) == []


def test_order_of_nothing_has_an_invoice_and_its_cancellation_a_credit_note(settings: Settings) -> None:
    settings.SHIPPING_FEE_MINOR = 0
    make_product("mug", price_minor=0)
    order = sell()
    cancel_paid_order(order_id=order.pk, created_by=None, now=timezone.now())
    assert list(Invoice.objects.values_list("total_minor", flat=True)) == [0, 0]
    assert list(find_invoice_problems()) == []


def test_business_abroad_reads_that_the_tax_is_reverse_charged(settings: Settings) -> None:
    settings.SHOP_COUNTRY, settings.TAX_RATES_BPS = "IE", {"DE": 1900}
    order = sell(address=GERMAN, vat_number="DE136695976")
    assert order.is_reverse_charged
    text = texts_of(Invoice.objects.get())
    assert "Reverse charge: no VAT is charged. The buyer accounts for it." in text
    assert "DE136695976" in text


@pytest.mark.parametrize(
    ("numbers", "zone", "expected"),
    [
        ("yearly", "UTC", ["INV-2026-000001", "INV-2026-000002", "INV-2027-000001"]),
        ("yearly", "Asia/Tokyo", ["INV-2026-000001", "INV-2027-000001", "INV-2027-000002"]),
        ("continuous", "UTC", ["INV-000001", "INV-000002", "INV-000003"]),
    ],
)
def test_numbers_begin_anew_at_midnight_of_the_shop(
    settings: Settings, numbers: str, zone: str, expected: list[str]
) -> None:
    settings.INVOICE_NUMBERS, settings.TIME_ZONE = numbers, zone
    make_product("mug")
    midnight = datetime(2027, 1, 1, tzinfo=UTC)
    buyer = Buyer(Shopper(None, "visitor"), EMAIL, Address(**ADDRESS))
    for number, moment in enumerate((midnight - timedelta(days=1), midnight - timedelta(seconds=1), midnight)):
        check_out(buyer=buyer, items=[RequestedItem("mug", 1)], key=f"key-{number:05}", now=moment)
    assert list(Invoice.objects.order_by("pk").values_list("number", flat=True)) == expected


def forget_invoices() -> None:
    """Make all orders look as if they had been paid before there were invoices."""
    Invoice.objects.all().delete()
    InvoiceSeries.objects.all().delete()


def issue(client: Client, *orders: Order) -> str:
    """Ask for the missing invoices of orders, confirm it, and return the page that follows."""
    body = {"action": "issue_missing_invoices", "_selected_action": [order.pk for order in orders]}
    page = client.post("/admin/shop/order/", body)
    if seen := re.search(r'name="seen" value="(\w+)"', page.content.decode()):
        page = client.post("/admin/shop/order/", {**body, "confirmed": "yes", "seen": seen[1]})
    return unescape(client.get("/admin/shop/order/").content.decode())


def test_order_older_than_invoices_gets_them_on_request(settings: Settings) -> None:
    order = sell()
    forget_invoices()
    plan_amount_refund(order_id=order.pk, amount_minor=100, created_by=None, now=timezone.now(), reason="Late")
    assert not order.invoices.exists()
    buyer = Buyer(Shopper(None, "visitor"), EMAIL, Address(**ADDRESS))
    unpaid = place_order(buyer=buyer, items=[RequestedItem("mug", 1)], now=timezone.now())
    issue(staff("Catalogue manager"), order, unpaid)
    assert not Invoice.objects.exists()
    finance = staff("Finance")
    answer = issue(finance, order, unpaid)
    assert "2 documents were issued." in answer
    assert "1 was left alone: This order has not been paid." in answer
    assert "1 was left alone: This order has its invoice." in issue(finance, order)
    assert (numbers_of(order), numbers_of(unpaid)) == ([f"INV-{year()}-000001", f"CN-{year()}-000001"], [])
    assert "Issued missing invoices" in finance.get(f"/admin/shop/order/{order.pk}/history/").content.decode()


def test_command_issues_what_is_missing_in_the_order_of_payment(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = sell(), sell(key="key-0002")
    forget_invoices()
    Order.objects.filter(pk=second.pk).update(paid_at=timezone.now() - timedelta(days=3))
    call_command("issue_invoices", since=(timezone.localdate() - timedelta(days=9)))
    assert "2 invoices and credit notes for 2 orders." in capsys.readouterr().out
    assert (numbers_of(second), numbers_of(first)) == ([f"INV-{year()}-000001"], [f"INV-{year()}-000002"])
    call_command("verify_invoices")


def test_verification_tells_of_a_gap_and_of_a_missing_invoice() -> None:
    orders = [sell(key=f"key-000{number}") for number in range(3)]
    orders[1].invoices.all().delete()
    with pytest.raises(CommandError, match=r"Problems: 2\."):
        call_command("verify_invoices")
    gap, missing = find_invoice_problems()
    assert gap == f"INV-{year()} has 2 numbers up to 3, and 3 were spent."
    assert missing == f"Order {orders[1].code} has no invoice."


def test_finance_lists_searches_and_exports_invoices(settings: Settings) -> None:
    settings.TAX_RATES_BPS = {"US": 825}
    order = sell()
    finance = staff("Finance")
    listed = finance.get("/admin/shop/invoice/", {"q": order.code}).content.decode()
    assert f"INV-{year()}-000001" in unescape(listed)
    body = {"action": "download_as_csv", "_selected_action": [Invoice.objects.get().pk]}
    rows = finance.post("/admin/shop/invoice/", body).content.decode("utf-8-sig").splitlines()
    day = timezone.localdate().isoformat()
    assert rows[1] == f"INV-{year()}-000001,invoice,{day},{order.code},,US,,no,USD,24.99,2.06,27.05,8.25%: 2.06,House"
    page = finance.get(f"/admin/shop/order/{order.pk}/change/").content.decode()
    assert re.search(rf"/orders/{order.code}/invoices/INV-{year()}-000001/", page)
    assert finance.post(f"/admin/shop/invoice/{Invoice.objects.get().pk}/delete/").status_code == 403


def test_invoices_are_in_the_download_of_personal_data(shopper: User) -> None:
    sell(client_of(shopper))
    client = client_of(shopper)
    client.post("/accounts/reauthenticate/", {"password": "correct horse battery"})
    [invoice] = client.get("/accounts/data/").json()["invoices"]
    assert (invoice["number"], invoice["total_minor"]) == (f"INV-{year()}-000001", 2499)
