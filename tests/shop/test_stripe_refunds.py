"""Refunds at Stripe: sent from here or made in its dashboard, pending, refused, failed days later, and told late."""

import random
from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from catalog.models import Product
from payouts.models import Posting
from payouts.tally import tally
from shop.mail import mail_orders
from shop.models import Address, Order, ProviderEvent, Refund
from shop.providers import ProviderUnavailable
from shop.reconciliation import reconcile
from shop.refund_dispatch import mark_refunded_elsewhere, retry_refund, send_refund
from shop.refunds import plan_refund
from tests.conftest import make_staff
from tests.factories import make_category, make_creator, make_product, make_published_clip
from tests.shop.conftest import buy, intent_of, page_of, token_of
from tests.shop.stripe import StandInStripe, deliver, deliver_all, post_event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unrecorded_parcels")]


@pytest.fixture
def refund(paid_order: Order) -> Refund:
    return plan_refund(order_id=paid_order.pk, created_by=None, now=timezone.now())


def state_of(row: Refund | Order) -> str:
    row.refresh_from_db()
    return row.state


def count_at(stripe: StandInStripe) -> int:
    return len(stripe.all_of("refund"))


def test_refund_without_an_answer_is_sent_once(refund: Refund, stripe: StandInStripe) -> None:
    stripe.lost_answers = 2
    with pytest.raises(ProviderUnavailable):
        send_refund(refund_id=refund.pk, now=timezone.now())
    assert not send_refund(refund_id=refund.pk, now=timezone.now())
    stripe.forget_keys()  # after 24 hours, the key would not protect from a second refund
    assert send_refund(refund_id=refund.pk, now=timezone.now() + timedelta(minutes=6))
    assert (count_at(stripe), state_of(refund)) == (1, "done")


def test_refund_that_failed_with_an_error_of_stripes_is_sent_when_the_key_is_forgotten(
    refund: Refund, stripe: StandInStripe
) -> None:
    """Stripe repeats even its own errors under the same key for 24 hours."""
    stripe.failures = 1
    for minutes in (0, 6, 12):
        with pytest.raises(ProviderUnavailable):
            send_refund(refund_id=refund.pk, now=timezone.now() + timedelta(minutes=minutes))
    stripe.forget_keys()
    assert send_refund(refund_id=refund.pk, now=timezone.now() + timedelta(hours=25))
    assert (count_at(stripe), state_of(refund)) == (1, "done")


def test_refund_on_its_way_is_not_done_until_it_is_looked_up(refund: Refund, stripe: StandInStripe) -> None:
    stripe.refund_status = "pending"
    sent_at = timezone.now()
    assert send_refund(refund_id=refund.pk, now=sent_at)
    assert (state_of(refund), refund.settled_at) == ("pending", None)
    assert not send_refund(refund_id=refund.pk, now=sent_at + timedelta(hours=5))
    assert not send_refund(refund_id=refund.pk, now=sent_at + timedelta(hours=7))
    assert state_of(refund) == "pending"
    stripe.finish_refund(refund.reference, "succeeded")
    assert list(Refund.objects.unsettled_at(sent_at + timedelta(hours=14))) == [refund]
    assert send_refund(refund_id=refund.pk, now=sent_at + timedelta(hours=14))
    assert (state_of(refund), count_at(stripe)) == ("done", 1)


@pytest.mark.parametrize("seed", range(4))
def test_webhooks_settle_a_refund_once_in_any_order(
    client: Client, refund: Refund, stripe: StandInStripe, seed: int
) -> None:
    stripe.refund_status = "pending"
    send_refund(refund_id=refund.pk, now=timezone.now())
    stripe.finish_refund(stripe.all_of("refund")[0]["id"], "succeeded")
    deliver_all(client, stripe, rng=random.Random(seed), copies=2)
    assert (state_of(refund), refund.order.refunds.count()) == ("done", 1)
    assert not ProviderEvent.objects.set_aside().exists()


def test_webhook_before_our_own_answer_settles_the_refund(
    client: Client, refund: Refund, stripe: StandInStripe
) -> None:
    stripe.lost_answers = 2
    with pytest.raises(ProviderUnavailable):
        send_refund(refund_id=refund.pk, now=timezone.now())
    deliver(client, stripe)
    assert (state_of(refund), refund.order.refunds.count(), count_at(stripe)) == ("done", 1, 1)


