"""Until an order is packed, its shopper changes the address, cancels items, and asks the shop."""

from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from catalog.models import Product
from shop.models import Order, Refund
from tests.html_forms import read_form
from tests.shop.conftest import ADDRESS
from tests.shop.delivery.conftest import line_of, pack

pytestmark = pytest.mark.django_db
NEAR = ADDRESS | {"street": "2 Side Street", "city": "Chicago", "postal_code": "60601"}
FAR = ADDRESS | {"city": "San Francisco", "region": "CA", "postal_code": "94016"}


def api(order: Order, part: str) -> str:
    return f"/api/v1/orders/{order.code}/{part}/"


def cancel(client: Client, order: Order, **quantities: int) -> Any:
    lines = [{"product": slug, "quantity": quantity} for slug, quantity in quantities.items()]
    return client.post(api(order, "cancel-items"), {"lines": lines}, content_type="application/json")


def test_address_is_changed_until_the_order_is_packed(
    as_packer: Client, as_shopper: Client, order: Order, mailoutbox: list[EmailMessage]
) -> None:
    assert "Change the address" in as_shopper.get(f"/orders/{order.code}/").content.decode()
    url = f"/orders/{order.code}/address/"
    form = read_form(as_shopper.get(url).content.decode(), field="street")
    assert form["street"] == "1 Main Street"
    assert as_shopper.post(url, form | NEAR).status_code == 302
    order.refresh_from_db()
    assert (order.street, order.city, order.name) == ("2 Side Street", "Chicago", "Sam Shopper")
    assert [mail.subject for mail in mailoutbox] == [f"The address of your order {order.code} was changed"]
    assert "2 Side Street" in mailoutbox[0].body and order.link_path in mailoutbox[0].body
    pack(as_packer, order, mug=1)
    assert as_shopper.post(url, form).status_code == 302
    assert as_shopper.put(api(order, "address"), ADDRESS, content_type="application/json").status_code == 409
    order.refresh_from_db()
    assert order.street == "2 Side Street"
    assert "Change the address" not in as_shopper.get(f"/orders/{order.code}/").content.decode()


def test_address_in_another_region_is_refused(as_shopper: Client, order: Order) -> None:
    response = as_shopper.put(api(order, "address"), FAR, content_type="application/json")
    assert response.status_code == 409
    assert response.json()["detail"].startswith("Shipping and tax of this order are for its country and region.")
    assert as_shopper.post(f"/orders/{order.code}/address/", FAR).status_code == 409
    order.refresh_from_db()
    assert order.city == "Springfield"


def test_staff_change_the_address_for_the_shopper_who_gets_an_email(
    as_packer: Client, order: Order, mailoutbox: list[EmailMessage]
) -> None:
    url, change = f"/admin/shop/order/{order.pk}/address/", f"/admin/shop/order/{order.pk}/change/"
    assert url in as_packer.get(change).content.decode()
    form = read_form(as_packer.get(url).content.decode(), field="street")
    assert as_packer.post(url, form | FAR).status_code == 409
    assert as_packer.post(url, form | {"street": ""}).status_code == 422
    assert mailoutbox == []
    assert as_packer.post(url, form | NEAR).status_code == 302
    order.refresh_from_db()
    assert (order.street, order.city, order.name) == ("2 Side Street", "Chicago", "Sam Shopper")
    assert [(mail.to, "2 Side Street" in mail.body) for mail in mailoutbox] == [([order.email], True)]
    assert "Changed the delivery address." in as_packer.get(f"/admin/shop/order/{order.pk}/history/").content.decode()
    pack(as_packer, order, mug=1)
    assert url not in as_packer.get(change).content.decode()
    assert as_packer.post(url, form).status_code == 302
    order.refresh_from_db()
    assert (order.street, len(mailoutbox)) == ("2 Side Street", 1)


def test_staff_without_a_role_for_orders_change_no_address(
    as_moderator: Client, order: Order, mailoutbox: list[EmailMessage]
) -> None:
    assert as_moderator.post(f"/admin/shop/order/{order.pk}/address/", NEAR).status_code == 403
    order.refresh_from_db()
    assert (order.street, mailoutbox) == ("1 Main Street", [])


