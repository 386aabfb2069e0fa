"""What the payment provider, its dashboard and the banks behind it do, and how its events travel."""

import copy
import random
from typing import Any

from hypothesis import strategies as st

from shop.models import Order, Payment, Refund
from tests.money_machine import books
from tests.money_machine.base import Sequenced, few, picks, step
from tests.shop.stripe import post_event
from tests.shop.stripe.errors import WHOLE_AS_TWO_DECIMALS, Refusal

UNKNOWN = "unknown kind"
FOREIGN = (UNKNOWN, "other installation", "no installation", "other account", "live mode", "other amount")


class Events(Sequenced):
    @step("event", seed=picks, share=st.sampled_from((30, 100)), copies=few)
    def deliver_events(self, seed: int, share: int, copies: int) -> bool:
        """Deliver some of the waiting events, in any order, some of them repeatedly."""
        rng = random.Random(seed)
        chosen = [event for event in self.stripe.events if rng.randrange(100) < share]
        self.stripe.events = [event for event in self.stripe.events if event not in chosen]
        waiting = chosen * copies
        rng.shuffle(waiting)
        for event in waiting:
            self.receive(event)
        return bool(waiting)

    @step("event", which=picks)
    def lose_an_event(self, which: int) -> bool:
        event = self.pick(self.stripe.events, which)
        if event is None:
            return False
        self.stripe.events.remove(event)
        self.lost.append(event)
        return True

    @step(which=picks)
    def resend_a_lost_event(self, which: int) -> bool:
        event = self.pick(self.lost, which)
        if event is None:
            return False
        self.lost.remove(event)
        self.receive(event)
        return True

    @step("payment", which=picks, kind=st.sampled_from(FOREIGN))
    def receive_events_of_others(self, which: int, kind: str) -> bool:
        """Another shop, or a copy of this one, gets a payment like one of ours at the same provider."""
        payment = self.pick(Payment.objects.filter(provider="stripe").exclude(session=""), which)
        if payment is None:
            return False
        before = _snapshot()
        for event in self._make_foreign_events(payment, kind):
            self.receive(event)
        assert _snapshot() == before, f"Events of {kind} changed something here: {before}"
        return True

    @step(kind=st.sampled_from(("lost", "failing", "over")), times=few)
    def have_an_outage(self, kind: str, times: int) -> bool:
        """Lose answers to the next calls, after the work was done, or fail before it; or be well, a day later."""
        self.stripe.lost_answers = times if kind == "lost" else 0
        self.stripe.failures = times if kind == "failing" else 0
        if kind == "over":
            self.stripe.forget_keys()
        return True

    @step("slow payment", which=picks, is_paid=st.booleans())
    def finish_a_slow_payment(self, which: int, is_paid: bool) -> bool:
        sessions = [
            session
            for session in self.stripe.all_of("checkout.session")
            if session["status"] == "complete"
            and session["payment_status"] == "unpaid"
            and self.stripe.get("payment_intent", session["payment_intent"])["status"] == "processing"
        ]
        session = self.pick(sessions, which)
        if session is None:
            return False
        self.stripe.finish_slow_payment(session["id"], is_paid=is_paid)
        return True

    @step("charge", which=picks, percent=st.sampled_from((10, 33, 50, 100, 100)))
    def refund_in_the_dashboard(self, which: int, percent: int) -> bool:
        charge = self.pick(self.stripe.all_of("charge"), which)
        if charge is None:
            return False
        try:
            if percent == 100:
                self.stripe.refund_in_dashboard(charge["payment_intent"])
            else:
                amount = round_to_step(charge["amount"] * percent // 100, charge["currency"])
                self.stripe.refund_in_dashboard(charge["payment_intent"], amount)
        except Refusal:
            return False
        return True

    @step(status=st.sampled_from(("succeeded", "pending", "failed")))
    def change_what_becomes_of_refunds(self, status: str) -> bool:
        self.stripe.refund_status = status
        return True

    @step("standing refund", which=picks, status=st.sampled_from(("succeeded", "succeeded", "failed")))
    def let_a_bank_answer_about_a_refund(self, which: int, status: str) -> bool:
        """Settle a pending refund, or let one that had succeeded come back."""
        possible = ("pending", "succeeded") if status == "failed" else ("pending",)
        refund = self.pick([row for row in self.stripe.all_of("refund") if row["status"] in possible], which)
        if refund is None:
            return False
        self.stripe.finish_refund(refund["id"], status)
        return True

    @step("charge", which=picks, percent=st.sampled_from((40, 100, 100)), is_inquiry=st.booleans())
    def open_a_dispute(self, which: int, percent: int, is_inquiry: bool) -> bool:
        charges = [row for row in self.stripe.all_of("charge") if not books.disputes_of(self.stripe, row)]
        charge = self.pick(charges, which)
        if charge is None:
            return False
        amount = round_to_step(charge["amount"] * percent // 100, charge["currency"])
        if not amount:
            return False
        self.stripe.open_dispute(charge["payment_intent"], amount=amount, is_inquiry=is_inquiry)
        return True

    @step("open dispute", which=picks)
    def continue_a_dispute(self, which: int) -> bool:
        """Send evidence, or let an inquiry become a dispute."""
        dispute = self._pick_dispute(which)
        if dispute is None:
            return False
        is_inquiry = dispute["status"].startswith("warning_")
        self.stripe.update_dispute(dispute["id"], "needs_response" if is_inquiry else "under_review")
        return True

    @step("open dispute", which=picks, is_won=st.booleans())
    def decide_a_dispute(self, which: int, is_won: bool) -> bool:
        dispute = self._pick_dispute(which)
        if dispute is None:
            return False
        is_inquiry = dispute["status"].startswith("warning_")
        self.stripe.close_dispute(dispute["id"], "warning_closed" if is_inquiry else "won" if is_won else "lost")
        return True

    def receive(self, event: dict[str, Any]) -> None:
        assert post_event(self.people[1].client, event, self.stripe.webhook_secret) == 200

    def _pick_dispute(self, which: int) -> Any:
        closed = ("won", "lost", "warning_closed")
        return self.pick([row for row in self.stripe.all_of("dispute") if row["status"] not in closed], which)

    def _make_foreign_events(self, payment: Payment, kind: str) -> list[dict[str, Any]]:
        if kind == UNKNOWN:
            self.rival.emit("novelty.created", {"id": "x_1", "object": "novelty", "metadata": {"key": payment.key}})
            return [self.rival.events.pop()]
        ours = self.stripe.get("checkout.session", payment.session)
        names = {
            "other installation": {
                "key": payment.key.replace(payment.installation, "f" * 12),
                "installation": "f" * 12,
            },
            "no installation": {"key": f"payment-{payment.pk}"},
        }.get(kind, {"key": payment.key, "installation": payment.installation})
        amount = ours["amount_total"] * (2 if kind == "other amount" else 1)
        params = {
            "mode": "payment",
            "client_reference_id": names["key"],
            "success_url": "https://elsewhere.example/",
            "metadata": names,
            "payment_intent_data": {"metadata": names},
            "line_items": {"0": {"quantity": 1, "price_data": {"currency": ours["currency"], "unit_amount": amount}}},
        }
        self.rival.is_live = kind == "live mode"
        session = self.rival.create_session(params)
        charge = self.rival.pay(session["id"], fingerprint="card_of_a_stranger")
        self.rival.refund_in_dashboard(charge["payment_intent"])
        self.rival.open_dispute(charge["payment_intent"])
        events, self.rival.events = self.rival.events, []
        if kind == "other account":
            events = [copy.deepcopy(event) | {"account": "acct_other"} for event in events]
        return events


def round_to_step(amount: int, currency: str) -> int:
    """Return the amount without what Stripe cannot move in this currency."""
    step_of = {"kwd": 10} | dict.fromkeys(WHOLE_AS_TWO_DECIMALS, 100)
    return amount - amount % step_of.get(currency, 1)


def _snapshot() -> list[Any]:
    """Return what the news of a payment can change."""
    payments = Payment.objects.order_by("pk").values_list("pk", "state", "session", "reference", "fingerprint")
    return [
        list(payments),
        list(Order.objects.order_by("pk").values_list("pk", "state", "refunded_minor", "reserved_until")),
        list(Refund.objects.order_by("pk").values_list("pk", "state", "amount_minor", "reference")),
    ]
