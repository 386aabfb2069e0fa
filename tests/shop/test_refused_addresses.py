"""An order whose address the mail server refuses says so to shopper and staff, and takes another address."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import OutgoingEmail, RefusedAddress
from accounts.outbox import send_waiting_emails
from shop.mail import mail_orders
from shop.models import Order
from tests.conftest import client_of, make_staff
from tests.factories import make_product
from tests.mail_server import MailServer, run_mail_server
from tests.shop.conftest import ADDRESS, buy

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[MailServer]:
    with run_mail_server(settings) as server:
        yield server


@pytest.fixture
def guest() -> Client:
    return Client()


@pytest.fixture
def order(guest: Client, mail_server: MailServer) -> Order:
    """Return a guest's paid order, the confirmation of which was refused."""
    make_product("mug", stock=5)
    answer = buy(guest, {"product": "mug", "email": "550Guest@example.com", "address": ADDRESS})
    order = Order.objects.get(code=answer.json()["code"])
    deliver()
    return order


def deliver() -> None:
    mail_orders(now=timezone.now())
    send_waiting_emails(now=timezone.now())


def page_of(client: Client, order: Order) -> str:
    return unescape(client.get(f"/orders/{order.code}/").content.decode())


def test_one_refused_order_keeps_no_other_from_being_confirmed(mail_server: MailServer, order: Order) -> None:
    buy(Client(), {"product": "mug", "email": "lou@example.com", "address": ADDRESS})
    deliver()
    assert [address for address, _content in mail_server.accepted] == ["lou@example.com"]
    assert not Order.objects.filter(mailed_at=None).exists()


def test_a_guest_reads_that_the_address_is_refused_and_corrects_it(
    mail_server: MailServer, guest: Client, order: Order
) -> None:
    page = page_of(guest, order)
    assert "We could not reach" in page and "550Guest@example.com" in page and "550 no" in page
    answer = guest.post(f"/orders/{order.code}/email/", {"email": "guest@example.com"}, follow=True)
    shown = unescape(answer.content.decode())
    assert "Emails about this order go to guest@example.com from now on." in shown
    assert "We could not reach" not in shown
    deliver()
    [(address, content)] = mail_server.accepted
    assert address == "guest@example.com" and f"Your order {order.code}" in content


def test_someone_with_the_email_address_stays_in_the_order_after_correcting_it(guest: Client, order: Order) -> None:
    device = Client()
    device.defaults["REMOTE_ADDR"] = "198.51.100.20"
    device.post("/orders/find/", {"code": order.code, "email": order.email})
    answer = device.post(f"/orders/{order.code}/email/", {"email": "guest@example.com"}, follow=True)
    assert answer.status_code == 200 and "go to guest@example.com" in answer.content.decode()
    assert Client().get(order.link_path).status_code == 404


@pytest.mark.parametrize("typed", ["", "guest", "guest@", "a b@example.com", "x" * 250 + "@example.com"])
def test_a_malformed_address_is_refused_at_its_field_and_changes_nothing(
    guest: Client, order: Order, typed: str
) -> None:
    answer = guest.post(f"/orders/{order.code}/email/", {"email": typed})
    assert answer.status_code == 422
    page = unescape(answer.content.decode())
    assert (re.search(r'class="errorlist|aria-invalid="true"', page) and f'value="{typed}"' in page) or typed == ""
    order.refresh_from_db()
    assert (order.email, order.link_version) == ("550Guest@example.com", 1)


def test_the_same_address_can_be_tried_again(guest: Client, order: Order) -> None:
    guest.post(f"/orders/{order.code}/email/", {"email": "550guest@example.com"})
    assert not RefusedAddress.objects.exists()
    deliver()
    assert RefusedAddress.objects.count() == 1 and OutgoingEmail.objects.count() == 2


def test_an_address_that_works_cannot_be_changed_by_whoever_has_the_link(guest: Client, order: Order) -> None:
    RefusedAddress.objects.all().delete()
    answer = guest.post(f"/orders/{order.code}/email/", {"email": "thief@example.com"}, follow=True)
    assert "was not refused, so it stays as it is" in answer.content.decode()
    order.refresh_from_db()
    assert (order.email, order.link_version) == ("550Guest@example.com", 1)


def test_strangers_cannot_correct_it(order: Order) -> None:
    assert Client().post(f"/orders/{order.code}/email/", {"email": "thief@example.com"}).status_code == 404
    staff = client_of(make_staff("desk@example.com", "shop"))
    assert staff.post(f"/orders/{order.code}/email/", {"email": "thief@example.com"}).status_code == 404
    order.refresh_from_db()
    assert order.email == "550Guest@example.com"


def test_staff_see_it_on_the_order(order: Order) -> None:
    staff = client_of(make_staff("desk@example.com", "shop"))
    page = unescape(staff.get(f"/admin/shop/order/{order.pk}/change/").content.decode())
    assert "550 no" in page
    shown = page_of(staff, order)
    assert "We could not reach" in shown and f"/orders/{order.code}/email/" not in shown
