"""A refund is made from a page that shows all earlier ones: a second tab, person or press doesn't refund the same again."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from accounts.history import read_history_line
from accounts.models import User
from shop.models import Address, Order, Refund
from tests.conftest import client_of, make_staff
from tests.factories import make_product
from tests.html_forms import read_form
from tests.shop.conftest import buy

pytestmark = pytest.mark.django_db
MANY = "/admin/shop/order/"


@pytest.fixture
def order(as_shopper: Client, saved_address: Address) -> Order:
    """Return a paid order of three mugs at $10.00, with $4.99 of shipping."""
    make_product("mug", stock=5, price_minor=1000)
    buy(as_shopper, {"product": "mug", "quantity": 3})
    return Order.objects.get()


@pytest.fixture
def ann(db: None) -> User:
    return make_staff("ann@example.com", "shop")


@pytest.fixture
def ben(db: None) -> User:
    return make_staff("ben@example.com", "shop")


def url_of(order: Order) -> str:
    return f"/admin/shop/order/{order.pk}/refund/"


def open_confirmation(client: Client, order: Order, **typed: Any) -> dict[str, Any]:
    """Return the form of the page that asks "Refund $12.00?"."""
    form = read_form(client.get(url_of(order)).content.decode()) | {"reason": "late parcel"} | typed
    page = client.post(url_of(order), form)
    assert page.status_code == 200
    return read_form(page.content.decode(), field="confirmed_minor")


def refunded(order: Order) -> tuple[int, int]:
    order.refresh_from_db()
    return Refund.objects.count(), order.refunded_minor


@pytest.mark.parametrize("is_colleague", [True, False])
def test_second_confirmation_is_refused_and_says_who_refunded_what(
    order: Order, ann: User, ben: User, is_colleague: bool
) -> None:
    first = client_of(ann)
    second = client_of(ben) if is_colleague else first
    forms = [open_confirmation(client, order, amount="12") for client in (first, second)]
    assert first.post(url_of(order), forms[0]).status_code == 302
    answer = second.post(url_of(order), forms[1])
    page = answer.content.decode()
    assert answer.status_code == 422 and refunded(order) == (1, 1200)
    assert "ann@example.com refunded $12.00 of this order on" in page and "late parcel" in page
    again = read_form(page, field="reason")
    assert (again["amount"], again["reason"]) == ("12", "late parcel")


def test_refused_form_asks_again_and_then_refunds(order: Order, ann: User, ben: User) -> None:
    form = open_confirmation(client_of(ben), order, amount="12")
    client_of(ann).post(url_of(order), open_confirmation(client_of(ann), order, amount="12"))
    page = client_of(ben).post(url_of(order), form).content.decode()
    question = client_of(ben).post(url_of(order), read_form(page, field="reason"))
    assert "Refund $12.00?" in question.content.decode() and refunded(order) == (1, 1200)
    form = read_form(question.content.decode(), field="confirmed_minor")
    assert client_of(ben).post(url_of(order), form).status_code == 302
    assert refunded(order) == (2, 2400)
    assert "Refunded $12.00: late parcel" in {
        read_history_line(entry.change_message) for entry in LogEntry.objects.all()
    }


def test_repeated_post_of_one_confirmation_refunds_once(order: Order, ann: User) -> None:
    form = open_confirmation(client_of(ann), order, **{f"line-{order.lines.get().pk}": "1"})
    answers = [client_of(ann).post(url_of(order), form).status_code for _press in range(3)]
    assert answers == [302, 422, 422] and refunded(order) == (1, 1000)


def test_confirmation_that_names_no_page_is_refused(order: Order, ann: User) -> None:
    client_of(ann).post(url_of(order), open_confirmation(client_of(ann), order, amount="12"))
    form = {"amount": "12", "reason": "late parcel", "confirmed_minor": "1200"}
    assert client_of(ann).post(url_of(order), form).status_code == 422
    assert refunded(order) == (1, 1200)


def test_goods_that_a_colleague_refunded_are_named_as_such(order: Order, ann: User, ben: User) -> None:
    line = f"line-{order.lines.get().pk}"
    form = read_form(client_of(ben).get(url_of(order)).content.decode()) | {line: "3", "reason": "Broken"}
    client_of(ann).post(url_of(order), open_confirmation(client_of(ann), order, **{line: "3"}))
    answer = client_of(ben).post(url_of(order), form)
    page = answer.content.decode()
    assert answer.status_code == 422 and refunded(order) == (1, 3499)
    assert "ann@example.com refunded $34.99 of this order" in page and "Broken" in page
    assert "Enter how many of the lines to refund" not in page


def test_going_back_to_change_the_amount_asks_again(order: Order, ann: User) -> None:
    client, form = client_of(ann), open_confirmation(client_of(ann), order, amount="12")
    changed = read_form(client.post(url_of(order), form | {"change": "1"}).content.decode(), field="reason")
    assert client.post(url_of(order), changed).status_code == 200
    assert refunded(order) == (0, 0)


def test_bulk_refund_of_what_was_left_is_refused_once_less_is_left(order: Order, ann: User, ben: User) -> None:
    body = {"action": "refund_remaining_amount", "_selected_action": [order.pk]}
    page = client_of(ben).post(MANY, body).content.decode()
    assert "$34.99" in page
    client_of(ann).post(url_of(order), open_confirmation(client_of(ann), order, amount="12"))
    form = read_form(page, field="reason") | {"reason": "Recall", "confirm": "1"}
    answer = client_of(ben).post(MANY, form, follow=True).content.decode()
    assert refunded(order) == (1, 1200) and "ann@example.com refunded $12.00" in answer
