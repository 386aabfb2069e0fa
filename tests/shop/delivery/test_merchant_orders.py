"""A merchant sees what it sold of an order, packs and sends it, and knows the address for as long as it needs it."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from catalog.models import Merchant, MerchantRole, MerchantState
from shop.mail import mail_orders
from shop.models import Order, Parcel
from shop.refunds import plan_refund
from tests.conftest import client_of
from tests.factories import make_member
from tests.pdf_reader import read_lines
from tests.shop.delivery.conftest import line_of, pack
from tests.shop.delivery.merchants import (
    as_chairs,
    as_lamps,
    chairs,
    lamps,
    owner,
    pack_as_merchant,
    shared_order,
)

__all__ = ["as_chairs", "as_lamps", "chairs", "lamps", "owner", "shared_order"]
pytestmark = pytest.mark.django_db
STREET = "1 Main Street"


def show(client: Client, order: Order) -> str:
    return str(client.get(f"/merchant/orders/{order.code}/").content.decode())


def step(client: Client, parcel: Parcel, name: str, **data: str) -> Any:
    return client.post(f"/merchant/parcels/{parcel.pk}/{name}/", data)


def send(client: Client, parcel: Parcel, number: str = "JD1") -> Any:
    return step(client, parcel, "send", carrier="DHL", number=number)


def test_a_merchant_sees_its_own_lines_and_the_address_and_nothing_else(as_lamps: Client, shared_order: Order) -> None:
    page = show(as_lamps, shared_order)
    assert "Lamp" in page and "Shade" in page and STREET in page
    assert not any(word in page for word in ("Mug", "Chair", shared_order.email, "$164.00", "1 (555)"))
    listed = as_lamps.get("/merchant/orders/").content.decode()
    assert shared_order.code in listed and "2 × <bdi>Lamp</bdi>" in listed and "Mug" not in listed
    assert "<strong>1</strong> Orders to pack" in as_lamps.get("/merchant/").content.decode()


def test_the_phone_number_is_shown_where_carriers_need_one(
    as_lamps: Client, shared_order: Order, settings: Any
) -> None:
    Order.objects.update(phone="+15550100")
    assert "+15550100" not in show(as_lamps, shared_order)
    settings.PHONE_COUNTRIES = ["US"]
    assert "+15550100" in show(as_lamps, shared_order)


def test_who_picks_up_is_shown_with_their_name_alone(as_lamps: Client, shared_order: Order) -> None:
    Order.objects.update(is_pickup=True)
    page = show(as_lamps, shared_order)
    assert "Sam Shopper" in page and STREET not in page


def test_each_merchant_packs_and_sends_for_itself(
    as_lamps: Client, as_chairs: Client, as_packer: Client, shared_order: Order
) -> None:
    assert pack_as_merchant(as_lamps, shared_order, lamp=2, shade=1).status_code == 302
    assert pack_as_merchant(as_chairs, shared_order, chair=1).status_code == 302
    assert pack(as_packer, shared_order, mug=2).status_code == 302
    assert sorted(Parcel.objects.values_list("merchant__slug", flat=True)) == ["chairs", "house", "lamps"]
    parcel = Parcel.objects.get(merchant__slug="lamps")
    assert send(as_lamps, parcel).status_code == 302
    assert step(as_lamps, parcel, "deliver").status_code == 302
    parcel.refresh_from_db()
    assert (parcel.state, parcel.carrier, parcel.tracking_number) == ("delivered", "DHL", "JD1")
    assert sorted(Parcel.objects.values_list("state", flat=True)) == ["delivered", "packed", "packed"]
    assert LogEntry.objects.filter(object_id=str(parcel.pk), content_type__model="parcel").count() == 3


def test_lines_of_others_are_not_packed(as_lamps: Client, as_packer: Client, shared_order: Order) -> None:
    assert pack_as_merchant(as_lamps, shared_order, mug=1).status_code == 422
    assert pack_as_merchant(as_lamps, shared_order, chair=1).status_code == 422
    assert pack(as_packer, shared_order, lamp=1).status_code == 422
    assert Parcel.objects.count() == 0
    assert pack_as_merchant(as_lamps, shared_order, lamp=1, chair=1).status_code == 302
    assert list(Parcel.objects.values_list("lines__order_line__product__slug", flat=True)) == ["lamp"]


def test_staff_pack_for_a_merchant_if_they_say_so(as_packer: Client, shared_order: Order, lamps: Merchant) -> None:
    url = f"/admin/shop/order/{shared_order.pk}/pack/"
    page = as_packer.get(url).content.decode()
    assert "Mug" in page and f'<a href="?merchant={lamps.pk}"><bdi>Lamp House</bdi></a>' in page
    data = {f"line-{line_of(shared_order, 'lamp').pk}": "2"}
    assert as_packer.post(f"{url}?merchant={lamps.pk}", data).status_code == 302
    assert Parcel.objects.get().merchant == lamps


def test_an_order_leaves_the_houses_list_when_the_house_has_packed(as_packer: Client, shared_order: Order) -> None:
    listed = as_packer.get("/admin/shop/parcel/pack/").content.decode()
    assert "2 × <bdi>Mug</bdi>" in listed and "Lamp" not in listed
    pack(as_packer, shared_order, mug=2)
    assert "Nothing is left to pack." in as_packer.get("/admin/shop/parcel/pack/").content.decode()
    shared_order.refresh_from_db()
    assert shared_order.packing_due_at is None


def test_who_packs_second_is_refused(as_lamps: Client, shared_order: Order) -> None:
    assert pack_as_merchant(as_lamps, shared_order, lamp=2).status_code == 302
    answer = pack_as_merchant(as_lamps, shared_order, lamp=1)
    assert answer.status_code == 409 and "Only 0 of Lamp are left to pack." in answer.content.decode()
    assert Parcel.objects.count() == 1


@pytest.mark.parametrize("data", [{"carrier": ""}, {"carrier": "DHL", "number": "<b>1</b>"}])
def test_tracking_that_cannot_be_right_is_refused(as_lamps: Client, shared_order: Order, data: dict[str, str]) -> None:
    pack_as_merchant(as_lamps, shared_order, lamp=1)
    assert step(as_lamps, Parcel.objects.get(), "send", **data).status_code == 422
    assert Parcel.objects.get().state == "packed"


def test_parcels_of_others_do_not_exist(
    as_lamps: Client, as_chairs: Client, as_packer: Client, shared_order: Order
) -> None:
    pack_as_merchant(as_lamps, shared_order, lamp=1)
    pack(as_packer, shared_order, mug=1)
    for parcel in Parcel.objects.all():
        assert as_chairs.get(f"/merchant/parcels/{parcel.pk}/slip/").status_code == 404
        for name in ("send", "cancel", "deliver", "lose", "hand-over", "resend"):
            assert step(as_chairs, parcel, name, carrier="DHL").status_code == 404
    assert set(Parcel.objects.values_list("state", flat=True)) == {"packed"}
    assert step(as_lamps, Parcel.objects.get(merchant__slug="lamps"), "burn").status_code == 404


def test_the_slip_names_the_merchant_as_sender(as_lamps: Client, shared_order: Order) -> None:
    pack_as_merchant(as_lamps, shared_order, lamp=2)
    answer = as_lamps.get(f"/merchant/parcels/{Parcel.objects.get().pk}/slip/")
    text = " ".join("".join(glyph.text for glyph in line) for line in read_lines(answer.content))
    assert all(word in text for word in (shared_order.code, "Sam Shopper", "Lamp House Ltd.", "3 Mill Lane", STREET))
    assert "Mug" not in text


def test_the_address_is_hidden_60_days_after_delivery(as_lamps: Client, shared_order: Order) -> None:
    pack_as_merchant(as_lamps, shared_order, lamp=2, shade=1)
    parcel = Parcel.objects.get()
    send(as_lamps, parcel)
    step(as_lamps, parcel, "deliver")
    assert STREET in show(as_lamps, shared_order)
    Parcel.objects.update(delivered_at=timezone.now() - timedelta(days=61))
    page = show(as_lamps, shared_order)
    assert STREET not in page and "Sam Shopper" not in page and "Lamp" in page
    assert as_lamps.get(f"/merchant/parcels/{parcel.pk}/slip/").status_code == 403


def test_an_order_whose_goods_are_refunded_shows_no_address(as_lamps: Client, shared_order: Order) -> None:
    quantities = {line_of(shared_order, "lamp").pk: 2, line_of(shared_order, "shade").pk: 1}
    plan_refund(order_id=shared_order.pk, quantities=quantities, created_by=None, now=timezone.now())
    page = show(as_lamps, shared_order)
    assert "2 refunded" in page and STREET not in page
    assert pack_as_merchant(as_lamps, shared_order, lamp=1).status_code == 409


def test_a_disputed_order_is_not_packed(as_lamps: Client, shared_order: Order) -> None:
    Order.objects.update(state="disputed")
    page = show(as_lamps, shared_order)
    assert "Nothing of this order is sent now" in page and STREET not in page
    assert pack_as_merchant(as_lamps, shared_order, lamp=1).status_code == 422
    assert Parcel.objects.count() == 0


def test_a_suspended_merchant_sends_what_is_paid(as_lamps: Client, shared_order: Order, lamps: Merchant) -> None:
    Merchant.objects.filter(pk=lamps.pk).update(state=MerchantState.SUSPENDED)
    assert pack_as_merchant(as_lamps, shared_order, lamp=2).status_code == 302
    assert send(as_lamps, Parcel.objects.get()).status_code == 302


def test_unpaid_orders_are_not_shown(as_lamps: Client, shared_order: Order) -> None:
    Order.objects.update(state="cancelled", paid_at=None)
    assert as_lamps.get(f"/merchant/orders/{shared_order.code}/").status_code == 404
    assert shared_order.code not in as_lamps.get("/merchant/orders/?show=all").content.decode()


def test_orders_are_found_by_the_beginning_of_their_code(
    as_lamps: Client, as_chairs: Client, shared_order: Order
) -> None:
    for client in (as_lamps, as_chairs):
        assert shared_order.code in client.get(f"/merchant/orders/?q={shared_order.code[:5].upper()}").content.decode()
    assert "No such order" in as_lamps.get("/merchant/orders/?q=zzzz").content.decode()
    assert "No such order" in as_lamps.get(f"/merchant/orders/?q={shared_order.email}").content.decode()


def test_the_return_period_of_a_merchant_begins_with_its_own_last_parcel(
    as_lamps: Client, shared_order: Order, settings: Any
) -> None:
    pack_as_merchant(as_lamps, shared_order, lamp=2, shade=1)
    parcel = Parcel.objects.get()
    send(as_lamps, parcel)
    step(as_lamps, parcel, "deliver")
    parcel.refresh_from_db()
    assert parcel.delivered_at is not None and shared_order.paid_at is not None
    ends = {line.product.slug: line.payable_at for line in shared_order.lines.select_related("product")}
    assert ends["lamp"] == ends["shade"] == parcel.delivered_at + timedelta(days=settings.RETURN_DAYS)
    assert ends["mug"] == ends["chair"] == shared_order.paid_at + timedelta(days=settings.UNSENT_PAYABLE_DAYS)


def test_the_shopper_sees_who_sells_and_sends(
    as_lamps: Client, as_shopper: Client, shared_order: Order, mailoutbox: list[EmailMessage]
) -> None:
    pack_as_merchant(as_lamps, shared_order, lamp=2)
    page = as_shopper.get(f"/orders/{shared_order.code}/").content.decode()
    assert "Sold and sent by <bdi>Lamp House</bdi>" in page and "Sold and sent by <bdi>feedsite</bdi>" in page
    shown = as_shopper.get(f"/api/v1/orders/{shared_order.code}/").json()
    assert [line["seller"]["slug"] for line in shown["lines"]] == ["house", "lamps", "lamps", "chairs"]
    assert [parcel["seller"] for parcel in shown["parcels"]] == [{"slug": "lamps", "name": "Lamp House"}]
    mail_orders(now=timezone.now())
    assert "Sent by Lamp House." in mailoutbox[-1].body


def test_each_merchant_gets_an_email_about_its_own_lines(
    shared_order: Order, lamps: Merchant, mailoutbox: list[EmailMessage]
) -> None:
    Merchant.objects.filter(pk=lamps.pk).update(email="orders@lamps.example")
    for _time in range(2):
        mail_orders(now=timezone.now())
    [mail] = [mail for mail in mailoutbox if mail.to == ["orders@lamps.example"]]
    assert mail.subject == f"Order {shared_order.code} for Lamp House"
    assert "2 × Lamp\n1 × Shade\n" in mail.body and f"/merchant/orders/{shared_order.code}/" in mail.body
    assert not any(word in mail.body for word in ("Mug", "Chair", shared_order.email, shared_order.name))
    assert len(mailoutbox) == 2, "the shopper's confirmation, and none to the merchant without an address"


def test_who_only_packs_reads_no_prices(as_lamps: Client, shared_order: Order, lamps: Merchant) -> None:
    as_packing = client_of(make_member(lamps, MerchantRole.PACKER))
    page, address = f"/merchant/orders/{shared_order.code}/", "/api/v1/merchants/lamps/orders/"
    assert "$50.00" in as_lamps.get(page).content.decode()
    shown = as_packing.get(page).content.decode()
    assert "Lamp" in shown and "$" not in shown
    for client, amounts in ((as_lamps, [5000, 700]), (as_packing, [None, None])):
        lines = client.get(f"{address}{shared_order.code}/").json()["lines"]
        assert lines == client.get(address).json()["results"][0]["lines"]
        assert [line["amount"] and line["amount"]["amount_minor"] for line in lines] == amounts
        assert [line["unit_price"] is None for line in lines] == [amount is None for amount in amounts]
