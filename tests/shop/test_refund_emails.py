"""Emails about a refund: that it was made, that it came back, and that it was paid in another way."""

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from shop.mail import mail_orders
from shop.models import Order, Refund
from shop.refund_dispatch import mark_refunded_elsewhere, retry_refund, send_refund
from shop.refunds import cancel_paid_order, plan_refund
from shop.returns import request_return
from tests.shop.stripe import StandInStripe, deliver

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unrecorded_parcels")]


@pytest.fixture
def refund(paid_order: Order) -> Refund:
    return plan_refund(order_id=paid_order.pk, created_by=None, now=timezone.now())


def subjects(mails: list[EmailMessage]) -> list[str]:
    return [mail.subject for mail in mails if "refund" in mail.subject]


def test_shopper_hears_of_a_refund_that_came_back_and_of_the_other_way(
    client: Client, refund: Refund, stripe: StandInStripe, mailoutbox: list[EmailMessage]
) -> None:
    code = refund.order.code
    send_refund(refund_id=refund.pk, now=timezone.now())
    mail_orders(now=timezone.now())
    refund.refresh_from_db()
    stripe.finish_refund(refund.reference, "failed")
    deliver(client, stripe)
    mail_orders(now=timezone.now())
    assert mark_refunded_elsewhere(refund_id=refund.pk, now=timezone.now())
    for _time in range(2):
        mail_orders(now=timezone.now())
    assert subjects(mailoutbox) == [
        f"Your refund for order {code}",
        f"Your refund for order {code} could not be paid",
        f"Your refund for order {code} was paid in another way",
    ]
    assert "original payment method" in mailoutbox[-3].body
    assert "in another way" in mailoutbox[-1].body and "to your original payment method" not in mailoutbox[-1].body


def test_refund_that_failed_before_the_shopper_heard_of_it_is_told_once_it_is_made(
    refund: Refund, stripe: StandInStripe, mailoutbox: list[EmailMessage]
) -> None:
    Refund.objects.filter(pk=refund.pk).update(state="failed")
    mail_orders(now=timezone.now())
    assert subjects(mailoutbox) == []
    assert retry_refund(refund_id=refund.pk, now=timezone.now())
    send_refund(refund_id=refund.pk, now=timezone.now())
    mail_orders(now=timezone.now())
    assert subjects(mailoutbox) == [f"Your refund for order {refund.order.code}"]


def test_cancelling_an_order_ends_its_open_return_without_an_email(
    paid_order: Order, mailoutbox: list[EmailMessage]
) -> None:
    now = timezone.now()
    wish = request_return(order=paid_order, quantities={paid_order.lines.get().pk: 1}, reason="Too small", now=now)
    cancel_paid_order(order_id=paid_order.pk, created_by=None, now=now)
    wish.refresh_from_db()
    assert (wish.state, wish.decline_reason) == ("refused", "You cancelled the order.")
    mail_orders(now=now)
    assert not [mail for mail in mailoutbox if "return" in mail.subject]