def test_refused_refund_is_sent_again_under_another_key(refund: Refund, stripe: StandInStripe) -> None:
    stripe.refund_status = "failed"
    first_key = refund.key
    assert send_refund(refund_id=refund.pk, now=timezone.now())
    assert (state_of(refund), refund.failure_text) == ("failed", "declined")
    stripe.refund_status = "succeeded"
    assert [retry_refund(refund_id=refund.pk, now=timezone.now()) for _index in range(3)] == [True, False, False]
    assert send_refund(refund_id=refund.pk, now=timezone.now())
    assert (state_of(refund), refund.key) == ("done", f"{first_key}-2")
    assert refund.order.refunds.count() == 1


def test_webhook_about_an_earlier_attempt_changes_nothing(
    client: Client, refund: Refund, stripe: StandInStripe
) -> None:
    stripe.refund_status = "failed"
    send_refund(refund_id=refund.pk, now=timezone.now())
    stripe.refund_status = "succeeded"
    retry_refund(refund_id=refund.pk, now=timezone.now())
    send_refund(refund_id=refund.pk, now=timezone.now())
    deliver(client, stripe)
    assert (state_of(refund), refund.order.refunds.count()) == ("done", 1)


def test_refund_that_the_bank_gives_back_days_later_is_owed_again(
    client: Client, refund: Refund, stripe: StandInStripe
) -> None:
    send_refund(refund_id=refund.pk, now=timezone.now())
    deliver(client, stripe)
    refund.refresh_from_db()
    stripe.finish_refund(refund.reference, "failed")
    again = list(stripe.events)
    deliver(client, stripe)
    assert state_of(refund) == "failed"
    assert mark_refunded_elsewhere(refund_id=refund.pk, now=timezone.now())
    for number, event in enumerate(again):
        assert post_event(client, event | {"id": f"evt_again_{number}"}) == 200
    assert state_of(refund) == "done"


@pytest.fixture
def earning_order(as_shopper: Client, client: Client, saved_address: Address, stripe: StandInStripe) -> Order:
    """Return a paid order of two mugs that earns a creator $4.00."""
    mug = make_product("mug", stock=5, price_minor=2000, category=make_category("beauty", commission_rate_bps=1000))
    clip = make_published_clip(make_creator(), products=[mug, make_product()])
    buy(as_shopper, {"product": "mug", "quantity": 2, "seen": token_of(clip, as_shopper)})
    order = Order.objects.get()
    stripe.pay(page_of(order))
    deliver(client, stripe)
    assert order.lines.get().commission_minor == 400
    return order


def commission_booked() -> int:
    """Return what the ledger owes for commissions once the return period is over."""
    tally(now=timezone.now() + timedelta(days=20))
    return sum(Posting.objects.filter(kind__in=("commission", "return")).values_list("gross_minor", flat=True))


@pytest.mark.parametrize("seed", range(4))
def test_full_refund_in_the_dashboard_refunds_the_order_and_takes_back_the_commission(
    client: Client, earning_order: Order, stripe: StandInStripe, seed: int
) -> None:
    stripe.refund_in_dashboard(intent_of(earning_order))
    deliver_all(client, stripe, rng=random.Random(seed), copies=2)
    refund = Refund.objects.get()
    assert (state_of(earning_order), earning_order.refunded_minor) == ("refunded", earning_order.total_minor)
    assert (refund.state, refund.is_made_at_provider, refund.reference) == (
        "done",
        True,
        stripe.all_of("refund")[0]["id"],
    )
    assert commission_booked() == 0
    assert Product.objects.get(slug="mug").stock == 3, "nobody has said that the goods are back"
    assert not Refund.objects.unsettled_at(timezone.now() + timedelta(days=9)).exists(), "nothing is sent a second time"


def test_partial_refund_in_the_dashboard_leaves_goods_and_commission(
    client: Client, earning_order: Order, stripe: StandInStripe
) -> None:
    stripe.refund_in_dashboard(intent_of(earning_order), 500)
    deliver(client, stripe)
    assert (state_of(earning_order), earning_order.refunded_minor) == ("partly_refunded", 500)
    assert earning_order.lines.get().refunded_quantity == 0
    assert commission_booked() == 400
    stripe.refund_in_dashboard(intent_of(earning_order), 700)
    stripe.refund_in_dashboard(intent_of(earning_order))
    deliver_all(client, stripe, rng=random.Random(3))
    assert (state_of(earning_order), earning_order.refunded_minor) == ("refunded", earning_order.total_minor)
    assert commission_booked() == 0


