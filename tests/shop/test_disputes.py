"""Disputes: the order and its commissions follow, in whatever order the bank's decisions are told."""

import copy
import json
import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from creators.models import Creator
from payouts.batches import plan_batch
from payouts.models import PayoutAccount, Posting, StatementLine
from payouts.statements import get_balances, get_statement_page
from payouts.tally import tally
from payouts.transfers import send_payout
from shop.mail import mail_orders
from shop.models import Address, Dispute, Order, OrderLine, Payment, ProviderEvent, Refund
from shop.reconciliation import reconcile
from shop.refund_dispatch import send_refund
from shop.refunds import RefundRefused, plan_amount_refund
from shop.returns import request_return
from tests.conftest import make_staff
from tests.factories import make_category, make_creator, make_product, make_published_clip
from tests.shop.conftest import buy, intent_of, page_of, token_of
from tests.shop.stripe import StandInStripe, deliver, deliver_all, post_event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unrecorded_parcels")]


@pytest.fixture
def earning_order(as_shopper: Client, client: Client, saved_address: Address, stripe: StandInStripe) -> Order:
    """Return a paid order of one mug, $24.99 in all, that earns a creator $2.00."""
    mug = make_product("mug", stock=5, price_minor=2000, category=make_category("beauty", commission_rate_bps=1000))
    clip = make_published_clip(make_creator(), products=[mug, make_product()])
    buy(as_shopper, {"product": "mug", "seen": token_of(clip, as_shopper)})
    order = Order.objects.get()
    stripe.pay(page_of(order))
    deliver(client, stripe)
    return order


def state_of(order: Order) -> str:
    order.refresh_from_db()
    return order.state


def commission_booked() -> int:
    tally(now=timezone.now() + timedelta(days=20))
    return sum(Posting.objects.filter(kind__in=("commission", "return")).values_list("gross_minor", flat=True))


def test_commission_of_a_disputed_order_stays_on_the_statement_however_long_it_takes(
    client: Client, earning_order: Order, stripe: StandInStripe
) -> None:
    creator = Creator.objects.get()
    stripe.open_dispute(intent_of(earning_order))
    deliver(client, stripe)
    for days in (0, 3, 300):
        OrderLine.objects.update(payable_at=timezone.now() - timedelta(days=days))
        assert commission_booked() == 0
        lines = StatementLine.objects.of(creator).exclude(kind="fee")
        assert list(lines.values_list("kind", "pending_minor")) == [("pending", 200)]
        page = get_statement_page(creator=creator, month=None, after=None, at_most=2)
        assert set(lines) < set(page)
        [balance] = get_balances(creator=creator)
        assert (balance.owed_minor, balance.pending_minor) == (2500, 200)


def test_dispute_holds_the_commission_until_it_is_decided(
    client: Client, earning_order: Order, stripe: StandInStripe
) -> None:
    dispute = stripe.open_dispute(intent_of(earning_order))
    deliver(client, stripe)
    row = Dispute.objects.get()
    assert (state_of(earning_order), row.state, row.amount_minor) == ("disputed", "open", 2499)
    assert (row.fee_minor, row.fee_currency, row.cause) == (1500, "USD", "fraudulent")
    assert row.answer_by is not None
    assert commission_booked() == 0
    stripe.update_dispute(dispute["id"], "under_review")
    stripe.close_dispute(dispute["id"], "won")
    deliver(client, stripe)
    row.refresh_from_db()
    assert (state_of(earning_order), row.state, row.fee_minor, Refund.objects.count()) == ("paid", "won", 1500, 0)
    assert commission_booked() == 200


def test_lost_dispute_refunds_the_order_and_takes_back_the_commission(
    client: Client, earning_order: Order, stripe: StandInStripe
) -> None:
    assert commission_booked() == 200
    dispute = stripe.open_dispute(intent_of(earning_order))
    stripe.close_dispute(dispute["id"], "lost")
    deliver(client, stripe)
    refund = Refund.objects.get()
    assert (state_of(earning_order), earning_order.refunded_minor) == ("refunded", 2499)
    assert (refund.amount_minor, refund.state, refund.is_made_at_provider) == (2499, "done", True)
    assert commission_booked() == 0
    assert not send_refund(refund_id=refund.pk, now=timezone.now())


