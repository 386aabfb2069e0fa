"""Cancellations, refunds and returns: stock and money are returned exactly once."""

from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import Product
from shop.delivery.return_steps import refuse_return
from shop.mail import mail_orders
from shop.models import Address, Order, Refund
from shop.order_payment import pay_order
from shop.orders import cancel_order
from shop.payments import settle_payment
from shop.providers import Outcome, OutcomeState
from shop.refund_dispatch import send_refund
from shop.refunds import RefundRefused, plan_refund, refund_return
from shop.release import expire_orders
from tests.factories import make_category, make_creator, make_product, make_published_clip
from tests.shop.conftest import buy, token_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unrecorded_parcels")]


def declined_order(client: Client, address: dict[str, str]) -> Order:
    buy(client, {"product": "mug", "email": "declined@example.com", "address": address})
    return Order.objects.get()


def test_unpaid_order_returns_its_stock_once(client: Client, address: dict[str, str]) -> None:
    make_product("mug", stock=1)
    order = declined_order(client, address)
    client.post(f"/orders/{order.code}/cancel/")
    assert not cancel_order(order_id=order.pk, now=timezone.now())
    order.refresh_from_db()
    assert (order.state, Product.objects.get().stock) == ("cancelled", 1)


def test_reservation_expires(client: Client, address: dict[str, str]) -> None:
    make_product("mug", stock=1)
    order = declined_order(client, address)
    assert expire_orders(now=order.reserved_until) == 0
    assert expire_orders(now=order.reserved_until + timedelta(seconds=1)) == 1
    assert expire_orders(now=order.reserved_until + timedelta(seconds=1)) == 0
    assert Product.objects.get().stock == 1


def test_declined_order_can_be_paid_again(client: Client, address: dict[str, str]) -> None:
    make_product("mug")
    order = declined_order(client, address)
    Order.objects.update(email="fine@example.com")
    client.post(f"/orders/{order.code}/pay/")
    order.refresh_from_db()
    assert order.state == "paid"
    assert sorted(order.payments.values_list("state", flat=True)) == ["failed", "succeeded"]


def test_payment_after_cancellation_is_refunded(client: Client, address: dict[str, str]) -> None:
    make_product("mug", stock=1, price_minor=1000)
    order = declined_order(client, address)
    payment = order.payments.create(
        provider="demo", amount_minor=order.total_minor, currency="USD", started_at=timezone.now()
    )
    assert not cancel_order(order_id=order.pk, now=timezone.now()), "A payment has begun."
    order.payments.update(state="failed")
    assert cancel_order(order_id=order.pk, now=timezone.now())
    paid = Outcome(OutcomeState.SUCCEEDED, reference="late")
    assert settle_payment(payment_id=payment.pk, outcome=paid, now=timezone.now())
    assert not settle_payment(payment_id=payment.pk, outcome=paid, now=timezone.now())
    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.state) == (1499, "planned")
    assert send_refund(refund_id=refund.pk, now=timezone.now())
    order.refresh_from_db()
    assert (order.state, order.refunded_minor, Product.objects.get().stock) == ("cancelled", 1499, 1)


def test_paid_order_is_not_charged_again(as_shopper: Client, saved_address: Address) -> None:
    make_product("mug")
    buy(as_shopper, {"product": "mug"})
    order = Order.objects.get()
    for _index in range(10):
        assert pay_order(order=order, now=timezone.now()).state == OutcomeState.SUCCEEDED
    assert order.payments.count() == 1


def test_partial_refund_reverses_its_part_of_everything(
    as_shopper: Client, saved_address: Address, shopper: User
) -> None:
    mug = make_product("mug", price_minor=999, category=make_category("beauty", commission_rate_bps=1000))
    clip = make_published_clip(make_creator(), products=[mug, make_product()])
    buy(as_shopper, {"product": "mug", "quantity": 3, "seen": token_of(clip, as_shopper)})
    order = Order.objects.get()
    line = order.lines.get()
    assert (order.total_minor, line.commission_minor) == (2997 + 499, 300)
    reversed_minor = []
    for _index in range(3):
        refund = plan_refund(order_id=order.pk, quantities={line.pk: 1}, created_by=shopper, now=timezone.now())
        reversed_minor.append((refund.amount_minor, refund.lines.get().commission_minor))
    assert reversed_minor == [(999, 100), (999, 100), (999 + 499, 100)]
    order.refresh_from_db()
    assert (order.state, order.refunded_minor, Product.objects.get(slug="mug").stock) == ("refunded", 3496, 10)


