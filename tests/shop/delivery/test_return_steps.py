"""Returns step by step: requested, accepted or declined, received, and refunded for what arrived."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import Product
from shop.mail import mail_orders
from shop.models import Order, Refund
from shop.refunds import plan_refund
from tests.conftest import client_of
from tests.factories import make_user
from tests.html_forms import read_form
from tests.shop.delivery.conftest import deliver, line_of

pytestmark = pytest.mark.django_db
REFUNDS = "/admin/shop/refund/"


@pytest.fixture
def as_finance(settings: Any) -> Client:
    settings.STAFF_REQUIRE_MFA = False
    user = make_user("finance@example.com", is_staff=True)
    user.groups.add(Group.objects.get(name="Finance"))
    return client_of(user)


@pytest.fixture
def requested(as_packer: Client, as_shopper: Client, order: Order) -> Refund:
    """Return a request to return three mugs that were delivered."""
    deliver(as_packer, order, mug=3, lamp=1)
    data = {f"line-{line_of(order, 'mug').pk}": "3", "reason": "Too small"}
    assert as_shopper.post(f"/orders/{order.code}/return/", data).status_code == 302
    return Refund.objects.get()


def act(client: Client, action: str, refund: Refund, **values: str) -> None:
    body = {"action": action, "_selected_action": [refund.pk]}
    form = read_form(client.post(REFUNDS, body, follow=True).content.decode())
    client.post(REFUNDS, form | {"_selected_action": [refund.pk]} | values, follow=True)


def receive(client: Client, refund: Refund, arrived: int, **values: str) -> Any:
    data = {f"line-{refund.lines.get().pk}": arrived} | values
    return client.post(f"{REFUNDS}{refund.pk}/receive/", data)


def state_of(refund: Refund) -> tuple[str, int]:
    refund.refresh_from_db()
    return refund.state, refund.amount_minor


def test_three_announced_and_two_arrived_are_refunded_for_two(
    as_finance: Client, as_shopper: Client, requested: Refund, mailoutbox: list[EmailMessage]
) -> None:
    mail_orders(now=timezone.now())
    act(as_finance, "await_goods", requested)
    assert state_of(requested) == ("accepted", 0)
    mail_orders(now=timezone.now())
    mail_orders(now=timezone.now())
    assert [mail.subject for mail in mailoutbox if "return" in mail.subject] == [
        f"Your return request for order {requested.order.code}",
        f"Your return for order {requested.order.code} was accepted",
    ]
    assert receive(as_finance, requested, 2, is_restocked="on").status_code == 302
    assert state_of(requested)[1] == 2000
    line = line_of(requested.order, "mug")
    assert (line.refunded_quantity, line.returned_quantity, line.unpacked_quantity) == (2, 2, 0)
    assert Product.objects.get(slug="mug").stock == 8
    assert receive(as_finance, requested, 1).status_code == 409
    url = f"/api/v1/orders/{requested.order.code}/returns/"
    assert as_shopper.get(url).json()["lines"][0]["returnable_quantity"] == 1


@pytest.mark.parametrize(("arrived", "status"), [(4, 422), (-1, 422), (0, 409)])
def test_what_cannot_have_arrived_is_refused(as_finance: Client, requested: Refund, arrived: int, status: int) -> None:
    act(as_finance, "await_goods", requested)
    assert receive(as_finance, requested, arrived).status_code == status
    assert state_of(requested) == ("accepted", 0)
    assert requested.lines.get().received_quantity is None


def test_goods_are_not_received_before_the_return_is_accepted(as_finance: Client, requested: Refund) -> None:
    assert receive(as_finance, requested, 3).status_code == 409
    assert state_of(requested) == ("requested", 0)


def test_packer_records_what_arrived_and_finance_refunds_it(
    as_packer: Client, as_finance: Client, requested: Refund, mailoutbox: list[EmailMessage]
) -> None:
    act(as_finance, "await_goods", requested)
    assert receive(as_packer, requested, 1).status_code == 302
    assert state_of(requested) == ("received", 0)
    mail_orders(now=timezone.now())
    [email] = [
        mail for mail in mailoutbox if mail.subject == f"We received your return for order {requested.order.code}"
    ]
    assert "1 × Mug" in email.body
    assert "Returns to refund" in as_finance.get("/admin/").content.decode()
    act(as_finance, "accept", requested)
    assert state_of(requested)[1] == 1000


def test_accepted_return_is_declined_if_nothing_arrives(
    as_finance: Client, as_shopper: Client, requested: Refund
) -> None:
    act(as_finance, "await_goods", requested)
    act(as_finance, "accept", requested)
    assert state_of(requested) == ("accepted", 0), "it is refunded when it arrives"
    act(as_finance, "refuse", requested, reason="The box was empty.")
    assert state_of(requested) == ("refused", 0)
    assert "The box was empty." in as_shopper.get(f"/orders/{requested.order.code}/").content.decode()


def test_return_that_arrived_is_still_declined(as_packer: Client, as_finance: Client, requested: Refund) -> None:
    act(as_finance, "await_goods", requested)
    receive(as_packer, requested, 3)
    plan_refund(order_id=requested.order_id, created_by=None, now=timezone.now())
    act(as_finance, "accept", requested)
    assert state_of(requested) == ("received", 0), "nothing is left to refund"
    assert "Returns to refund" in as_finance.get("/admin/").content.decode()
    act(as_finance, "refuse", requested, reason="It was refunded before.")
    assert state_of(requested) == ("refused", 0)
    assert "Returns to refund" not in as_finance.get("/admin/").content.decode()


def test_packers_do_not_record_returns_of_their_own(
    as_finance: Client, requested: Refund, shopper: User, settings: Any
) -> None:
    act(as_finance, "await_goods", requested)
    User.objects.filter(pk=shopper.pk).update(is_staff=True)
    shopper.groups.add(Group.objects.get(name="Fulfilment"))
    response = receive(client_of(User.objects.get(pk=shopper.pk)), requested, 3)
    assert (response.status_code, state_of(requested)) == (409, ("accepted", 0))
    assert "A colleague has to record this." in response.content.decode()


def test_units_of_an_accepted_return_are_not_announced_again(
    as_finance: Client, as_shopper: Client, requested: Refund
) -> None:
    act(as_finance, "await_goods", requested)
    url = f"/api/v1/orders/{requested.order.code}/returns/"
    body = {"lines": [{"product": "mug", "quantity": 1}]}
    assert as_shopper.post(url, body, content_type="application/json").status_code == 409
    assert Refund.objects.count() == 1


def test_strangers_do_not_record_returns(as_moderator: Client, as_shopper: Client, requested: Refund) -> None:
    url = f"{REFUNDS}{requested.pk}/receive/"
    assert as_moderator.get(url).status_code == 403
    assert as_shopper.get(url).status_code == 302
