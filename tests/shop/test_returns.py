"""Returns begin with what can be returned, keep what was typed, and say why a line is refused."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from shop.models import Address, Order, Refund
from shop.refunds import plan_refund
from shop.return_form import ReturnForm
from shop.returns import ReturnRefused, request_return
from tests.factories import make_product
from tests.html_forms import read_form
from tests.shop.conftest import buy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unrecorded_parcels")]


@pytest.fixture
def order(as_shopper: Client, saved_address: Address) -> Order:
    """Return a paid order of three mugs and a lamp."""
    make_product("mug", stock=9)
    make_product("lamp", stock=9)
    buy(as_shopper, {"lines": [{"product": "mug", "quantity": 3}, {"product": "lamp"}]})
    return Order.objects.get()


def line_id(order: Order, slug: str) -> int:
    return order.lines.get(product__slug=slug).pk


def ask(client: Client, order: Order, **quantities: str) -> tuple[int, str]:
    """Post the return form with quantities by slug and a reason. Return the status and the page."""
    data = {f"line-{line_id(order, slug)}": quantity for slug, quantity in quantities.items()}
    response = client.post(f"/orders/{order.code}/return/", data | {"reason": "It is <chipped>"})
    return response.status_code, response.content.decode()


def test_form_begins_with_everything_that_can_be_returned(as_shopper: Client, order: Order) -> None:
    page = as_shopper.get(f"/orders/{order.code}/").content.decode()
    form = read_form(page, field="reason")
    assert (form[f"line-{line_id(order, 'mug')}"], form[f"line-{line_id(order, 'lamp')}"]) == ("3", "1")
    as_shopper.post(f"/orders/{order.code}/return/", form)
    assert sorted(Refund.objects.get().lines.values_list("quantity", flat=True)) == [1, 3]


def test_refused_request_keeps_what_was_typed_and_says_why_at_each_line(as_shopper: Client, order: Order) -> None:
    status, page = ask(as_shopper, order, mug="4", lamp="1")
    assert (status, Refund.objects.count()) == (422, 0)
    assert "You can return at most 3." in page
    form = read_form(page, field="reason")
    assert form[f"line-{line_id(order, 'mug')}"] == "4"
    assert "It is &lt;chipped&gt;" in page


@pytest.mark.parametrize("typed", ["", "0", "-1", "two", "9" * 30, "１"])
def test_request_for_no_clear_number_is_refused(as_shopper: Client, order: Order, typed: str) -> None:
    status, _page = ask(as_shopper, order, mug=typed)
    assert (status, Refund.objects.count()) == (422 if typed != "１" else 302, int(typed == "１"))


def test_each_refusal_has_its_reason(as_shopper: Client, order: Order) -> None:
    ended_at = timezone.now() - timedelta(days=2)
    order.lines.filter(product__slug="lamp").update(payable_at=ended_at)
    plan_refund(order_id=order.pk, quantities={line_id(order, "mug"): 1}, created_by=None, now=timezone.now())
    assert ask(as_shopper, order, mug="1")[0] == 302
    status, page = ask(as_shopper, order, mug="2", lamp="1")
    today = date_format(timezone.localtime(), "DATE_FORMAT")
    assert status == 422
    asked = f"You asked to return 1 unit on {today}. We will reply by email."
    assert f"{asked} You can return at most 1." in page
    assert f"The return period ended on {date_format(ended_at, 'DATE_FORMAT')}." in page
    assert Refund.objects.filter(state="requested").count() == 1
    assert ask(as_shopper, order, mug="1")[0] == 302
    page = as_shopper.get(f"/orders/{order.code}/").content.decode()
    assert "You asked to return 2 units" in page
    assert 'name="line-' not in page
    plan_refund(order_id=order.pk, created_by=None, now=timezone.now())
    page = as_shopper.get(f"/orders/{order.code}/").content.decode()
    assert "Return items" not in page


def test_unit_refunded_while_the_form_was_open_is_refused_at_its_line(order: Order) -> None:
    now = timezone.now()
    form = ReturnForm({f"line-{line_id(order, 'mug')}": "3"}, order=order, now=now)
    assert form.is_valid()
    plan_refund(order_id=order.pk, quantities={line_id(order, "mug"): 1}, created_by=None, now=now)
    with pytest.raises(ReturnRefused) as refused:
        request_return(order=order, quantities=form.quantities, reason="", now=now)
    form.add_refusal(refused.value)
    assert form.errors == {f"line-{line_id(order, 'mug')}": ["You can return at most 2."]}
    assert Refund.objects.filter(state="requested").count() == 0


def test_returns_through_the_api(as_shopper: Client, as_stranger: Client, order: Order) -> None:
    url, body = (
        f"/api/v1/orders/{order.code}/returns/",
        {"lines": [{"product": "mug", "quantity": 2}], "reason": "Chip"},
    )
    headers = {"Idempotency-Key": "return-0001"}
    mug, lamp = (order.lines.get(product__slug=slug).variant_id for slug in ("mug", "lamp"))
    assert as_stranger.get(url).status_code == 404
    assert as_stranger.post(url, body, "application/json").status_code == 404
    assert as_shopper.get(url).json() == {
        "lines": [
            {"product": "mug", "variant": mug, "returnable_quantity": 3, "refusal": ""},
            {"product": "lamp", "variant": lamp, "returnable_quantity": 1, "refusal": ""},
        ],
        "returns": [],
    }
    for _time in range(2):
        response = as_shopper.post(url, body, "application/json", headers=headers)
        assert (response.status_code, response.json()["state"]) == (201, "requested")
        assert response.json()["lines"] == [{"product": "mug", "variant": mug, "quantity": 2}]
    assert as_shopper.post(url, body | {"reason": ""}, "application/json", headers=headers).status_code == 422
    response = as_shopper.post(url, body, "application/json")
    assert response.status_code == 409
    assert response.json()["detail"].startswith("Mug: You asked to return 2 units on ")
    refused: tuple[dict[str, Any], ...] = (
        {},
        {"lines": []},
        {"lines": [{"product": "mug", "quantity": 0}]},
        {"lines": [{"product": "cup", "quantity": 1}]},
    )
    for wrong in refused:
        assert as_shopper.post(url, wrong, "application/json").status_code == 400
    assert Refund.objects.count() == 1
    assert [row["returnable_quantity"] for row in as_shopper.get(url).json()["lines"]] == [1, 1]


def test_staff_see_an_order_without_its_return_form(client: Client, order: Order, merchant: User) -> None:
    client.force_login(merchant)
    assert 'name="reason"' not in client.get(f"/orders/{order.code}/").content.decode()