def test_tax_is_refunded_to_the_cent(
    as_shopper: Client, saved_address: Address, settings: pytest.FixtureRequest
) -> None:
    settings.TAX_RATES_BPS = {"US": 725}  # type: ignore[attr-defined]
    make_product("mug", price_minor=333)
    buy(as_shopper, {"product": "mug", "quantity": 3})
    order = Order.objects.get()
    line = order.lines.get()
    assert (order.goods_minor, order.shipping_minor, order.tax_minor) == (999, 499, 109)
    for _index in range(3):
        plan_refund(order_id=order.pk, quantities={line.pk: 1}, created_by=None, now=timezone.now())
    assert sum(order.refunds.values_list("amount_minor", flat=True)) == order.total_minor
    assert sum(order.refunds.values_list("tax_minor", flat=True)) == 109


def test_no_more_than_was_bought_is_refunded(as_shopper: Client, saved_address: Address) -> None:
    make_product("mug", stock=5)
    buy(as_shopper, {"product": "mug"})
    order = Order.objects.get()
    line = order.lines.get()
    for quantities in ({line.pk: 2}, {line.pk: -1}, {line.pk: 0}, {}, {line.pk + 1: 1}):
        with pytest.raises(RefundRefused):
            plan_refund(order_id=order.pk, quantities=quantities, created_by=None, now=timezone.now())
    plan_refund(order_id=order.pk, created_by=None, now=timezone.now())
    with pytest.raises(RefundRefused):
        plan_refund(order_id=order.pk, created_by=None, now=timezone.now())
    assert (Refund.objects.count(), Product.objects.get().stock) == (1, 5)


def test_refund_is_sent_once(as_shopper: Client, saved_address: Address) -> None:
    make_product("mug")
    buy(as_shopper, {"product": "mug"})
    refund = plan_refund(order_id=Order.objects.get().pk, created_by=None, now=timezone.now())
    sent = [send_refund(refund_id=refund.pk, now=timezone.now()) for _index in range(10)]
    refund.refresh_from_db()
    assert (sent.count(True), refund.state, refund.reference) == (1, "done", f"demo-{refund.key}")


def test_return_is_requested_and_accepted(as_shopper: Client, saved_address: Address, merchant: User) -> None:
    make_product("mug", stock=5)
    buy(as_shopper, {"product": "mug", "quantity": 2})
    order = Order.objects.get()
    form = {f"line-{order.lines.get().pk}": "1", "reason": "It is chipped"}
    as_shopper.post(f"/orders/{order.code}/return/", form)
    refund = Refund.objects.get()
    order.refresh_from_db()
    assert (refund.state, refund.reason, order.refunded_minor) == ("requested", "It is chipped", 0)
    refund_return(refund_id=refund.pk, created_by=merchant, now=timezone.now())
    with pytest.raises(RefundRefused):
        refund_return(refund_id=refund.pk, created_by=merchant, now=timezone.now())
    order.refresh_from_db()
    assert (order.state, order.refunded_minor, Product.objects.get().stock) == ("partly_refunded", 1999, 4)
    assert not refuse_return(refund_id=refund.pk, created_by=merchant, now=timezone.now())


def test_request_that_a_cancellation_answers_is_not_shown_as_declined(
    as_shopper: Client, saved_address: Address
) -> None:
    make_product("mug", stock=5)
    buy(as_shopper, {"product": "mug", "quantity": 2})
    order = Order.objects.get()
    as_shopper.post(f"/orders/{order.code}/return/", {f"line-{order.lines.get().pk}": "1"})
    assert "Return requested" in as_shopper.get(f"/orders/{order.code}/").content.decode()
    as_shopper.post(f"/orders/{order.code}/cancel/")
    page = as_shopper.get(f"/orders/{order.code}/").content.decode()
    assert sorted(order.refunds.values_list("state", flat=True)) == ["planned", "refused"]
    assert "Declined" not in page and "Return items" not in page
    assert page.count('<li class="row small">') == 1


def test_return_after_the_return_window_is_refused(as_shopper: Client, saved_address: Address) -> None:
    make_product("mug")
    buy(as_shopper, {"product": "mug"})
    order = Order.objects.get()
    order.lines.update(payable_at=timezone.now() - timedelta(days=1))
    as_shopper.post(f"/orders/{order.code}/return/", {f"line-{order.lines.get().pk}": "1"})
    assert Refund.objects.count() == 0


