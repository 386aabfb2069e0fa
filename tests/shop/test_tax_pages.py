"""Staff edit tax rates, and the tax stands by rate on the bag, the order, its emails, the statement and in admin."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import Group
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import TaxClass
from feedsite.roles import sync_roles
from payouts.tally import tally
from shop.mail import mail_orders
from shop.models import Address, Order, OrderLine, TaxRate
from shop.refund_dispatch import send_refund
from shop.refunds import plan_refund
from tests.conftest import client_of
from tests.factories import make_category, make_creator, make_product, make_published_clip, make_user
from tests.html_forms import read_form
from tests.shop.conftest import buy, quote, token_of
from tests.shop.test_taxes import GERMAN, add_rate

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[False, True], ids=["added", "included"])
def is_included(request: pytest.FixtureRequest, settings: LazySettings) -> bool:
    settings.PRICES_INCLUDE_TAX = request.param
    add_rate(1900)
    add_rate(700, tax_class=TaxClass.objects.create(name="Books"))
    return bool(request.param)


@pytest.fixture
def german_address(shopper: User) -> Address:
    return Address.objects.create(user=shopper, **GERMAN)


def plain(html: str) -> str:
    return " ".join(html.split())


def test_bag_shows_the_tax_of_each_rate(as_shopper: Client, german_address: Address, is_included: bool) -> None:
    make_product("mug", price_minor=2000, stock=9)
    make_product("novel", price_minor=1070, category=make_category("novels", tax_class=TaxClass.objects.get()))
    for slug in ("mug", "novel"):
        as_shopper.post("/bag/", {"product": slug, "quantity": 1, "then": "bag"})
    page = plain(as_shopper.get("/bag/").content.decode())
    expected = (
        ["Includes VAT 19%", "$3.71", "Includes VAT 7%", "$0.81", "$35.69"]
        if is_included
        else ["VAT 19%", "$4.42", "VAT 7%", "$0.87", "$40.98"]
    )
    assert [text for text in expected if text not in page] == []
    assert ("Includes VAT" in page) == is_included


def test_bag_says_that_tax_follows_while_nobody_knows_where_it_goes(
    client: Client, as_shopper: Client, german_address: Address, is_included: bool
) -> None:
    make_product("mug", stock=9)
    notes = []
    for buyer in (client, as_shopper):
        buyer.post("/bag/", {"product": "mug", "quantity": 1})
        notes.append("Plus tax, which is counted at checkout." in buyer.get("/bag/").content.decode())
    TaxRate.objects.all().delete()
    assert notes == [not is_included, False]
    assert "Plus tax" not in client.get("/bag/").content.decode()


def test_order_emails_and_admin_show_the_tax(
    as_shopper: Client, german_address: Address, is_included: bool, mailoutbox: list[EmailMessage], admin_client: Client
) -> None:
    make_product("mug", price_minor=2000, stock=9)
    buy(as_shopper, {"product": "mug", "quantity": 2, "vat_number": "DE136695976"})
    order = Order.objects.get()
    refund = plan_refund(
        order_id=order.pk, quantities={order.lines.get().pk: 1}, created_by=None, now=timezone.now(), reason="Chipped"
    )
    send_refund(refund_id=refund.pk, now=timezone.now())
    mail_orders(now=timezone.now())
    tax, refunded_tax = ("$6.39", "$3.20") if is_included else ("$7.60", "$3.80")
    label = "Includes VAT 19%" if is_included else "VAT 19%"
    page = plain(as_shopper.get(f"/orders/{order.code}/").content.decode())
    assert f"{label}</dt>" in page
    assert f">{tax}</dd>" in page
    assert f'Includes VAT 19% <bdi class="push digits" dir="ltr">−{refunded_tax}</bdi>' in page
    assert "DE136695976" in page
    confirmation, notice = (mail.body for mail in mailoutbox)
    assert f"\n{label}  {tax}\n" in confirmation
    assert "VAT number  DE136695976" in confirmation
    assert f"Includes VAT 19%  {refunded_tax}" in notice
    staff_page = plain(admin_client.get(f"/admin/shop/order/{order.pk}/change/").content.decode())
    assert f"VAT 19%: {tax}" in staff_page
    assert "DE136695976" in staff_page
    assert f"VAT 19%: {refunded_tax}" in admin_client.get(f"/admin/shop/refund/{refund.pk}/change/").content.decode()
    answer = as_shopper.get(f"/api/v1/orders/{order.code}/").json()
    assert (answer["taxes"], answer["prices_include_tax"]) == (order.taxes, is_included)
    assert (answer["lines"][0]["tax_rate_bps"], answer["vat_number"]) == (1900, "DE136695976")


def test_reverse_charge_is_stated(
    as_shopper: Client, german_address: Address, settings: LazySettings, mailoutbox: list[EmailMessage]
) -> None:
    settings.SHOP_COUNTRY = "FR"
    add_rate(1900)
    make_product("mug")
    buy(as_shopper, {"product": "mug", "vat_number": "DE136695976"})
    mail_orders(now=timezone.now())
    sentence = "Reverse charge: no VAT is charged. The buyer accounts for it."
    assert sentence in as_shopper.get(Order.objects.get().get_absolute_url()).content.decode()
    assert sentence in mailoutbox[0].body


def test_checkout_shows_a_business_the_prices_without_tax(
    as_shopper: Client, german_address: Address, settings: LazySettings
) -> None:
    settings.SHOP_COUNTRY, settings.PRICES_INCLUDE_TAX = "FR", True
    add_rate(1900)
    make_product("mug", price_minor=11900)
    as_shopper.post("/bag/", {"product": "mug", "quantity": 1})
    form = read_form(as_shopper.get("/checkout/").content.decode(), field="key")
    page = as_shopper.post("/checkout/", form | {"vat_number": "DE136695976", "then": "country"}).content.decode()
    assert "$100.00" in page and "$119.00" not in page


def test_statement_names_the_amount_without_tax(as_shopper: Client, german_address: Address, is_included: bool) -> None:
    mug = make_product("mug", price_minor=11900, category=make_category("beauty", commission_rate_bps=1000))
    clip = make_published_clip(make_creator("maya"), products=[mug, make_product()])
    buy(as_shopper, {"product": "mug", "seen": token_of(clip, as_shopper)})
    OrderLine.objects.update(payable_at=timezone.now() - timedelta(seconds=1))
    tally(now=timezone.now())
    page = plain(client_of(clip.creator.user).get("/studio/earnings/").content.decode())
    amount = "$100.00" if is_included else "$119.00"
    assert f"10% of {amount}, excluding tax and shipping" in page


def test_product_page_says_whether_the_price_includes_tax(client: Client, is_included: bool) -> None:
    make_product("mug")
    page = client.get("/p/mug/").content.decode()
    assert ("Includes tax, excludes shipping." in page) == is_included
    assert f'"valueAddedTaxIncluded": {str(is_included).lower()}' in page


def rate_form(**values: object) -> dict[str, object]:
    return {
        "country_code": "US",
        "region": "",
        "tax_class": "",
        "rate_bps": "7.25",
        "valid_from": "2026-11-01",
    } | values


def errors_of(response: object) -> dict[str, list[str]]:
    return {} if response.status_code == 302 else response.context["adminform"].form.errors  # type: ignore[attr-defined]


def test_rates_are_typed_in_percent_and_regions_by_name_or_code(admin_client: Client) -> None:
    add = "/admin/shop/taxrate/add/"
    assert errors_of(admin_client.post(add, rate_form(region="california"))) == {}
    assert errors_of(admin_client.post(add, rate_form(region="NY", rate_bps="8.5"))) == {}
    assert list(TaxRate.objects.order_by("pk").values_list("region", "rate_bps")) == [("CA", 725), ("NY", 850)]
    refused = {
        "region": errors_of(admin_client.post(add, rate_form(region="Bavaria"))),
        "rate_bps": errors_of(admin_client.post(add, rate_form(rate_bps="101"))),
        "country_code": errors_of(admin_client.post(add, rate_form(country_code="ZZ"))),
        "valid_from": errors_of(admin_client.post(add, rate_form(valid_from="soon"))),
        "__all__": errors_of(admin_client.post(add, rate_form(region="CA", rate_bps="9"))),
    }
    assert {name: list(errors) for name, errors in refused.items()} == {name: [name] for name in refused}
    assert refused["region"]["region"] == [
        "This country has no such region. Use a code or name, for example one of AL, AK, AS."
    ]
    assert refused["__all__"]["__all__"] == ["There is already a rate for this from the same day on."]
    assert TaxRate.objects.count() == 2


def test_list_of_rates_shows_what_the_setting_still_decides(admin_client: Client, settings: LazySettings) -> None:
    settings.TAX_RATES_BPS = {"DE": 1600, "FR": 2000}
    add_rate(1900)
    page = plain(admin_client.get("/admin/shop/taxrate/").content.decode())
    assert "Germany 16% – replaced by a rate below" in page
    assert "<li>France 20%</li>" in page


def test_finance_edits_rates_the_catalogue_manager_reads_them_and_a_moderator_does_not() -> None:
    sync_roles()
    statuses = []
    for role in ("Finance", "Catalogue manager", "Moderator"):
        user = make_user(is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        client = client_of(user)
        statuses.append([client.get(f"/admin/shop/taxrate/{page}").status_code for page in ("", "add/")])
    assert statuses == [[200, 200], [200, 403], [403, 403]]


def test_sheet_names_the_tax_as_checkout_does(as_shopper: Client, german_address: Address, is_included: bool) -> None:
    make_product("mug", stock=5, price_minor=2000)
    answer = quote(as_shopper, {"product": "mug"}).json()
    label = "Includes VAT 19%" if is_included else "VAT 19%"
    assert answer["tax_rows"] == [{"name": label, "amount": answer["tax"]}]
    as_shopper.post("/api/v1/bag/", {"product": "mug"}, content_type="application/json")
    assert f"{label}</dt>" in plain(as_shopper.get("/checkout/").content.decode())


def test_shipping_without_a_fee_is_free_in_the_email_as_on_the_page(
    as_shopper: Client, german_address: Address, settings: LazySettings, mailoutbox: list[EmailMessage]
) -> None:
    settings.SHIPPING_FEE_MINOR = 0
    make_product("mug", stock=5)
    buy(as_shopper, {"product": "mug"})
    mail_orders(now=timezone.now())
    assert "Shipping  Free" in mailoutbox[0].body