@pytest.mark.parametrize("outcome", ["won", "lost"])
@pytest.mark.parametrize("seed", range(4))
def test_events_in_any_order_come_to_the_same(
    client: Client, earning_order: Order, stripe: StandInStripe, outcome: str, seed: int
) -> None:
    dispute = stripe.open_dispute(intent_of(earning_order))
    stripe.update_dispute(dispute["id"], "under_review")
    stripe.close_dispute(dispute["id"], outcome)
    deliver_all(client, stripe, rng=random.Random(seed), copies=2)
    expected = ("paid", 0, 200) if outcome == "won" else ("refunded", 2499, 0)
    assert (state_of(earning_order), earning_order.refunded_minor, commission_booked()) == expected
    assert (Dispute.objects.get().state, ProviderEvent.objects.set_aside().count()) == (outcome, 0)


@pytest.mark.parametrize(("first", "then"), [("lost", "won"), ("won", "lost")])
def test_dispute_that_was_decided_is_not_decided_again(
    client: Client, earning_order: Order, stripe: StandInStripe, first: str, then: str
) -> None:
    dispute = stripe.open_dispute(intent_of(earning_order))
    stripe.close_dispute(dispute["id"], first)
    closed = next(event for event in stripe.events if event["type"] == "charge.dispute.closed")
    event = copy.deepcopy(closed)
    deliver_all(client, stripe, rng=random.Random(1))
    before = (state_of(earning_order), earning_order.refunded_minor, Refund.objects.count(), commission_booked())
    event["data"]["object"]["status"] = then
    for number in range(2):
        assert post_event(client, event | {"id": f"evt_again_{number}"}) == 200
    after = (state_of(earning_order), earning_order.refunded_minor, Refund.objects.count(), commission_booked())
    assert (after, Dispute.objects.get().state) == (before, first)
    assert set(ProviderEvent.objects.set_aside().values_list("reason", flat=True)) == {"decided_again"}


def test_dispute_without_any_webhook_is_found_by_asking(earning_order: Order, stripe: StandInStripe) -> None:
    reconcile(now=timezone.now())
    dispute = stripe.open_dispute(intent_of(earning_order))
    reconcile(now=timezone.now())
    assert state_of(earning_order) == "disputed"
    stripe.close_dispute(dispute["id"], "lost")
    reconcile(now=timezone.now())
    assert (state_of(earning_order), Refund.objects.count()) == ("refunded", 1)


def test_dispute_of_a_payment_that_we_hear_of_later(client: Client, order: Order, stripe: StandInStripe) -> None:
    stripe.pay(page_of(order))
    stripe.open_dispute(stripe.all_of("payment_intent")[0]["id"])
    late = [event for event in stripe.events if "dispute" not in event["type"]]
    stripe.events = [event for event in stripe.events if "dispute" in event["type"]]
    deliver(client, stripe)
    assert (state_of(order), ProviderEvent.objects.set_aside().count()) == ("pending", 2)
    stripe.events = late
    deliver(client, stripe)
    assert (state_of(order), ProviderEvent.objects.set_aside().count()) == ("disputed", 0)


def test_inquiry_is_told_but_moves_nothing(client: Client, earning_order: Order, stripe: StandInStripe) -> None:
    dispute = stripe.open_dispute(intent_of(earning_order), is_inquiry=True)
    deliver(client, stripe)
    assert (state_of(earning_order), Dispute.objects.get().state) == ("paid", "inquiry")
    stripe.update_dispute(dispute["id"], "needs_response")
    deliver(client, stripe)
    assert (state_of(earning_order), Dispute.objects.get().state) == ("disputed", "open")


def test_partial_dispute_that_is_lost_refunds_its_amount(
    client: Client, earning_order: Order, stripe: StandInStripe
) -> None:
    dispute = stripe.open_dispute(intent_of(earning_order), amount=1000)
    stripe.close_dispute(dispute["id"], "lost")
    deliver(client, stripe)
    assert (state_of(earning_order), earning_order.refunded_minor) == ("partly_refunded", 1000)
    assert commission_booked() == 200


def test_disputed_order_is_not_refunded_from_here(client: Client, earning_order: Order, stripe: StandInStripe) -> None:
    stripe.open_dispute(intent_of(earning_order))
    deliver(client, stripe)
    line = earning_order.lines.get()
    with pytest.raises(RefundRefused, match="bank"):
        request_return(order=earning_order, quantities={line.pk: 1}, reason="", now=timezone.now())
    assert Refund.objects.count() == 0


