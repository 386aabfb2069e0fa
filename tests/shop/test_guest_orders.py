"""Guests come back to an order by the link in its emails or its number and email address, and nobody else does."""

import re
from html import unescape

import pytest
from allauth.account.models import EmailAddress
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from catalog.models import Product
from shop.mail import mail_orders
from shop.models import Order, Refund
from shop.order_links import replace_link
from shop.shopper import OPENED_ORDERS_KEY
from tests.conftest import client_of, make_staff
from tests.factories import PASSWORD, make_product, make_user
from tests.html_forms import read_form
from tests.shop.conftest import ADDRESS, buy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unrecorded_parcels")]
EMAIL = "Guest@example.com"


@pytest.fixture
def order() -> Order:
    make_product("mug", stock=5)
    code = buy(Client(), {"product": "mug", "email": EMAIL, "address": ADDRESS}).json()["code"]
    return Order.objects.get(code=code)


def link_in_email() -> str:
    mail_orders(now=timezone.now())
    found = re.search(r"/orders/\w+/link/\S+/", str(mail.outbox[-1].body))
    assert found
    return found[0]


def find(client: Client, code: str, email: str) -> tuple[int, str]:
    response = client.post("/orders/find/", {"code": code, "email": email})
    return response.status_code, unescape(response.content.decode())


def test_link_in_the_email_opens_the_order_on_another_device(order: Order) -> None:
    device, link = Client(), link_in_email()
    assert device.get(f"/orders/{order.code}/").status_code == 404
    response = device.get(link)
    assert (response.status_code, response.headers["Location"]) == (302, f"/orders/{order.code}/")
    assert response.headers["Referrer-Policy"] == "no-referrer" and "no-store" in response.headers["Cache-Control"]
    page = device.get(f"/orders/{order.code}/")
    assert page.headers["X-Robots-Tag"] == "noindex" and page.headers["Referrer-Policy"] == "same-origin"
    assert "Cancel order" in page.content.decode()
    assert device.get("/api/v1/orders/").json()["results"][0]["code"] == order.code


def test_link_opens_no_other_order(order: Order) -> None:
    token = link_in_email().rstrip("/").rsplit("/", 1)[1]
    other = buy(Client(), {"product": "mug", "email": "other@example.com", "address": ADDRESS}).json()["code"]
    device = Client()
    assert device.get(f"/orders/{other}/link/{token}/").status_code == 404
    assert device.get(f"/orders/{order.code}/link/{token[:-1]}A{token[-1]}/").status_code == 404
    assert OPENED_ORDERS_KEY not in device.session
    device.get(link_in_email_of(order))
    assert device.get(f"/orders/{other}/").status_code == 404


def link_in_email_of(order: Order) -> str:
    order.refresh_from_db()
    return order.link_path


def test_replaced_link_is_invalid_and_closes_the_order(order: Order) -> None:
    device, link = Client(), link_in_email()
    device.get(link)
    replace_link(order_id=order.pk)
    assert device.get(f"/orders/{order.code}/").status_code == 404
    page = device.get(link)
    assert page.status_code == 404 and "This link is no longer valid." in page.content.decode()
    assert device.get(link_in_email_of(order)).status_code == 302


def test_order_is_found_by_number_and_email(order: Order) -> None:
    device = Client()
    typed = f" {order.code[:4].upper()} {order.code[4:8]}-{order.code[8:]} "
    assert find(device, typed, "Guest@Example.com")[0] == 302
    assert device.get(f"/orders/{order.code}/").status_code == 200


def test_answer_is_the_same_whatever_is_wrong(order: Order) -> None:
    device = Client()
    answers = {
        (status, re.sub(r'value="[^"]*"|nonce="[^"]*"|content="[^"]*"', "", page))
        for status, page in (find(device, order.code, "x@example.com"), find(device, "nosuchorder1", EMAIL))
    }
    assert len(answers) == 1
    [(status, page)] = answers
    assert status == 404 and "We found no order with this number and email address." in page
    assert device.get(f"/orders/{order.code}/").status_code == 404