def test_unpacked_units_are_cancelled_and_refunded(as_packer: Client, as_shopper: Client, order: Order) -> None:
    pack(as_packer, order, mug=2)
    response = cancel(as_shopper, order, mug=1)
    assert (response.status_code, response.json()["refunded"]["amount_minor"]) == (200, 1000)
    assert (line_of(order, "mug").unpacked_quantity, Product.objects.get(slug="mug").stock) == (0, 7)
    response = cancel(as_shopper, order, mug=1)
    assert response.status_code == 409
    assert response.json()["detail"].startswith("Some of these items are packed already.")
    data = {f"cancel-{line_of(order, 'lamp').pk}": "1"}
    assert as_shopper.post(f"/orders/{order.code}/cancel-items/", data).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.refunded_minor, order.packing_due_at) == ("partly_refunded", 3500, None)
    assert order.parcels.get().state == "packed"
    page = as_shopper.get(f"/orders/{order.code}/").content.decode()
    assert "Change this order" not in page


@pytest.mark.parametrize("quantity", ["", "0", "-1", "4", "x"])
def test_cancelling_no_clear_number_changes_nothing(as_shopper: Client, order: Order, quantity: str) -> None:
    as_shopper.post(f"/orders/{order.code}/cancel-items/", {f"cancel-{line_of(order, 'mug').pk}": quantity})
    assert Refund.objects.count() == 0


def test_question_reaches_the_packers_who_reply_to_the_shopper(
    as_packer: Client, as_shopper: Client, order: Order, mailoutbox: list[EmailMessage]
) -> None:
    words = {"words": "Can it be wrapped as a gift?"}
    assert as_shopper.post(f"/orders/{order.code}/question/", words).status_code == 302
    [email] = mailoutbox
    assert (email.to, email.extra_headers["Reply-To"]) == (["packer@example.com"], order.email)
    assert "Can it be wrapped as a gift?" in email.body
    response = as_shopper.post(api(order, "question"), words, content_type="application/json")
    assert (response.status_code, len(mailoutbox)) == (409, 1)
    pack(as_packer, order, mug=1)
    Order.objects.update(asked_at=None)
    assert as_shopper.post(api(order, "question"), words, content_type="application/json").status_code == 409
    assert len(mailoutbox) == 1


def test_strangers_change_nothing(
    as_stranger: Client, client: Client, order: Order, mailoutbox: list[EmailMessage]
) -> None:
    for person in (as_stranger, client):
        assert person.get(f"/orders/{order.code}/address/").status_code == 404
        assert person.post(f"/orders/{order.code}/cancel-items/").status_code == 404
        assert person.post(f"/orders/{order.code}/question/", {"words": "Hello"}).status_code == 404
        assert person.put(api(order, "address"), NEAR, content_type="application/json").status_code == 404
        assert cancel(person, order, mug=1).status_code == 404
        assert person.post(api(order, "question"), {"words": "Hello"}).status_code == 404
    order.refresh_from_db()
    assert (order.street, Refund.objects.count(), mailoutbox) == ("1 Main Street", 0, [])


def test_who_has_the_link_alone_changes_nothing(
    client: Client, as_shopper: Client, order: Order, mailoutbox: list[EmailMessage]
) -> None:
    client.get(order.link_path)
    page = client.get(f"/orders/{order.code}/").content.decode()
    assert "Mug" in page and "Change this order" not in page
    client.post(f"/orders/{order.code}/address/", NEAR)
    client.post(f"/orders/{order.code}/cancel-items/", {f"cancel-{line_of(order, 'mug').pk}": "1"})
    client.post(f"/orders/{order.code}/question/", {"words": "Hello"})
    assert cancel(client, order, mug=1).status_code == 409
    order.refresh_from_db()
    assert (order.street, Refund.objects.count(), mailoutbox) == ("1 Main Street", 0, [])