def test_refund_that_was_refused_because_of_the_dispute_is_done_when_the_dispute_is_lost(
    client: Client, earning_order: Order, stripe: StandInStripe
) -> None:
    refund = plan_amount_refund(
        order_id=earning_order.pk, amount_minor=1000, created_by=None, now=timezone.now(), reason="Late"
    )
    dispute = stripe.open_dispute(intent_of(earning_order))
    send_refund(refund_id=refund.pk, now=timezone.now())
    refund.refresh_from_db()
    assert (refund.state, "charged back" in refund.failure_text) == ("failed", True)
    stripe.close_dispute(dispute["id"], "lost")
    deliver(client, stripe)
    refund.refresh_from_db()
    assert (refund.state, state_of(earning_order), earning_order.refunded_minor) == ("done", "refunded", 2499)
    assert sorted(Refund.objects.values_list("amount_minor", flat=True)) == [1000, 1499]


def test_staff_are_told_of_a_dispute(
    client: Client, earning_order: Order, stripe: StandInStripe, mailoutbox: list[EmailMessage]
) -> None:
    finance = make_staff("finance@example.com", "shop")
    mail_orders(now=timezone.now())
    mailoutbox.clear()
    dispute = stripe.open_dispute(intent_of(earning_order))
    deliver(client, stripe)
    client.force_login(finance)
    assert "Disputes to answer" in client.get("/admin/").content.decode()
    page = client.get("/admin/shop/dispute/").content.decode()
    assert earning_order.code in page
    assert "$15.00" in page
    for _index in range(2):
        mail_orders(now=timezone.now())
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [
        (["finance@example.com"], f"Dispute of order {earning_order.code}")
    ]
    stripe.close_dispute(dispute["id"], "won")
    deliver(client, stripe)
    mail_orders(now=timezone.now())
    assert len(mailoutbox) == 2
    assert "Disputes to answer" not in client.get("/admin/").content.decode()


CASE = Path(__file__).parent / "cases" / "stripe_events_refund_and_dispute.json"


@pytest.mark.parametrize("chosen", [[0, 1, 2], [2], [2, 1, 0], [0, 0, 1, 2, 2], [1, 0], [0]])
def test_events_about_a_payment_that_is_older_than_the_installation_id(
    client: Client, earning_order: Order, chosen: list[int]
) -> None:
    """Such a payment is found by the reference that was stored when it succeeded; its key has no installation id."""
    Payment.objects.update(reference="pi_payment-1", installation="", account="", is_live=None)
    events: list[dict[str, Any]] = json.loads(CASE.read_text())
    for number in chosen:
        assert post_event(client, events[number]) == 200
    assert (state_of(earning_order), earning_order.refunded_minor, commission_booked()) == ("refunded", 2499, 0)
    assert Refund.objects.count() == 1
    assert Dispute.objects.count() == (1 if 2 in chosen else 0)
    # A refund that is told after the loss of the whole payment is more than was left, so a person looks at it.
    aside = ["evt_r"] if chosen == [2, 1, 0] else []
    assert list(ProviderEvent.objects.set_aside().values_list("event_id", flat=True)) == aside


def test_commission_that_was_booked_before_is_not_paid_out_while_the_order_is_disputed(
    client: Client, earning_order: Order, stripe: StandInStripe, settings: Any
) -> None:
    settings.PAYOUT_MINIMUM_MINOR = 1
    assert commission_booked() == 200
    creator = earning_order.lines.get().creator
    assert creator is not None
    PayoutAccount.objects.create(
        creator=creator, holder_name="Maya", number="DE02120300000000202051", country_code="DE"
    )
    dispute = stripe.open_dispute(intent_of(earning_order))
    deliver(client, stripe)
    later = timezone.now() + timedelta(days=21)
    held = plan_batch(created_by=None, currency="USD", now=later)
    assert held.payouts.get().amount_minor == 2500, "the fee for the clip"
    held.payouts.all().delete()
    stripe.close_dispute(dispute["id"], "won")
    deliver(client, stripe)
    payout = plan_batch(created_by=None, currency="USD", now=later).payouts.get()
    assert payout.amount_minor == 2700
    stripe.open_dispute(intent_of(earning_order))
    deliver(client, stripe)
    assert not send_payout(payout_id=payout.pk, now=later)
    payout.refresh_from_db()
    assert (payout.state, payout.failure_code) == ("failed", "balance")
