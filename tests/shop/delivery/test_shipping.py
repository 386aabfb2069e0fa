"""Shipping by zone, value and weight: what is offered, charged and promised, and what is refused before payment."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Product, Variant
from shop.delivery.pickup_codes import pickup_code
from shop.models import Address, Order, ShippingOption, ShippingZone
from tests.conftest import make_staff
from tests.factories import make_product
from tests.html_forms import read_form
from tests.shop.conftest import ADDRESS, buy, quote
from tests.shop.delivery.conftest import pack, take_step
from tests.shop.test_discounts import make_code

pytestmark = pytest.mark.django_db


def make_zone(*countries: str, regions: tuple[str, ...] = ()) -> ShippingZone:
    name = "".join((*countries, *regions))
    return ShippingZone.objects.create(name=name, countries=list(countries), regions=list(regions))


def make_option(zone: ShippingZone, name: str = "Standard", price_minor: int = 500, **fields: Any) -> ShippingOption:
    return ShippingOption.objects.create(zone=zone, name=name, price_minor=price_minor, **fields)


def weigh(slug: str, weight_g: int | None) -> None:
    Variant.objects.filter(product__slug=slug).update(weight_g=weight_g)


@pytest.fixture
def mug(saved_address: Address) -> Product:
    return make_product("mug", stock=9, price_minor=1000)


def shipping_of(client: Client, **body: Any) -> Any:
    answer = quote(client, {"product": "mug", **body}).json()
    return answer["shipping"]["amount_minor"], answer["shipping_problem"], answer["is_buyable"]


def test_without_zones_the_fee_of_the_settings_counts(as_shopper: Client, mug: Product) -> None:
    answer = quote(as_shopper, {"product": "mug"}).json()
    assert (answer["shipping"]["amount_minor"], answer["shipping_options"]) == (499, [])
    buy(as_shopper, {"product": "mug"})
    assert (Order.objects.get().shipping_name, Order.objects.get().promised_by) == ("", None)


def test_first_zone_stops_no_orders_until_it_has_an_option(
    client: Client, as_shopper: Client, mug: Product, settings: Any
) -> None:
    settings.STAFF_REQUIRE_MFA = False
    finance = make_staff("finance@example.com", "shop")
    client.force_login(finance)
    zone = {"name": "Germany", "countries": ["DE"], "regions": ""}
    page = client.post("/admin/shop/shippingzone/add/", zone, follow=True).content.decode()
    assert "Until then, the shipping fee of the settings counts everywhere." in page
    assert shipping_of(as_shopper) == (499, "", True)
    option = {"zone": ShippingZone.objects.get().pk, "name": "Standard", "kind": "delivery", "currency": "USD"}
    option |= {"price_minor": "5.00", "min_days": "2", "max_days": "5", "is_active": "on"}
    page = client.post("/admin/shop/shippingoption/add/", option, follow=True).content.decode()
    assert "The shop now delivers only to countries of shipping zones." in page
    assert shipping_of(as_shopper)[1:] == ("We don't deliver to this address in United States.", False)
    answer = client.post("/admin/shop/shippingzone/add/", zone | {"name": "A", "countries": ["US"]}, follow=True)
    assert "Nothing is delivered to this zone until it offers a shipping option." in answer.content.decode()


def test_legal_page_names_the_prices_of_the_zones(client: Client) -> None:
    assert "Shipping costs $4.99 an order." in client.get("/legal/shipping/").content.decode()
    germany = make_zone("AT", "DE")
    make_option(germany, free_from_minor=5000)
    make_option(germany, "Express", price_minor=900)
    make_option(germany, "Express", price_minor=1500, weight_upto_g=None)
    make_option(germany, "Drone", price_minor=100, is_active=False)
    make_option(make_zone("US", regions=("AK", "HI")), price_minor=0)
    page = client.get("/legal/shipping/").content.decode()
    assert "Austria and Germany: Standard $5.00, free from a value of goods of $50.00; Express from $9.00" in page
    assert "United States (AK and HI): Standard free" in page
    assert "$4.99" not in page and "Drone" not in page


def test_cheapest_delivery_is_chosen_and_the_order_keeps_its_name_and_dates(as_shopper: Client, mug: Product) -> None:
    zone = make_zone("US")
    express, standard = make_option(zone, "Express", 1500, min_days=1, max_days=1), make_option(zone)
    pickup = make_option(zone, "At the shop", 0, kind="pickup")
    offers = quote(as_shopper, {"product": "mug"}).json()["shipping_options"]
    assert [(offer["id"], offer["price"]["amount_minor"], offer["is_chosen"]) for offer in offers] == [
        (standard.pk, 500, True),
        (express.pk, 1500, False),
        (pickup.pk, 0, False),
    ]
    assert shipping_of(as_shopper, shipping_option=express.pk) == (1500, "", True)
    assert buy(as_shopper, {"product": "mug", "shipping_option": express.pk}).status_code == 201
    order, tomorrow = Order.objects.get(), timezone.localdate() + timedelta(days=1)
    assert (order.shipping_minor, order.shipping_name, order.is_pickup) == (1500, "Express", False)
    assert (order.promised_from, order.promised_by) == (tomorrow, tomorrow)
    page = as_shopper.get(f"/orders/{order.code}/").content.decode()
    assert "Express" in page and "Arrives on" in page


def test_country_that_no_zone_has_is_refused_before_payment(as_shopper: Client, mug: Product) -> None:
    make_option(make_zone("DE"))
    sentence = "We don't deliver to this address in United States."
    assert shipping_of(as_shopper) == (0, sentence, False)
    response = buy(as_shopper, {"product": "mug"})
    assert (response.status_code, response.json()["detail"]) == (409, sentence)
    as_shopper.post("/api/v1/bag/", {"product": "mug", "quantity": 1}, content_type="application/json")
    page = as_shopper.get("/checkout/").content.decode()
    assert "We don&#x27;t deliver to this address in United States." in page
    assert 'name="card"' not in page
    as_shopper.post("/checkout/", read_form(page, field="expected_total_minor"))
    assert Order.objects.count() == 0
    assert Product.objects.get().stock == 9


def test_region_comes_before_its_country(as_shopper: Client, mug: Product) -> None:
    make_option(make_zone("US", "CA"))
    make_option(make_zone("US", regions=("Illinois",)), price_minor=900)
    assert shipping_of(as_shopper) == (900, "", True)
    other = ADDRESS | {"region": "CA", "postal_code": "94016", "city": "San Francisco"}
    assert shipping_of(as_shopper, address=other) == (500, "", True)


def test_variant_without_weight_is_refused_where_the_rate_goes_by_weight(as_shopper: Client, mug: Product) -> None:
    make_option(make_zone("US"), weight_upto_g=1000)
    sentence = "We can't calculate the shipping of Mug, because its weight is not known. Please ask us."
    assert shipping_of(as_shopper) == (0, sentence, False)
    response = buy(as_shopper, {"product": "mug"})
    assert (response.status_code, response.json()["detail"], Order.objects.count()) == (409, sentence, 0)


def test_weights_of_the_bag_add_up_and_pick_the_price(as_shopper: Client, mug: Product) -> None:
    """A pound is 454 g when it is imported, so that a bag has one unit."""
    zone = make_zone("US")
    for weight_upto_g, price_minor in ((1000, 500), (5000, 900)):
        make_option(zone, "Standard", price_minor, weight_upto_g=weight_upto_g)
    make_product("pan", stock=9, price_minor=1000)
    weigh("mug", 454)
    weigh("pan", 600)
    lines = {"lines": [{"product": "mug"}, {"product": "pan"}]}
    assert shipping_of(as_shopper) == (500, "", True)
    assert shipping_of(as_shopper, quantity=2) == (500, "", True)
    assert quote(as_shopper, lines).json()["shipping"]["amount_minor"] == 900
    weigh("pan", 4600)
    answer = quote(as_shopper, lines).json()
    assert answer["shipping_problem"] == "These items are too heavy to be sent together. Order them in parts."
    assert buy(as_shopper, {**lines}).status_code == 409
    weigh("pan", None)
    assert "Pan, because its weight is not known" in quote(as_shopper, lines).json()["shipping_problem"]


def test_option_follows_its_name_when_the_quantity_changes(as_shopper: Client, mug: Product) -> None:
    zone = make_zone("US")
    make_option(zone, "Cheap", 100)
    light = make_option(zone, "Standard", 500, weight_upto_g=1000)
    make_option(zone, "Standard", 900, weight_upto_g=5000)
    weigh("mug", 600)
    assert shipping_of(as_shopper, shipping_option=light.pk) == (500, "", True)
    assert shipping_of(as_shopper, shipping_option=light.pk, quantity=2) == (900, "", True)


def test_price_by_value_and_free_shipping(as_shopper: Client, mug: Product) -> None:
    zone = make_zone("US")
    make_option(zone, "Standard", 500, free_from_minor=5000)
    make_option(zone, "Standard", 300, goods_from_minor=2000)
    assert [shipping_of(as_shopper, quantity=number)[0] for number in (1, 2, 4, 5)] == [500, 300, 300, 0]


@pytest.mark.parametrize("change", [{"is_active": False}, {"currency": "EUR"}])
def test_option_that_is_no_longer_offered_is_refused(as_shopper: Client, mug: Product, change: dict[str, Any]) -> None:
    zone = make_zone("US")
    make_option(zone)
    express = make_option(zone, "Express", 1500)
    ShippingOption.objects.filter(pk=express.pk).update(**change)
    body = {"product": "mug", "shipping_option": express.pk, "expected_total_minor": 1500}
    response = buy(as_shopper, body)
    assert response.status_code == 409
    assert response.json()["detail"] == "This way of shipping is no longer offered. Choose another one."
    assert Order.objects.count() == 0


def test_free_order_shows_free_options_and_gets_the_one_that_costs_least(as_shopper: Client, mug: Product) -> None:
    zone = make_zone("US")
    make_option(zone, "Express", 3000)
    make_option(zone, "Standard", 500)
    make_code(percent_bps=10_000)
    answer = quote(as_shopper, {"product": "mug", "discount_code": "SUMMER10"}).json()
    options = [(option["name"], option["price"]["amount_minor"]) for option in answer["shipping_options"]]
    assert options == [("Standard", 0), ("Express", 0)]
    assert answer["total"]["amount_minor"] == 0


def test_option_is_chosen_on_the_checkout_page(as_shopper: Client, mug: Product) -> None:
    zone = make_zone("US")
    make_option(zone)
    express = make_option(zone, "Express", 1500)
    as_shopper.post("/api/v1/bag/", {"product": "mug", "quantity": 1}, content_type="application/json")
    form = read_form(as_shopper.get("/checkout/").content.decode(), field="expected_total_minor")
    assert form["expected_total_minor"] == "1500"
    form["shipping_option"] = str(express.pk)
    again = as_shopper.post("/checkout/", form | {"then": "country"})
    form = read_form(again.content.decode(), field="expected_total_minor")
    assert (form["expected_total_minor"], form["shipping_option"]) == ("2500", str(express.pk))
    assert as_shopper.post("/checkout/", form).status_code == 302
    assert (Order.objects.get().shipping_name, Order.objects.get().total_minor) == ("Express", 2500)


def test_shipping_is_taxed(as_shopper: Client, mug: Product, settings: Any) -> None:
    settings.TAX_RATES_BPS = {"US": 1000}
    make_option(make_zone("US"), price_minor=500)
    buy(as_shopper, {"product": "mug"})
    order = Order.objects.get()
    assert (order.tax_minor, order.shipping_tax_minor, order.total_minor) == (150, 50, 1650)


def test_pickup_is_handed_over_without_being_sent(as_packer: Client, as_shopper: Client, mug: Product) -> None:
    zone = make_zone("US")
    make_option(zone)
    pickup = make_option(zone, "At the shop", 0, kind="pickup")
    buy(as_shopper, {"product": "mug", "shipping_option": pickup.pk})
    order = Order.objects.get()
    assert (order.is_pickup, order.shipping_minor) == (True, 0)
    pack(as_packer, order, mug=1)
    parcel = order.parcels.get()
    assert take_step(as_packer, parcel, "ready").status_code == 302
    assert take_step(as_packer, parcel, "hand-over", code=pickup_code(parcel.pk)).status_code == 302
    parcel.refresh_from_db()
    assert (parcel.state, parcel.sent_at) == ("delivered", None)
    assert parcel.delivered_at is not None
    assert order.lines.get().payable_at == parcel.delivered_at + timedelta(days=14)


def test_parcel_to_be_sent_is_not_handed_over(as_packer: Client, as_shopper: Client, mug: Product) -> None:
    buy(as_shopper, {"product": "mug"})
    order = Order.objects.get()
    pack(as_packer, order, mug=1)
    assert take_step(as_packer, order.parcels.get(), "hand-over").status_code == 422
    assert order.parcels.get().state == "packed"


def test_orders_are_packed_by_the_date_that_was_promised(as_packer: Client, as_shopper: Client, mug: Product) -> None:
    zone = make_zone("US")
    make_option(zone)
    express = make_option(zone, "Express", 1500, min_days=1, max_days=1)
    buy(as_shopper, {"product": "mug"}, key="order-0001")
    buy(as_shopper, {"product": "mug", "shipping_option": express.pk}, key="order-0002")
    assert list(Order.objects.to_pack().values_list("shipping_name", flat=True)) == ["Express", "Standard"]
