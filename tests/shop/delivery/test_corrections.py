"""What staff recorded about a sent parcel can be corrected: its tracking, that it arrived, and that it was lost."""

from unittest import mock

import pytest
from django.contrib.auth.models import Group
from django.core.mail import EmailMessage
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from accounts.models import User
from shop.mail import mail_orders
from shop.models import Order, Parcel
from shop.refunds import plan_refund, refund_return
from shop.returns import request_return
from tests.conftest import client_of
from tests.shop.delivery.conftest import deliver, line_of, pack, take_step
from tests.shop.delivery.test_periods import returnable

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(as_packer: Client, order: Order) -> Parcel:
    """Return a parcel with everything in the order, on its way."""
    pack(as_packer, order, mug=3, lamp=1)
    parcel = order.parcels.get()
    take_step(as_packer, parcel, "send", number="JD1", url="https://dhl.example/JD1")
    return parcel


def test_tracking_is_corrected_and_the_shopper_is_emailed_again(
    as_packer: Client, as_shopper: Client, sent: Parcel, mailoutbox: list[EmailMessage]
) -> None:
    mail_orders(now=timezone.now())
    form = as_packer.get(f"/admin/shop/parcel/{sent.pk}/tracking/").content.decode()
    assert 'value="JD1"' in form
    assert "Correct the tracking" in as_packer.get(f"/admin/shop/parcel/{sent.pk}/change/").content.decode()
    assert take_step(as_packer, sent, "tracking", carrier="UPS", number="1Z", url="").status_code == 302
    mail_orders(now=timezone.now())
    subject = f"A parcel of your order {sent.order.code} is on its way"
    bodies = [mail.body for mail in mailoutbox if mail.subject == subject]
    assert ["DHL JD1" in bodies[0], "UPS 1Z" in bodies[1], len(bodies)] == [True, True, 2]
    assert "1Z" in as_shopper.get(f"/orders/{sent.order.code}/").content.decode()


def test_tracking_of_another_parcel_is_refused(as_packer: Client, order: Order, sent: Parcel) -> None:
    Parcel.objects.create(order=order, state="sent", packed_at=timezone.now(), carrier="DHL", tracking_number="JD2")
    response = take_step(as_packer, sent, "tracking", carrier="DHL", number="JD2")
    assert response.status_code == 422
    assert "DHL parcel JD2 has been sent already." in response.content.decode()
    take_step(as_packer, sent, "deliver")
    assert take_step(as_packer, sent, "tracking", carrier="DHL", number="JD3").status_code == 409
    sent.refresh_from_db()
    assert (sent.tracking_number, sent.state) == ("JD1", "delivered")


def test_carrier_of_the_parcel_before_is_suggested(as_packer: Client, order: Order) -> None:
    pack(as_packer, order, mug=1)
    take_step(as_packer, order.parcels.get(), "send", carrier="Royal Mail")
    pack(as_packer, order, mug=1)
    page = as_packer.get(f"/admin/shop/parcel/{order.parcels.latest('pk').pk}/send/").content.decode()
    assert 'value="Royal Mail"' in page


def test_lost_parcel_turns_up(as_packer: Client, order: Order, sent: Parcel) -> None:
    take_step(as_packer, sent, "lose")
    assert returnable(order) == {"mug": 0, "lamp": 0}
    assert take_step(as_packer, sent, "deliver").status_code == 302
    assert returnable(order) == {"mug": 3, "lamp": 1}
    assert take_step(as_packer, sent, "resend").status_code == 409


def test_lost_units_that_were_refunded_and_turn_up_are_not_refunded_again(
    as_packer: Client, order: Order, sent: Parcel
) -> None:
    take_step(as_packer, sent, "lose")
    plan_refund(order_id=order.pk, quantities={line_of(order, "mug").pk: 1}, created_by=None, now=timezone.now())
    take_step(as_packer, sent, "deliver")
    assert returnable(order) == {"mug": 2, "lamp": 1}


