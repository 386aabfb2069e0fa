"""Staff accept and decline returns, and deal with failed refunds, from admin's list."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from accounts.models import User
from shop.mail import mail_orders
from shop.models import Address, Order, Refund
from shop.refunds import plan_refund
from shop.returns import request_return
from tests.conftest import client_of
from tests.factories import make_product, make_user
from tests.html_forms import read_form
from tests.shop.conftest import buy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unrecorded_parcels")]
REFUNDS = "/admin/shop/refund/"


@pytest.fixture
def as_finance(db: None) -> Client:
    user = make_user("finance@example.com", is_staff=True)
    user.groups.add(Group.objects.get(name="Finance"))
    return client_of(user)


@pytest.fixture
def order(as_shopper: Client, saved_address: Address) -> Order:
    make_product("mug", stock=5, price_minor=1000)
    buy(as_shopper, {"product": "mug", "quantity": 2})
    return Order.objects.get()


@pytest.fixture
def requested(order: Order) -> Refund:
    return request_return(order=order, quantities={order.lines.get().pk: 1}, reason="It is chipped", now=timezone.now())


@pytest.fixture
def failed(order: Order) -> Refund:
    refund = plan_refund(order_id=order.pk, created_by=None, now=timezone.now())
    Refund.objects.update(state="failed", failure_text="The account is closed.")
    return refund


def ask(client: Client, action: str, *refunds: Refund) -> str:
    body = {"action": action, "_selected_action": [refund.pk for refund in refunds]}
    return client.post(REFUNDS, body, follow=True).content.decode()


def confirm(client: Client, action: str, *refunds: Refund, **values: Any) -> str:
    page = ask(client, action, *refunds)
    data: Mapping[str, Any] = read_form(page) | {"_selected_action": [refund.pk for refund in refunds]} | values
    return client.post(REFUNDS, data, follow=True).content.decode()


def test_requested_return_lists_what_it_would_refund(as_finance: Client, requested: Refund) -> None:
    assert "goods of $10.00" in as_finance.get(REFUNDS).content.decode()
    for address in (f"{REFUNDS}{requested.pk}/change/", f"/admin/shop/order/{requested.order_id}/change/"):
        page = as_finance.get(address).content.decode()
        assert "$10.00 if accepted" in page, address
    requested.refresh_from_db()
    assert (requested.state, requested.amount_minor, requested.lines.get().amount_minor) == ("requested", 0, 0)


def test_decline_needs_a_reason_that_the_shopper_reads(
    as_finance: Client, as_shopper: Client, requested: Refund, mailoutbox: list[EmailMessage]
) -> None:
    page = ask(as_finance, "refuse", requested)
    assert requested.order.code in page and "It is chipped" in page
    for reason in ("", "   ", "x" * 301):
        page = confirm(as_finance, "refuse", requested, reason=reason)
        assert "errorlist" in page
        requested.refresh_from_db()
        assert (requested.state, requested.decline_reason, LogEntry.objects.count()) == ("requested", "", 0)
    assert "1 return was declined." in confirm(as_finance, "refuse", requested, reason="Used for a year.")
    requested.refresh_from_db()
    assert (requested.state, requested.decline_reason) == ("refused", "Used for a year.")
    assert (requested.reason, requested.amount_minor) == ("It is chipped", 0)
    assert "Used for a year." in as_shopper.get(f"/orders/{requested.order.code}/").content.decode()
    mail_orders(now=timezone.now())
    assert "Used for a year." in mailoutbox[-1].body
    assert "Used for a year." in str(LogEntry.objects.get(object_id=str(requested.pk)))
    assert "Used for a year." in as_finance.get(f"{REFUNDS}{requested.pk}/history/").content.decode()


def test_accept_names_the_sum_and_says_what_it_did(as_finance: Client, requested: Refund) -> None:
    assert "refund $10.00?" in ask(as_finance, "accept", requested)
    page = confirm(as_finance, "accept", requested)
    assert "1 return was accepted." in page
    requested.refresh_from_db()
    assert (requested.state in ("planned", "done"), requested.amount_minor) == (True, 1000)
    assert LogEntry.objects.get(object_id=str(requested.pk), content_type__model="refund").user.email.startswith("fin")
    assert LogEntry.objects.filter(content_type__model="order", object_id=str(requested.order_id)).exists()


def test_accept_after_the_sum_changed_asks_again(as_finance: Client, requested: Refund) -> None:
    old = read_form(ask(as_finance, "accept", requested)) | {"_selected_action": requested.pk}
    requested.lines.update(quantity=2)
    page = as_finance.post(REFUNDS, old)
    assert page.status_code == 422 and "have changed" in page.content.decode()
    requested.refresh_from_db()
    assert (requested.state, LogEntry.objects.count()) == ("requested", 0)


def test_failed_refund_is_sent_again(as_finance: Client, failed: Refund) -> None:
    assert "$24.99 in all?" in ask(as_finance, "retry_failed", failed)
    assert "1 refund is sent again." in confirm(as_finance, "retry_failed", failed)
    failed.refresh_from_db()
    assert (failed.state in ("planned", "done"), failed.attempt, LogEntry.objects.count()) == (True, 2, 1)


def test_failed_refund_is_marked_as_paid_elsewhere(as_finance: Client, failed: Refund) -> None:
    assert "$24.99 in all" in ask(as_finance, "mark_paid_elsewhere", failed)
    assert "1 refund is marked as paid." in confirm(as_finance, "mark_paid_elsewhere", failed)
    failed.refresh_from_db()
    assert (failed.state, LogEntry.objects.count()) == ("done", 1)


@pytest.mark.parametrize("action", ["accept", "refuse", "retry_failed", "mark_paid_elsewhere"])
def test_rows_in_another_state_are_left_alone_and_counted(as_finance: Client, failed: Refund, action: str) -> None:
    Refund.objects.update(state="done")
    assert "1 was left alone:" in ask(as_finance, action, failed)
    failed.refresh_from_db()
    assert (failed.state, LogEntry.objects.count()) == ("done", 0)


def test_mixed_selection_changes_only_what_it_can(as_finance: Client, failed: Refund, order: Order) -> None:
    done = Refund.objects.create(
        order=order, state="done", currency="USD", created_at=timezone.now(), send_after=timezone.now()
    )
    page = confirm(as_finance, "retry_failed", failed, done)
    assert "1 refund is sent again." in page and "1 was left alone: it has not failed." in page
    done.refresh_from_db()
    assert (done.state, done.attempt) == ("done", 1)


def test_catalogue_manager_reads_refunds_but_has_no_actions(requested: Refund) -> None:
    user: User = make_user("shelf@example.com", is_staff=True)
    user.groups.add(Group.objects.get(name="Catalogue manager"))
    client = client_of(user)
    assert client.get(REFUNDS).status_code == 200
    assert "Decline the return" not in client.get(REFUNDS).content.decode()
    ask(client, "refuse", requested)
    requested.refresh_from_db()
    assert requested.state == "requested"
    assert client.get(f"/admin/shop/order/{requested.order_id}/refund/").status_code == 403


def test_staff_do_not_refund_orders_of_their_own(order: Order, requested: Refund, shopper: User) -> None:
    shopper.is_staff = True
    shopper.save()
    shopper.groups.add(Group.objects.get(name="Finance"))
    client = client_of(shopper)
    for action in ("accept", "refuse"):
        assert "it is for an order of your own" in ask(client, action, requested)
    Refund.objects.update(state="refused")
    form = {f"line-{order.lines.get().pk}": "1", "reason": "For me"}
    page = client.post(f"/admin/shop/order/{order.pk}/refund/", form)
    assert page.status_code == 422 and "A colleague has to refund it" in page.content.decode()
    assert list(Refund.objects.all()) == [requested]


def test_refund_of_an_order_waits_for_the_answer_to_a_return(
    as_finance: Client, order: Order, requested: Refund
) -> None:
    form = {f"line-{order.lines.get().pk}": "2", "reason": "Sorry"}
    page = as_finance.post(f"/admin/shop/order/{order.pk}/refund/", form)
    assert page.status_code == 422 and "Answer that first" in page.content.decode()
    assert list(Refund.objects.all()) == [requested]


@pytest.mark.parametrize("is_restocked", [True, False])
def test_refund_of_many_orders_asks_whether_the_goods_are_back(
    as_finance: Client, order: Order, is_restocked: bool
) -> None:
    body = {"action": "refund_remaining_amount", "_selected_action": [order.pk], "reason": "Goodwill"}
    page = as_finance.post("/admin/shop/order/", body).content.decode()
    assert "The goods are back" in page and "$24.99" in page
    as_finance.post("/admin/shop/order/", body | {"confirm": "1"} | ({"is_restocked": "on"} if is_restocked else {}))
    assert Refund.objects.get().is_restocked is is_restocked
    assert order.lines.get().product.stock == (5 if is_restocked else 3)