def send_emails(mailoutbox: list[EmailMessage]) -> list[str]:
    mail_orders(now=timezone.now())
    mail_orders(now=timezone.now())
    return [mail.subject for mail in mailoutbox]


def test_paid_order_is_cancelled_within_the_hour_and_refunded(
    as_shopper: Client, saved_address: Address, mailoutbox: list[EmailMessage]
) -> None:
    make_product("mug", stock=5)
    buy(as_shopper, {"product": "mug", "quantity": 2})
    order = Order.objects.get()
    assert "Cancel order" in as_shopper.get(f"/orders/{order.code}/").content.decode()
    asked = as_shopper.get(f"/orders/{order.code}/cancel/").content.decode()
    assert "refunds it in full" in asked
    order.refresh_from_db()
    assert (order.state, Refund.objects.count()) == ("paid", 0)
    for _index in range(3):
        as_shopper.post(f"/orders/{order.code}/cancel/")
    order.refresh_from_db()
    refund = Refund.objects.get()
    assert (order.state, order.refunded_minor, Product.objects.get().stock) == ("refunded", order.total_minor, 5)
    assert order.cancelled_at is not None
    send_refund(refund_id=refund.pk, now=timezone.now())
    assert send_emails(mailoutbox) == [
        f"Your order {order.code} at feedsite",
        f"Your refund for order {order.code}",
    ]
    assert "You cancelled the order." in mailoutbox[1].body


def test_paid_order_cannot_be_cancelled_later_or_by_a_stranger(
    as_shopper: Client, as_stranger: Client, saved_address: Address
) -> None:
    make_product("mug", stock=5)
    buy(as_shopper, {"product": "mug"})
    order = Order.objects.get()
    assert as_stranger.post(f"/orders/{order.code}/cancel/").status_code == 404
    assert as_stranger.get(f"/orders/{order.code}/cancel/").status_code == 404
    Order.objects.update(paid_at=timezone.now() - timedelta(minutes=60))
    as_shopper.post(f"/orders/{order.code}/cancel/")
    assert "Cancel order" not in as_shopper.get(f"/orders/{order.code}/").content.decode()
    order.refresh_from_db()
    assert (order.state, Refund.objects.count(), Product.objects.get().stock) == ("paid", 0, 4)


def test_expired_order_is_reported_by_one_email(
    client: Client, address: dict[str, str], mailoutbox: list[EmailMessage]
) -> None:
    make_product("mug")
    order = declined_order(client, address)
    expire_orders(now=order.reserved_until + timedelta(seconds=1))
    assert send_emails(mailoutbox) == [f"Your order {order.code} was cancelled"]
    assert "You have not been charged." in mailoutbox[0].body


@pytest.mark.parametrize(
    ("is_accepted", "subject"),
    [(True, "Your refund for order {}"), (False, "Your return for order {} was declined")],
)
def test_return_is_answered_by_email(
    as_shopper: Client,
    saved_address: Address,
    merchant: User,
    mailoutbox: list[EmailMessage],
    is_accepted: bool,
    subject: str,
) -> None:
    make_product("mug", stock=5)
    buy(as_shopper, {"product": "mug", "quantity": 2})
    order = Order.objects.get()
    as_shopper.post(f"/orders/{order.code}/return/", {f"line-{order.lines.get().pk}": "1"})
    refund = Refund.objects.get()
    assert send_emails(mailoutbox)[1:] == [f"Your return request for order {order.code}"]
    if is_accepted:
        refund_return(refund_id=refund.pk, created_by=merchant, now=timezone.now())
        assert len(send_emails(mailoutbox)) == 2
        send_refund(refund_id=refund.pk, now=timezone.now())
    else:
        refuse_return(refund_id=refund.pk, created_by=merchant, now=timezone.now())
    assert send_emails(mailoutbox)[2:] == [subject.format(order.code)]
    assert "1 × Mug" in mailoutbox[2].body


def test_order_is_cancelled_through_the_api(as_shopper: Client, as_stranger: Client, saved_address: Address) -> None:
    make_product("mug", stock=5)
    buy(as_shopper, {"product": "mug"})
    order = Order.objects.get()
    address = f"/api/v1/orders/{order.code}/cancel/"
    assert as_stranger.post(address).status_code == 404
    response = as_shopper.post(address)
    assert (response.status_code, response.json()["state"]) == (200, "refunded")
    assert as_shopper.post(address).status_code == 409
    assert (Refund.objects.count(), Product.objects.get().stock) == (1, 5)
