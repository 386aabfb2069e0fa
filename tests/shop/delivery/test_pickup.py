"""Shoppers pick up what they ordered: each seller's part at a place of it, against a code, or it is cancelled and refunded."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from catalog.models import Merchant, PickupPlace, Product
from shop.delivery.pickup_codes import MAX_GUESSES, pickup_code
from shop.mail import mail_orders
from shop.models import Address, Order, OrderLine, Parcel, Refund
from shop.refund_dispatch import send_refund
from shop.tasks import cancel_uncollected_parcels
from tests.factories import make_product
from tests.html_forms import read_form
from tests.shop.conftest import quote
from tests.shop.delivery.conftest import deliver_all, pack, take_step
from tests.shop.delivery.merchants import as_lamps, lamps, owner
from tests.shop.delivery.pickup import buy_for_pickup, make_ready, place_of, wrong_code
from tests.shop.delivery.test_shipping import make_option, make_zone

__all__ = ["as_lamps", "lamps", "owner"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def goods(saved_address: Address, lamps: Merchant) -> None:
    """A mug of the house for $10.00, and a lamp of a merchant for $25.00."""
    make_product("mug", stock=9, price_minor=1000)
    make_product("lamp", stock=9, price_minor=2500, merchant=lamps)


@pytest.fixture
def house_place(goods: None) -> PickupPlace:
    return place_of()


@pytest.fixture
def lamp_place(goods: None, lamps: Merchant) -> PickupPlace:
    return place_of(lamps, "Lamp House")


@pytest.fixture
def order(as_shopper: Client, house_place: PickupPlace) -> Order:
    """Return a paid order of two mugs that are picked up."""
    assert buy_for_pickup(as_shopper, [house_place], "mug").status_code == 201
    return Order.objects.get()


def test_what_is_picked_up_costs_no_shipping(as_shopper: Client, house_place: PickupPlace, settings: Any) -> None:
    make_option(make_zone("US"))
    sent = quote(as_shopper, {"product": "mug"}).json()
    assert (sent["shipping"]["amount_minor"], sent["pickup"][0]["chosen"]) == (500, None)
    picked_up = quote(as_shopper, {"product": "mug", "pickup_places": [house_place.pk]}).json()
    assert (picked_up["shipping"]["amount_minor"], picked_up["pickup"][0]["chosen"]) == (0, house_place.pk)
    assert picked_up["shipping_options"] == [] and picked_up["is_buyable"]
    assert picked_up["quote_id"] != sent["quote_id"]
    assert picked_up["pickup"][0]["places"][0]["map_url"].startswith("geo:53.350000,-6.260000")
    assert buy_for_pickup(as_shopper, [house_place], "mug").status_code == 201
    order = Order.objects.get()
    assert (order.shipping_minor, order.total_minor, order.shipping_name) == (0, 2000, "")
    assert order.lines.get().pickup_place == house_place


def test_each_seller_sends_or_hands_over(as_shopper: Client, house_place: PickupPlace, lamp_place: PickupPlace) -> None:
    """What is sent pays its shipping; the value of all goods decides whether that is free."""
    make_option(make_zone("US"), weight_upto_g=1000)
    lines = {"lines": [{"product": "mug"}, {"product": "lamp"}]}
    assert "its weight is not known" in quote(as_shopper, lines).json()["shipping_problem"]
    Product.objects.get(slug="mug").variants.update(weight_g=300)
    assert buy_for_pickup(as_shopper, [lamp_place], "mug", "lamp").status_code == 201
    order = Order.objects.get()
    places = dict(order.lines.values_list("product__slug", "pickup_place"))
    assert (order.shipping_minor, places) == (500, {"mug": None, "lamp": lamp_place.pk})
    assert order.shipping_name == "Standard"
    deliver_all(order)
    assert make_ready(order, "lamps").pickup_place == lamp_place


def test_pickup_is_offered_only_where_all_of_a_seller_can_be_picked_up(
    as_shopper: Client, house_place: PickupPlace
) -> None:
    make_product("sofa", stock=9, can_be_picked_up=False)
    assert quote(as_shopper, {"lines": [{"product": "mug"}, {"product": "sofa"}]}).json()["pickup"] == []
    answer = buy_for_pickup(as_shopper, [house_place], "mug", "sofa")
    assert answer.status_code == 409 and "pickup place is no longer offered" in answer.json()["detail"]
    assert (Order.objects.count(), Product.objects.get(slug="mug").stock) == (0, 9)


@pytest.mark.parametrize("change", ["withdrawn", "of another seller", "suspended"])
def test_place_that_is_not_offered_is_refused(
    as_shopper: Client, house_place: PickupPlace, lamp_place: PickupPlace, lamps: Merchant, change: str
) -> None:
    slug, place = ("lamp", lamp_place) if change == "suspended" else ("mug", house_place)
    if change == "withdrawn":
        PickupPlace.objects.update(is_offered=False)
    elif change == "of another seller":
        place = lamp_place
    else:
        Merchant.objects.filter(pk=lamps.pk).update(state="suspended")
    answer = buy_for_pickup(as_shopper, [place], slug, expected_total_minor=2000)
    assert answer.status_code in (400, 409)
    assert Order.objects.count() == 0


def test_pickup_is_chosen_on_the_checkout_page(as_shopper: Client, house_place: PickupPlace) -> None:
    as_shopper.post("/api/v1/bag/", {"product": "mug", "quantity": 1}, content_type="application/json")
    page = as_shopper.get("/checkout/").content.decode()
    assert "Pick up: <bdi>Mill Lane</bdi>" in page and "Mon–Fri 9–18" in page
    form = read_form(page, field="expected_total_minor") | {"pickup-1": str(house_place.pk)}
    page = as_shopper.post("/checkout/", form | {"then": "country"}).content.decode()
    form = read_form(page, field="expected_total_minor")
    assert (form["pickup-1"], form["expected_total_minor"]) == (str(house_place.pk), "1000")
    assert as_shopper.post("/checkout/", form).status_code == 302
    order = Order.objects.get()
    assert (order.lines.get().pickup_place, order.total_minor) == (house_place, 1000)
    page = as_shopper.get(order.get_absolute_url()).content.decode()
    assert "You pick this up:" in page and 'href="geo:53.350000,-6.260000' in page


def test_parcel_is_packed_ready_and_handed_over_with_an_email_each(
    as_packer: Client, as_shopper: Client, order: Order, mailoutbox: list[EmailMessage]
) -> None:
    mail_orders(now=timezone.now())
    assert "You pick up here" in mailoutbox[-1].body and "Dublin" in mailoutbox[-1].body
    pack(as_packer, order, mug=2)
    parcel = Parcel.objects.get()
    mail_orders(now=timezone.now())
    assert "We will email you when you can pick it up." in mailoutbox[-1].body
    assert take_step(as_packer, parcel, "send").status_code == 422
    assert take_step(as_packer, parcel, "hand-over", code=pickup_code(parcel.pk)).status_code == 409
    assert take_step(as_packer, parcel, "ready").status_code == 302
    mail_orders(now=timezone.now())
    code = pickup_code(parcel.pk)
    assert code in mailoutbox[-1].body and "within 14 days" in mailoutbox[-1].body
    assert code in as_shopper.get(order.get_absolute_url()).content.decode()
    shown = as_shopper.get(f"/api/v1/orders/{order.code}/").json()["parcels"][0]
    assert (shown["state"], shown["pickup_code"], shown["pickup_place"]["name"]) == ("ready", code, "Mill Lane")
    assert take_step(as_packer, parcel, "hand-over", code=f" {code[:3]} {code[3:]} ").status_code == 302
    mail_orders(now=timezone.now())
    assert "was handed over" in mailoutbox[-1].subject
    parcel.refresh_from_db()
    assert (parcel.state, parcel.state_name, parcel.sent_at) == ("delivered", "Handed over", None)
    assert "Handed over" in as_shopper.get(order.get_absolute_url()).content.decode()
    records = LogEntry.objects.filter(object_id=str(parcel.pk), content_type__model="parcel")
    words = [record.change_message for record in records.order_by("pk")]
    assert ["Packed." in words[0], "Ready for pickup." in words[1], "Handed over." in words[2]] == [True] * 3


def test_code_is_shown_to_no_packer_and_no_staff(as_packer: Client, order: Order) -> None:
    parcel = make_ready(order)
    code = pickup_code(parcel.pk)
    for page in (f"/admin/shop/parcel/{parcel.pk}/change/", f"/orders/{order.code}/"):
        answer = as_packer.get(page)
        assert answer.status_code == 200 and code not in answer.content.decode()


def test_return_and_commission_windows_count_from_handing_over(as_packer: Client, order: Order, settings: Any) -> None:
    parcel = make_ready(order)
    line = OrderLine.objects.get()
    assert line.payable_at == order.paid_at + timedelta(days=settings.UNSENT_PAYABLE_DAYS)
    assert take_step(as_packer, parcel, "hand-over", code=pickup_code(parcel.pk)).status_code == 302
    parcel.refresh_from_db()
    line.refresh_from_db()
    assert line.payable_at == parcel.delivered_at + timedelta(days=settings.RETURN_DAYS)


def test_wrong_codes_are_limited_and_change_nothing_else(as_packer: Client, order: Order) -> None:
    parcel = make_ready(order)
    for _guess in range(MAX_GUESSES):
        answer = take_step(as_packer, parcel, "hand-over", code=wrong_code(parcel))
        assert answer.status_code == 422 and "not the code of this parcel" in answer.content.decode()
    answer = take_step(as_packer, parcel, "hand-over", code=pickup_code(parcel.pk))
    assert answer.status_code == 422 and "Too many codes were typed." in answer.content.decode()
    parcel.refresh_from_db()
    assert (parcel.state, parcel.delivered_at) == ("ready", None)
    Parcel.objects.update(code_guessed_at=timezone.now() - timedelta(minutes=15))
    assert take_step(as_packer, parcel, "hand-over", code=pickup_code(parcel.pk)).status_code == 302


def test_merchants_hand_over_on_their_page_and_in_the_api(
    as_shopper: Client, as_lamps: Client, lamp_place: PickupPlace
) -> None:
    buy_for_pickup(as_shopper, [lamp_place], "lamp")
    order = Order.objects.get()
    page = as_lamps.get(f"/merchant/orders/{order.code}/").content.decode()
    assert "The shopper picks it up: <bdi>Lamp House</bdi>" in page and "1 Main Street" not in page
    body = {"lines": [{"line": order.lines.get().pk, "quantity": 1}]}
    api = "/api/v1/merchants/lamps"
    for key in ("pack-0001", "pack-0002"):
        headers = {"Idempotency-Key": key}
        as_lamps.post(f"{api}/orders/{order.code}/parcels/", body, content_type="application/json", headers=headers)
    first, second = Parcel.objects.order_by("pk")
    ready, json = f"{api}/parcels/{first.pk}/ready/", "application/json"
    assert as_lamps.post(ready, content_type=json).json()["state"] == "ready"
    hand_over, page = f"{api}/parcels/{first.pk}/hand-over/", f"/merchant/parcels/{second.pk}"
    assert as_lamps.post(hand_over, {"code": wrong_code(first)}, content_type=json).status_code == 409
    answer = as_lamps.post(hand_over, {"code": pickup_code(first.pk)}, content_type=json)
    assert answer.json()["state"] == "delivered"
    assert as_lamps.post(f"{page}/ready/").status_code == 302
    assert "Code of the shopper" in as_lamps.get(f"{page}/hand-over/").content.decode()
    assert as_lamps.post(f"{page}/hand-over/", {"code": wrong_code(second)}).status_code == 422
    assert as_lamps.post(f"{page}/hand-over/", {"code": pickup_code(second.pk)}).status_code == 302
    assert list(Parcel.objects.values_list("state", flat=True)) == ["delivered", "delivered"]


def test_what_nobody_picks_up_is_cancelled_restocked_and_refunded(
    order: Order, settings: Any, mailoutbox: list[EmailMessage]
) -> None:
    limit = timedelta(days=settings.PICKUP_DAYS)
    parcel = make_ready(order, at=timezone.now() - limit + timedelta(hours=1))
    cancel_uncollected_parcels()
    assert Refund.objects.count() == 0
    Parcel.objects.update(ready_at=timezone.now() - limit - timedelta(minutes=1))
    cancel_uncollected_parcels()
    cancel_uncollected_parcels()
    parcel.refresh_from_db()
    order.refresh_from_db()
    refund = Refund.objects.get()
    assert (parcel.state, order.state, refund.amount_minor) == ("cancelled", "refunded", 2000)
    assert Product.objects.get(slug="mug").stock == 9
    send_refund(refund_id=refund.pk, now=timezone.now())
    mail_orders(now=timezone.now())
    assert any("You did not pick these items up in time." in message.body for message in mailoutbox)


def test_sweep_leaves_disputed_orders_alone_and_goes_on(order: Order, as_shopper: Client) -> None:
    make_ready(order)
    buy_for_pickup(as_shopper, list(PickupPlace.objects.all()), "mug", key="key-0002")
    other = Order.objects.latest("pk")
    make_ready(other)
    Order.objects.filter(pk=order.pk).update(state="disputed")
    cancel_uncollected_parcels()
    assert list(Parcel.objects.order_by("pk").values_list("state", flat=True)) == ["ready", "cancelled"]


def test_unpacked_and_refunded_units_leave_a_ready_parcel(as_packer: Client, order: Order) -> None:
    parcel = make_ready(order)
    assert take_step(as_packer, parcel, "cancel").status_code == 302
    assert OrderLine.objects.get().packed_quantity == 0