def test_dashboard_refund_after_the_commission_was_booked_reverses_it(
    client: Client, earning_order: Order, stripe: StandInStripe
) -> None:
    assert commission_booked() == 400
    stripe.refund_in_dashboard(intent_of(earning_order))
    deliver(client, stripe)
    assert commission_booked() == 0


def test_dashboard_refund_without_any_webhook_is_found_by_asking(
    paid_order: Order, stripe: StandInStripe, mailoutbox: list[EmailMessage]
) -> None:
    reconcile(now=timezone.now())
    stripe.refund_in_dashboard(intent_of(paid_order), 499)
    reconcile(now=timezone.now())
    reconcile(now=timezone.now())
    assert (state_of(paid_order), paid_order.refunded_minor, Refund.objects.count()) == ("partly_refunded", 499, 1)
    mail_orders(now=timezone.now())
    assert [mail.subject for mail in mailoutbox][1:] == [f"Your refund for order {paid_order.code}"]


def test_only_the_event_about_the_charge_arrives(client: Client, paid_order: Order, stripe: StandInStripe) -> None:
    stripe.refund_in_dashboard(intent_of(paid_order), 100)
    stripe.refund_in_dashboard(intent_of(paid_order), 200)
    stripe.events = [event for event in stripe.events if event["type"] == "charge.refunded"]
    deliver_all(client, stripe, rng=random.Random(5))
    assert (state_of(paid_order), paid_order.refunded_minor, Refund.objects.count()) == ("partly_refunded", 300, 2)


def test_refund_arrives_before_the_payment(client: Client, order: Order, stripe: StandInStripe) -> None:
    stripe.pay(page_of(order))
    stripe.refund_in_dashboard(stripe.all_of("payment_intent")[0]["id"])
    deliver(client, stripe, "refund.created", "charge.refunded")
    assert (state_of(order), Refund.objects.count()) == ("pending", 0)
    deliver(client, stripe)
    assert (state_of(order), order.refunded_minor, Refund.objects.count()) == ("refunded", 2499, 1)
    assert not ProviderEvent.objects.set_aside().exists()


def test_failed_refund_that_staff_made_in_the_dashboard_instead_is_done(
    client: Client, refund: Refund, stripe: StandInStripe
) -> None:
    stripe.refund_status = "failed"
    send_refund(refund_id=refund.pk, now=timezone.now())
    deliver(client, stripe)
    assert state_of(refund) == "failed"
    stripe.refund_status = "succeeded"
    stripe.refund_in_dashboard(refund.order.payments.get().reference)
    deliver(client, stripe)
    assert (state_of(refund), refund.reference, Refund.objects.count()) == (
        "done",
        stripe.all_of("refund")[-1]["id"],
        1,
    )


def test_refund_in_the_dashboard_of_what_was_planned_here_is_not_sent_again(
    client: Client, refund: Refund, stripe: StandInStripe
) -> None:
    stripe.refund_in_dashboard(refund.order.payments.get().reference)
    deliver(client, stripe)
    assert (state_of(refund), Refund.objects.count()) == ("done", 1)
    assert not send_refund(refund_id=refund.pk, now=timezone.now())
    assert count_at(stripe) == 1


def test_staff_see_that_a_refund_was_made_at_the_provider(
    client: Client, paid_order: Order, stripe: StandInStripe
) -> None:
    stripe.refund_in_dashboard(intent_of(paid_order), 100)
    deliver(client, stripe)
    client.force_login(make_staff("finance@example.com", "shop"))
    page = client.get("/admin/shop/refund/").content.decode()
    assert "made at the provider" in page.lower()


def test_refund_that_the_bank_returned_weeks_later_is_found_without_its_event(
    refund: Refund, stripe: StandInStripe
) -> None:
    now = timezone.now()
    send_refund(refund_id=refund.pk, now=now)
    reconcile(now=now)
    refund.refresh_from_db()
    stripe.finish_refund(refund.reference, "failed")
    stripe.events.clear()
    reconcile(now=now + timedelta(days=20))
    reconcile(now=now + timedelta(days=21))
    assert state_of(refund) == "failed"