def test_looking_for_orders_is_limited(order: Order, settings: Settings) -> None:
    settings.CACHES = settings.CACHES | {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    device = Client(REMOTE_ADDR="192.0.2.77")
    statuses = [find(device, f"nosuchorder{number}", EMAIL)[0] for number in range(12)]
    assert statuses == [404] * 10 + [429] * 2
    assert find(device, order.code, EMAIL)[0] == 429
    body = {"code": order.code, "email": EMAIL}
    assert device.post("/api/v1/orders/find/", body, content_type="application/json").status_code == 429
    assert device.get(f"/orders/{order.code}/").status_code == 404


def test_guest_cancels_from_the_link(order: Order) -> None:
    device = Client()
    device.get(link_in_email())
    page = device.post(f"/orders/{order.code}/cancel/", follow=True).content.decode()
    assert "We are refunding your payment." in page
    assert (Refund.objects.get().amount_minor, Product.objects.get().stock) == (order.total_minor, 5)


def test_guest_returns_from_the_link(order: Order) -> None:
    device = Client()
    device.get(link_in_email())
    form = read_form(device.get(f"/orders/{order.code}/").content.decode(), field="reason")
    assert device.post(f"/orders/{order.code}/return/", form | {"reason": "Broken"}).status_code == 302
    assert Refund.objects.get().state == "requested"


def test_guest_pays_from_the_link() -> None:
    make_product("mug")
    buy(Client(), {"product": "mug", "email": "declined@example.com", "address": ADDRESS})
    order = Order.objects.get()
    device = Client()
    device.get(order.link_path)
    assert order.state == "pending" and "Pay now" in device.get(f"/orders/{order.code}/").content.decode()
    api = f"/api/v1/orders/{order.code}/pay/"
    assert device.post(api, content_type="application/json").status_code == 402
    Order.objects.update(email=EMAIL)
    assert device.post(f"/orders/{order.code}/pay/").status_code == 302
    order.refresh_from_db()
    assert order.state == "paid"
    assert Client().post(api, content_type="application/json").status_code == 404


def test_api_opens_an_order_by_email_or_token(order: Order) -> None:
    for key in ({"email": EMAIL}, {"token": order.link_token}):
        device = Client()
        opened = device.post("/api/v1/orders/find/", {"code": order.code, **key}, content_type="application/json")
        assert (opened.status_code, opened.json()["code"]) == (200, order.code)
        assert device.get(f"/api/v1/orders/{order.code}/").status_code == 200
    for key in ({"email": "x@example.com"}, {"token": "x"}, {}):
        refused = Client().post("/api/v1/orders/find/", {"code": order.code, **key}, content_type="application/json")
        assert refused.status_code == 404


def test_staff_correct_the_address_and_the_link_changes(order: Order) -> None:
    device, link = Client(), link_in_email()
    device.get(link)
    manager = client_of(make_staff("sales@example.com", "shop"))
    path = f"/admin/shop/order/{order.pk}/email/"
    assert manager.post(path, {"email": "no address", "reason": "Typo"}).status_code == 422
    assert manager.post(path, {"email": "right@example.com", "reason": "Typo"}).status_code == 302
    assert device.get(link).status_code == 404 and device.get(f"/orders/{order.code}/").status_code == 404
    new_link = link_in_email()
    assert mail.outbox[-1].to == ["right@example.com"] and new_link != link
    assert device.get(new_link).status_code == 302
    assert manager.post(path, {"email": "right@example.com", "reason": "Forwarded"}).status_code == 302
    assert Client().get(new_link).status_code == 404
    assert client_of(make_staff("desk@example.com", "videos")).post(path, {"email": EMAIL}).status_code == 403


@pytest.mark.parametrize(
    ("is_verified", "email"), [(True, "guest@example.com"), (False, "guest@example.com"), (True, "x@example.com")]
)
def test_guest_who_signs_up_gets_the_orders_of_a_verified_address(order: Order, is_verified: bool, email: str) -> None:
    user = make_user(email)
    EmailAddress.objects.create(user=user, email=email, verified=is_verified, primary=True)
    device = Client()
    page = device.post("/accounts/login/", {"login": email, "password": PASSWORD}, follow=True).content.decode()
    order.refresh_from_db()
    is_adopted = is_verified and email == EMAIL.lower()
    assert (order.user == user) is is_adopted
    assert ("is now in your account" in page) is is_adopted


@pytest.mark.parametrize("email", ["gue\u017ft@example.com", "guest@gma\u0131l.com", "gue\u017ft@gma\u0131l.com"])
def test_address_that_looks_the_same_in_capitals_brings_no_orders(email: str) -> None:
    """Such a domain is another one, which anybody can register: xn--gmal-nza.com, for example."""
    make_product("mug", stock=5)
    guest = email.replace("\u0131", "i").replace("\u017f", "s")
    code = buy(Client(), {"product": "mug", "email": guest, "address": ADDRESS}).json()["code"]
    assert Order.objects.filter(email__iexact=email).count() == 1
    user = make_user(email)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    device = Client()
    assert device.post("/accounts/login/", {"login": email, "password": PASSWORD}).status_code == 302
    assert device.get(f"/orders/{code}/").status_code == 404
    assert Order.objects.get().user is None


def test_confirming_an_address_later_brings_its_orders(order: Order, shopper: User) -> None:
    from feedsite.sign_in_merge import SignInMergeAdapter

    address = EmailAddress.objects.create(user=shopper, email=EMAIL, verified=False)
    client = client_of(shopper)
    request = client.get("/accounts/").wsgi_request
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    assert order.user is None
    assert SignInMergeAdapter().confirm_email(request, address)
    order.refresh_from_db()
    assert order.user == shopper
