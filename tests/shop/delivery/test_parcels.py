"""Parcels: never more units are sent than were paid and not refunded, and the shopper sees each step."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from catalog.models import Product, Variant
from shop.mail import mail_orders
from shop.models import Order, Parcel
from shop.refunds import plan_refund
from tests.factories import make_product
from tests.pdf_reader import read_lines
from tests.shop.conftest import buy
from tests.shop.delivery.conftest import deliver, line_of, pack, take_step

pytestmark = pytest.mark.django_db


def refund(order: Order, **quantities: int) -> None:
    lines = {line_of(order, slug).pk: quantity for slug, quantity in quantities.items()}
    plan_refund(order_id=order.pk, quantities=lines, created_by=None, now=timezone.now(), is_restocked=False)


def listed(client: Client) -> str:
    return str(client.get("/admin/shop/parcel/pack/").content.decode())


def test_order_is_packed_in_two_parcels_and_then_leaves_the_list(as_packer: Client, order: Order) -> None:
    assert "3 × <bdi>Mug</bdi>" in listed(as_packer)
    assert pack(as_packer, order, mug=2).status_code == 302
    assert "1 × <bdi>Mug</bdi>" in listed(as_packer)
    assert pack(as_packer, order, mug=1, lamp=1).status_code == 302
    assert "Nothing is left to pack." in listed(as_packer)
    assert sorted(order.parcels.values_list("lines__quantity", flat=True)) == [1, 1, 2]


def test_who_packs_the_last_unit_second_is_refused(as_packer: Client, order: Order) -> None:
    pack(as_packer, order, mug=3)
    response = pack(as_packer, order, mug=1)
    assert response.status_code == 409
    assert "Only 0 of Mug are left to pack." in response.content.decode()
    assert Parcel.objects.count() == 1


@pytest.mark.parametrize("quantities", [{}, {"mug": 0}, {"mug": -1}])
def test_parcel_without_units_is_refused(as_packer: Client, order: Order, quantities: dict[str, int]) -> None:
    assert pack(as_packer, order, **quantities).status_code == 422
    assert Parcel.objects.count() == 0


def test_units_of_a_cancelled_parcel_are_packed_again(as_packer: Client, order: Order) -> None:
    pack(as_packer, order, mug=3, lamp=1)
    parcel = order.parcels.get()
    assert take_step(as_packer, parcel, "cancel").status_code == 302
    assert take_step(as_packer, parcel, "send").status_code == 409
    assert pack(as_packer, order, mug=3, lamp=1).status_code == 302
    assert sorted(order.parcels.values_list("state", flat=True)) == ["cancelled", "packed"]


def test_tracking_number_is_sent_once_by_a_carrier(as_packer: Client, order: Order) -> None:
    pack(as_packer, order, mug=2)
    pack(as_packer, order, mug=1)
    first, second = order.parcels.order_by("pk")
    assert take_step(as_packer, first, "send", number="JD 1").status_code == 302
    response = take_step(as_packer, second, "send", carrier="dhl", number="jd1")
    assert response.status_code == 422
    assert "parcel jd1 has been sent already." in response.content.decode()
    second.refresh_from_db()
    assert (second.state, second.sent_at) == ("packed", None)
    assert take_step(as_packer, second, "send", carrier="UPS", number="JD1").status_code == 302


@pytest.mark.parametrize(
    "typed",
    [
        {"number": "<b>1</b>"},
        {"number": "J" * 41},
        {"carrier": "<i>DHL</i>"},
        {"carrier": " "},
        {"url": "http://dhl.example/1"},
        {"url": "javascript:alert(1)"},
        {"url": "https://"},
    ],
)
def test_tracking_that_cannot_be_right_is_refused(as_packer: Client, order: Order, typed: dict[str, str]) -> None:
    pack(as_packer, order, mug=1)
    parcel = order.parcels.get()
    assert take_step(as_packer, parcel, "send", **typed).status_code == 422
    parcel.refresh_from_db()
    assert (parcel.state, parcel.carrier, parcel.tracking_number) == ("packed", "", "")


def test_refund_takes_unpacked_units_first(as_packer: Client, order: Order) -> None:
    pack(as_packer, order, mug=2)
    refund(order, mug=1)
    assert pack(as_packer, order, mug=1).status_code == 409
    assert order.parcels.get().state == "packed"


def test_refund_of_packed_units_cancels_their_parcel(as_packer: Client, order: Order) -> None:
    pack(as_packer, order, mug=3)
    parcel = order.parcels.get()
    refund(order, mug=1)
    response = take_step(as_packer, parcel, "send")
    assert response.status_code == 409
    assert "It is now: Cancelled." in response.content.decode()
    assert pack(as_packer, order, mug=3).status_code == 409
    assert pack(as_packer, order, mug=2).status_code == 302


def test_refund_of_sent_units_leaves_the_parcel_and_nothing_more_to_pack(as_packer: Client, order: Order) -> None:
    deliver(as_packer, order, mug=3)
    refund(order, mug=2)
    line = line_of(order, "mug")
    assert (line.packed_quantity, line.refunded_quantity, line.returned_quantity) == (3, 2, 2)
    assert pack(as_packer, order, mug=1).status_code == 409
    assert pack(as_packer, order, lamp=1).status_code == 302


def test_everything_refunded_closes_what_is_not_sent(as_packer: Client, order: Order) -> None:
    deliver(as_packer, order, mug=1)
    pack(as_packer, order, mug=1)
    plan_refund(order_id=order.pk, created_by=None, now=timezone.now())
    assert sorted(order.parcels.values_list("state", flat=True)) == ["cancelled", "delivered"]
    assert "Nothing is left to pack." in listed(as_packer)
    assert pack(as_packer, order, lamp=1).status_code == 409


def test_unpaid_order_is_not_packed(as_packer: Client, client: Client, address: dict[str, str]) -> None:
    make_product("mug")
    buy(client, {"product": "mug", "email": "declined@example.com", "address": address})
    order = Order.objects.get()
    assert pack(as_packer, order, mug=1).status_code == 422
    assert Parcel.objects.count() == 0
    assert "Nothing is left to pack." in listed(as_packer)


def test_lost_units_are_sent_again_from_stock(as_packer: Client, order: Order) -> None:
    pack(as_packer, order, mug=3, lamp=1)
    parcel = order.parcels.get()
    take_step(as_packer, parcel, "send")
    take_step(as_packer, parcel, "lose")
    assert take_step(as_packer, parcel, "resend").status_code == 302
    assert take_step(as_packer, parcel, "deliver").status_code == 409
    assert take_step(as_packer, parcel, "resend").status_code == 409
    assert dict(Product.objects.values_list("slug", "stock")) == {"mug": 3, "lamp": 7}
    assert pack(as_packer, order, mug=3, lamp=1).status_code == 302


def test_lost_units_are_not_sent_again_without_stock(as_packer: Client, order: Order) -> None:
    pack(as_packer, order, mug=3, lamp=1)
    parcel = order.parcels.get()
    take_step(as_packer, parcel, "send")
    take_step(as_packer, parcel, "lose")
    Variant.objects.filter(product__slug="lamp").update(stock=0)
    response = take_step(as_packer, parcel, "resend")
    assert response.status_code == 422
    assert "Lamp is sold out. Refund it instead." in response.content.decode()
    assert dict(Product.objects.values_list("slug", "stock")) == {"mug": 6, "lamp": 0}
    assert line_of(order, "mug").unpacked_quantity == 0


def test_refunded_lost_units_are_not_sent_again(as_packer: Client, order: Order) -> None:
    pack(as_packer, order, mug=2)
    parcel = order.parcels.get()
    take_step(as_packer, parcel, "send")
    take_step(as_packer, parcel, "lose")
    refund(order, mug=1)
    assert line_of(order, "mug").unpacked_quantity == 1, "the unit that was not sent is still owed"
    assert take_step(as_packer, parcel, "resend").status_code == 302
    assert line_of(order, "mug").unpacked_quantity == 2
    refund(order, mug=2)
    assert pack(as_packer, order, mug=1).status_code == 409


def test_shopper_sees_each_step_and_gets_an_email(
    as_packer: Client, as_shopper: Client, order: Order, mailoutbox: list[EmailMessage]
) -> None:
    url, link = f"/api/v1/orders/{order.code}/", "https://dhl.example/JD7"
    pack(as_packer, order, mug=2)
    parcel = order.parcels.get()
    mail_orders(now=timezone.now())
    take_step(as_packer, parcel, "send", number="JD7", url=link)
    assert f'href="{link}"' in as_shopper.get(f"/orders/{order.code}/").content.decode()
    shown = as_shopper.get(url).json()["parcels"]
    assert [shown[0][name] for name in ("state", "carrier", "tracking_number", "tracking_url")] == [
        *("sent", "DHL", "JD7", link)
    ]
    variant = line_of(order, "mug").variant_id
    assert shown[0]["lines"] == [{"product": "mug", "variant": variant, "name": "Mug", "quantity": 2}]
    mail_orders(now=timezone.now())
    take_step(as_packer, parcel, "deliver")
    for _time in range(2):
        mail_orders(now=timezone.now())
    assert [mail.subject for mail in mailoutbox][1:] == [
        f"A parcel of your order {order.code} is packed",
        f"A parcel of your order {order.code} is on its way",
        f"A parcel of your order {order.code} was delivered",
    ]
    assert link in mailoutbox[2].body
    assert as_shopper.get(url).json()["parcels"][0]["state"] == "delivered"


def test_cancelled_parcel_is_not_shown_to_the_shopper(as_packer: Client, as_shopper: Client, order: Order) -> None:
    pack(as_packer, order, mug=2)
    take_step(as_packer, order.parcels.get(), "cancel")
    assert as_shopper.get(f"/api/v1/orders/{order.code}/").json()["parcels"] == []


def test_packing_slip_names_the_address_and_the_units(as_packer: Client, order: Order) -> None:
    pack(as_packer, order, mug=2)
    response = as_packer.get(f"/admin/shop/parcel/{order.parcels.get().pk}/slip/")
    text = " ".join("".join(glyph.text for glyph in line) for line in read_lines(response.content))
    assert response["Content-Type"] == "application/pdf"
    assert all(word in text for word in (order.code, "Sam Shopper", "Mug", "2"))


def test_order_that_is_packed_cannot_be_cancelled(as_packer: Client, as_shopper: Client, order: Order) -> None:
    pack(as_packer, order, mug=1)
    response = as_shopper.post(f"/api/v1/orders/{order.code}/cancel/")
    order.refresh_from_db()
    assert (response.status_code, order.state) == (409, "paid")


@pytest.mark.parametrize("path", ["parcel/pack/", "order/{order}/pack/", "parcel/{parcel}/send/"])
def test_staff_without_the_role_do_not_pack(
    as_packer: Client, as_moderator: Client, as_shopper: Client, order: Order, path: str, settings: Any
) -> None:
    pack(as_packer, order, mug=1)
    parcel = order.parcels.get()
    url = f"/admin/shop/{path}".format(order=order.pk, parcel=parcel.pk)
    assert as_packer.get(url).status_code == 200
    assert as_moderator.get(url).status_code == 403
    assert as_shopper.get(url).status_code == 302
    assert as_moderator.post(url, {"carrier": "DHL"}).status_code in (403, 405)
    parcel.refresh_from_db()
    assert (parcel.state, Parcel.objects.count()) == ("packed", 1)


def test_old_orders_are_not_on_the_packing_list(as_packer: Client, as_shopper: Client, order: Order) -> None:
    """As after the upgrade: an order that was paid before it knows of no parcels."""
    Order.objects.update(records_parcels=False, packing_due_at=None)
    order.lines.update(payable_at=timezone.now() + timedelta(days=3))
    assert "Nothing is left to pack." in listed(as_packer)
    form = {f"line-{line_of(order, 'mug').pk}": "1"}
    assert as_shopper.post(f"/orders/{order.code}/return/", form).status_code == 302
    assert order.refunds.get().state == "requested"
