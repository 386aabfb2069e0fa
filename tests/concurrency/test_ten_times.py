"""Actions that move money, each run ten times at once and ten times in a row, with a single effect."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import Product
from payouts.approvals import BatchRefused
from payouts.bank_results import import_bank_results
from payouts.banks import TransferResult, TransferState
from payouts.batches import approve_batch, plan_batch
from payouts.ledger import NotReversible, reverse_posting
from payouts.models import Batch, Payout, PayoutAccount, Posting
from payouts.tally import tally
from payouts.transfers import reconcile_payout, send_payout, settle_payout
from payouts.verification import find_discrepancies
from shop.attribution import Buyer
from shop.models import Address, Dispute, Order, Payment, ProviderEvent, Refund
from shop.order_payment import pay_order
from shop.orders import RequestedItem, place_order
from shop.payments import settle_payment
from shop.providers import Outcome, OutcomeState
from shop.refund_dispatch import retry_refund
from shop.refunds import RefundRefused, plan_refund, refund_return
from shop.returns import request_return
from shop.shopper import Shopper
from tests.concurrency.crowd import run_at_once
from tests.factories import NOW, make_creator, make_product, make_published_clip, make_user
from tests.payouts.stand_in_bank import StandInBank
from tests.shop.conftest import ADDRESS
from tests.shop.stripe import post_event

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("unrecorded_parcels")]

SECRET = "whsec_test"


def run_ten_times(job: Callable[[], Any]) -> list[Any]:
    """Run `job` ten times at once, then ten times in a row, and return all results."""
    outcomes = run_at_once([job] * 10, threads=5, processes=2)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    return [outcome.result for outcome in outcomes] + [job() for _index in range(10)]


def new_order(stock: int = 5) -> Order:
    make_product("mug", stock=stock)
    buyer = Buyer(Shopper(None, "v"), "b@example.com", Address(**ADDRESS))
    return place_order(buyer=buyer, items=[RequestedItem("mug", 1)], now=timezone.now())


def paid_order() -> Order:
    order = new_order()
    pay_order(order=order, now=timezone.now())
    return order


def deliver(event: dict[str, Any]) -> int:
    return post_event(Client(), event, SECRET)


def build_intent(payment: Payment) -> dict[str, Any]:
    """Return a payment intent that has been paid with a card, with the charge in it."""
    card = {"type": "card", "card": {"fingerprint": "card"}}
    return {
        "id": "pi_1",
        "object": "payment_intent",
        "amount": payment.amount_minor,
        "amount_received": payment.amount_minor,
        "currency": payment.currency.lower(),
        "latest_charge": {"id": "ch_1", "object": "charge", "payment_method_details": card},
        "metadata": {"key": payment.key, "installation": payment.installation},
    }


def build_event(kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    return {"id": "evt_1", "object": "event", "type": kind, "api_version": None, "data": {"object": payload}}


@pytest.fixture
def stripe(settings: Any) -> None:
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = "sk_test", SECRET


@pytest.mark.usefixtures("stripe")
def test_webhook_of_a_payment_pays_once() -> None:
    order = new_order()
    payment = order.payments.create(
        provider="stripe", amount_minor=order.total_minor, currency="USD", started_at=timezone.now()
    )
    payload = build_intent(payment)
    assert set(run_ten_times(partial(deliver, build_event("payment_intent.succeeded", payload)))) == {200}
    order.refresh_from_db()
    assert (order.state, ProviderEvent.objects.count()) == ("paid", 1)
    assert list(Payment.objects.values_list("state", "reference")) == [("succeeded", "pi_1")]


@pytest.mark.usefixtures("stripe")
def test_webhook_of_a_payment_for_a_cancelled_order_plans_one_refund() -> None:
    order = new_order()
    payment = order.payments.create(
        provider="stripe", amount_minor=order.total_minor, currency="USD", started_at=timezone.now()
    )
    Order.objects.update(state="cancelled")
    payload = build_intent(payment)
    run_ten_times(partial(deliver, build_event("payment_intent.succeeded", payload)))
    assert list(Refund.objects.values_list("amount_minor", "state")) == [(order.total_minor, "planned")]


@pytest.mark.parametrize(("status", "state"), [("succeeded", "done"), ("failed", "failed")])
@pytest.mark.usefixtures("stripe")
def test_webhook_of_a_refund_settles_it_once(status: str, state: str) -> None:
    refund = plan_refund(order_id=paid_order().pk, created_by=None, now=timezone.now())
    Payment.objects.update(provider="stripe", reference="pi_1")
    Refund.objects.update(state="pending", reference="re_1")
    payload = {"id": "re_1", "object": "refund", "status": status, "metadata": {"key": refund.key}}
    payload |= {"payment_intent": "pi_1", "amount": refund.amount_minor, "currency": "usd"}
    run_ten_times(partial(deliver, build_event("refund.updated", payload)))
    assert list(Refund.objects.values_list("state", "attempt")) == [(state, 1)]
    assert ProviderEvent.objects.count() == 1


@pytest.mark.usefixtures("stripe")
def test_refund_in_the_dashboard_is_booked_once() -> None:
    order = paid_order()
    Payment.objects.update(provider="stripe", reference="pi_1")
    payload = {"id": "re_1", "object": "refund", "status": "succeeded", "metadata": {}}
    payload |= {"payment_intent": "pi_1", "amount": order.total_minor, "currency": "usd"}
    jobs = [partial(deliver, {**build_event("refund.created", payload), "id": f"evt_{number}"}) for number in range(10)]
    outcomes = run_at_once(jobs, threads=5, processes=2)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    order.refresh_from_db()
    assert (order.state, order.refunded_minor) == ("refunded", order.total_minor)
    assert list(Refund.objects.values_list("state", "reference")) == [("done", "re_1")]


@pytest.mark.usefixtures("stripe")
def test_lost_dispute_is_booked_once() -> None:
    order = paid_order()
    Payment.objects.update(provider="stripe", reference="pi_1")
    payload = {"id": "dp_1", "object": "dispute", "status": "lost", "metadata": {}, "charge": "ch_1"}
    payload |= {"payment_intent": "pi_1", "amount": order.total_minor, "currency": "usd"}
    event = build_event("charge.dispute.closed", payload)
    jobs = [partial(deliver, {**event, "id": f"evt_{number}"}) for number in range(10)]
    outcomes = run_at_once(jobs, threads=5, processes=2)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    order.refresh_from_db()
    assert (order.state, Refund.objects.count(), Dispute.objects.count()) == ("refunded", 1, 1)


def settle(payment_id: int) -> bool:
    return settle_payment(payment_id=payment_id, outcome=Outcome(OutcomeState.SUCCEEDED, "x"), now=timezone.now())


def test_payment_is_settled_once() -> None:
    order = new_order()
    payment = order.payments.create(
        provider="demo", amount_minor=order.total_minor, currency="USD", started_at=timezone.now()
    )
    assert run_ten_times(partial(settle, payment.pk)).count(True) == 1


def accept(refund_id: int) -> bool:
    try:
        refund_return(refund_id=refund_id, created_by=User.objects.get(email="boss@example.com"), now=timezone.now())
    except RefundRefused:
        return False
    return True


def test_return_is_accepted_once() -> None:
    make_user("boss@example.com")
    order = paid_order()
    refund = request_return(order=order, quantities={order.lines.get().pk: 1}, reason="", now=timezone.now())
    assert run_ten_times(partial(accept, refund.pk)).count(True) == 1
    order.refresh_from_db()
    assert (order.refunded_minor, Product.objects.get().stock, Refund.objects.get().state) == (
        order.total_minor,
        5,
        "planned",
    )


def retry(refund_id: int) -> bool:
    return retry_refund(refund_id=refund_id, now=timezone.now())


def test_failed_refund_is_retried_once() -> None:
    refund = plan_refund(order_id=paid_order().pk, created_by=None, now=timezone.now())
    Refund.objects.update(state="failed")
    assert run_ten_times(partial(retry, refund.pk)).count(True) == 1
    assert Refund.objects.get().attempt == 2


@pytest.fixture
def bank(tmp_path: Path) -> StandInBank:
    return StandInBank(tmp_path / "bank")


@pytest.fixture
def payout() -> Payout:
    creator = make_creator("maya")
    make_published_clip(creator)
    tally(now=timezone.now())
    PayoutAccount.objects.create(creator=creator, holder_name="Maya", number="DE001")
    make_user("second@example.com")
    return plan_batch(created_by=make_user("first@example.com"), currency="USD", now=NOW).payouts.get()


def plan_again() -> bool:
    try:
        plan_batch(created_by=None, currency="USD", now=NOW)
    except BatchRefused:
        return False
    return True


def test_same_money_is_planned_once(payout: Payout) -> None:
    payout.delete()
    Batch.objects.all().delete()
    assert run_ten_times(plan_again).count(True) == 1
    assert (Batch.objects.count(), Payout.objects.get().amount_minor) == (1, 2500)


def approve(batch_id: int) -> bool:
    try:
        approve_batch(
            batch=Batch.objects.get(pk=batch_id), approved_by=User.objects.get(email="second@example.com"), now=NOW
        )
    except BatchRefused:
        return False
    return True


def test_batch_is_approved_once(payout: Payout) -> None:
    assert run_ten_times(partial(approve, payout.batch_id)).count(True) == 1


def test_payout_is_sent_once(payout: Payout, bank: StandInBank) -> None:
    assert run_ten_times(partial(send_payout, payout_id=payout.pk, now=NOW, bank=bank)).count(True) == 1
    assert (bank.transfers(), bank.sends()) == ({payout.key: 2500}, 1)
    assert Posting.objects.filter(payout=payout).count() == 2
    assert list(find_discrepancies()) == []


def test_unknown_payout_is_reconciled_once(payout: Payout, bank: StandInBank) -> None:
    send_payout(payout_id=payout.pk, now=NOW, bank=bank)
    Payout.objects.update(state="unknown")
    run_ten_times(partial(reconcile_payout, payout_id=payout.pk, now=NOW, bank=bank))
    assert (Payout.objects.get().state, bank.sends()) == ("reconciled", 1)
    assert Posting.objects.filter(payout=payout).count() == 2


@pytest.mark.parametrize("status", [TransferState.PAID, TransferState.FAILED])
def test_bank_result_counts_once(payout: Payout, status: TransferState) -> None:
    send_payout(payout_id=payout.pk, now=NOW)
    results = f"key,status\n{payout.key},{status}\n"
    call = partial(import_bank_results, batch=payout.batch, content=results.encode(), user=make_user(), now=NOW)
    assert sum(outcome.settled for outcome in run_ten_times(call)) == 1
    assert (Payout.objects.get().state, Posting.objects.filter(payout=payout).count()) == (status, 2)
    assert not settle_payout(payout_id=payout.pk, result=TransferResult(TransferState.PAID), now=NOW)
    assert list(find_discrepancies()) == []


def reverse(posting_id: int) -> bool:
    user = User.objects.get(email="second@example.com")
    try:
        reverse_posting(posting=Posting.objects.get(pk=posting_id), created_by=user, reason="Copied.", now=NOW)
    except NotReversible:
        return False
    return True


@pytest.mark.usefixtures("payout")
def test_fee_is_reversed_once() -> None:
    assert run_ten_times(partial(reverse, Posting.objects.get(kind="fee").pk)).count(True) == 1
    assert Posting.objects.filter(kind="reversal").count() == 1