def test_parcel_that_never_arrived_is_lost_though_its_carrier_delivered_it(as_packer: Client, order: Order) -> None:
    parcel = deliver(as_packer, order, mug=3, lamp=1)
    assert take_step(as_packer, parcel, "lose").status_code == 302
    assert returnable(order) == {"mug": 0, "lamp": 0}
    assert take_step(as_packer, parcel, "resend").status_code == 302
    assert line_of(order, "mug").unpacked_quantity == 3


def test_units_refunded_before_the_loss_are_not_sent_again(as_packer: Client, order: Order, sent: Parcel) -> None:
    plan_refund(order_id=order.pk, quantities={line_of(order, "mug").pk: 1}, created_by=None, now=timezone.now())
    take_step(as_packer, sent, "lose")
    assert take_step(as_packer, sent, "resend").status_code == 302
    line = line_of(order, "mug")
    assert (line.unpacked_quantity, line.packed_quantity, line.returned_quantity) == (2, 1, 1)


def test_database_refuses_units_refunded_before_the_loss(as_packer: Client, order: Order, sent: Parcel) -> None:
    plan_refund(order_id=order.pk, quantities={line_of(order, "mug").pk: 1}, created_by=None, now=timezone.now())
    with mock.patch("shop.delivery.parcels.count_refunded"):
        take_step(as_packer, sent, "lose")
        with pytest.raises(IntegrityError):
            take_step(as_packer, sent, "resend")


def test_units_of_a_lost_parcel_whose_return_is_refunded_are_not_sent_again(as_packer: Client, order: Order) -> None:
    parcel = deliver(as_packer, order, mug=3, lamp=1)
    mugs = {line_of(order, "mug").pk: 3}
    wish = request_return(order=order, quantities=mugs, reason="Never came", now=timezone.now())
    take_step(as_packer, parcel, "lose")
    refund_return(refund_id=wish.pk, created_by=None, now=timezone.now())
    assert take_step(as_packer, parcel, "resend").status_code == 302
    assert (line_of(order, "mug").unpacked_quantity, line_of(order, "lamp").unpacked_quantity) == (0, 1)


def test_lost_unit_that_was_refunded_stays_refunded_when_it_gets_lost_again(as_packer: Client, order: Order) -> None:
    deliver(as_packer, order, mug=1)
    pack(as_packer, order, mug=1)
    parcel = order.parcels.latest("pk")
    for step in ("send", "lose"):
        take_step(as_packer, parcel, step)
    plan_refund(order_id=order.pk, quantities={line_of(order, "mug").pk: 1}, created_by=None, now=timezone.now())
    for step in ("deliver", "lose"):
        assert take_step(as_packer, parcel, step).status_code == 302
    assert take_step(as_packer, parcel, "resend").status_code == 409


def test_unit_that_came_back_in_another_parcel_is_not_the_lost_one(as_packer: Client, order: Order) -> None:
    deliver(as_packer, order, mug=1)
    plan_refund(order_id=order.pk, quantities={line_of(order, "mug").pk: 1}, created_by=None, now=timezone.now())
    pack(as_packer, order, mug=1)
    lost = order.parcels.latest("pk")
    take_step(as_packer, lost, "send")
    take_step(as_packer, lost, "lose")
    assert lost.lines.get().refunded_quantity == 0


def test_disputed_units_are_not_sent_again(as_packer: Client, order: Order, sent: Parcel) -> None:
    take_step(as_packer, sent, "lose")
    Order.objects.update(state="disputed")
    assert take_step(as_packer, sent, "resend").status_code == 422
    assert line_of(order, "mug").unpacked_quantity == 0


@pytest.mark.parametrize("step", ["lose", "resend"])
def test_packers_do_not_lose_or_resend_parcels_of_their_own(
    as_packer: Client, order: Order, sent: Parcel, shopper: User, step: str
) -> None:
    if step == "resend":
        take_step(as_packer, sent, "lose")
    User.objects.filter(pk=shopper.pk).update(is_staff=True)
    shopper.groups.add(Group.objects.get(name="Fulfilment"))
    before = Parcel.objects.values().get()
    response = take_step(client_of(User.objects.get(pk=shopper.pk)), sent, step)
    assert response.status_code == 422
    assert "A colleague has to record this." in response.content.decode()
    assert Parcel.objects.values().get() == before
