"""Whoever has the link to an order alone sees what was bought, and can't take the order."""

from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from accounts.refused_addresses import remember_refused
from shop.models import BillingAddress, Order
from tests.conftest import client_of, make_staff
from tests.factories import make_product
from tests.shop.conftest import ADDRESS, buy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_request_limits")]
EMAIL = "guest@example.com"
PHONE = "+12175550123"
SECRETS = (EMAIL, "Sam Shopper", "1 Main Street", PHONE, "9 Billing Road", "DE123456789")


@pytest.fixture
def guest() -> Client:
    return Client()


@pytest.fixture
def order(guest: Client, settings: Settings) -> Order:
    """Return a guest's paid order, which has everything that can be personal."""
    settings.PHONE_COUNTRIES = ["US"]
    make_product("mug", stock=5)
    body = {"product": "mug", "email": EMAIL, "address": {**ADDRESS, "phone": PHONE}}
    code = buy(guest, body).json()["code"]
    Order.objects.update(vat_number="DE123456789")
    order = Order.objects.get(code=code)
    BillingAddress.objects.create(order=order, **{**ADDRESS, "street": "9 Billing Road"})
    return order


def post(client: Client, path: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(path, body or {}, content_type="application/json")


def texts_of(client: Client, order: Order) -> str:
    """Return everything that pages and the API tell this client about the order."""
    paths = (f"/orders/{order.code}/", "/orders/", f"/api/v1/orders/{order.code}/", "/api/v1/orders/")
    return "\n".join(unescape(client.get(path).content.decode()) for path in paths)


@pytest.mark.parametrize("is_signed_in", [False, True])
@pytest.mark.parametrize("is_refused", [False, True])
def test_link_alone_tells_neither_the_email_nor_the_addresses(
    order: Order, shopper: User, is_signed_in: bool, is_refused: bool
) -> None:
    if is_refused:
        remember_refused(email=EMAIL, answer_text=f"550 <{EMAIL}> is unknown", now=timezone.now())
    friend = client_of(shopper) if is_signed_in else Client()
    assert friend.get(order.link_path).status_code == 302
    shown = texts_of(friend, order)
    assert [secret for secret in SECRETS if secret in shown] == []
    assert "g•••@example.com" in shown and "Addresses are shown to whoever knows" in shown
    opened = post(Client(), "/api/v1/orders/find/", {"code": order.code, "token": order.link_token}).json()
    assert (opened["email"], opened["address"], opened["billing_address"]) == ("g•••@example.com", [], [])
    cancelled = post(friend, f"/api/v1/orders/{order.code}/cancel/")
    assert cancelled.status_code == 200
    assert [secret for secret in SECRETS if secret in cancelled.content.decode()] == []


def test_email_address_or_the_same_browser_shows_everything(order: Order, guest: Client) -> None:
    device = Client()
    device.get(order.link_path)
    assert device.post("/orders/find/", {"code": order.code, "email": EMAIL}).status_code == 302
    staff = client_of(make_staff("desk@example.com", "shop"))
    assert all(secret in texts_of(device, order) for secret in SECRETS)
    assert all(secret in texts_of(guest, order) for secret in SECRETS)
    page = staff.get(f"/orders/{order.code}/").content.decode()
    assert all(secret in page for secret in SECRETS)


def test_link_alone_neither_corrects_the_email_nor_takes_the_order(order: Order, guest: Client, shopper: User) -> None:
    remember_refused(email=EMAIL, answer_text="550 no", now=timezone.now())
    friend = client_of(shopper)
    friend.get(order.link_path)
    corrected = friend.post(f"/orders/{order.code}/email/", {"email": "friend@example.com"}, follow=True)
    assert "Open the order with its number and email address first." in corrected.content.decode()
    assert "Send the emails there" not in corrected.content.decode()
    assert post(friend, f"/api/v1/orders/{order.code}/claim/").status_code == 409
    order.refresh_from_db()
    assert (order.email, order.user, order.link_version) == (EMAIL, None, 1)
    assert guest.get(f"/orders/{order.code}/").status_code == 200


def test_address_that_was_known_before_staff_corrected_it_opens_nothing(order: Order, shopper: User) -> None:
    other = client_of(shopper)
    assert other.post("/orders/find/", {"code": order.code, "email": EMAIL}).status_code == 302
    staff = client_of(make_staff("desk@example.com", "shop"))
    corrected = {"email": "right@example.com", "reason": "Typo"}
    assert staff.post(f"/admin/shop/order/{order.pk}/email/", corrected).status_code == 302
    order.refresh_from_db()
    other.get(order.link_path)
    assert "right@example.com" not in texts_of(other, order)
    assert post(other, f"/api/v1/orders/{order.code}/claim/").status_code == 409
