"""The machine: all steps together, and what has to be true at the end of each sequence."""

import csv
import io
from collections import Counter
from datetime import datetime, timedelta
from email import message_from_string, policy
from io import StringIO
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management import call_command
from django.test import TestCase
from django.utils.timezone import get_default_timezone

from accounts.models import OutgoingEmail
from feedsite.celery import app
from payouts.models import Batch, Payout
from payouts.statements import Month
from payouts.verification import get_account_totals
from shop.models import Order, Refund
from tests.money_machine import books
from tests.money_machine.clock import Passing
from tests.money_machine.delivery import Delivering
from tests.money_machine.events import Events
from tests.money_machine.finance import Paying
from tests.money_machine.kept_cards import Keeping
from tests.money_machine.merchants import Selling
from tests.money_machine.staff import Staff
from tests.money_machine.world import REFUSED, START

ROUNDS = (timedelta(minutes=20), timedelta(hours=2), timedelta(hours=7), timedelta(days=1), timedelta(days=2))


class MoneyMachine(Keeping, Events, Staff, Delivering, Paying, Selling, Passing):
    def settle_everything(self) -> None:
        with TestCase.captureOnCommitCallbacks(execute=True):
            self._end_troubles()
        for span in ROUNDS:
            self.world.clock.move(span)
            with TestCase.captureOnCommitCallbacks(execute=True):
                self._deliver_all()
                self.beat()
        with TestCase.captureOnCommitCallbacks(execute=True):
            self._finish_by_hand()
        for span in ROUNDS:
            self.world.clock.move(span)
            with TestCase.captureOnCommitCallbacks(execute=True):
                self._deliver_all()
                self.beat()
        with TestCase.captureOnCommitCallbacks(execute=True):
            self._finish_by_hand()
            self._deliver_all()
            self.beat()
        books.check_everything(self.stripe, self.bank)
        self._check_emails()
        self._check_statements()
        call_command("verify_ledger", stdout=StringIO())

    def _end_troubles(self) -> None:
        """The provider, the mail server and the workers are well again, and banks answer."""
        app.conf.task_always_eager = True
        self.world.mail.sender_reply = "250 OK"
        self.stripe.lost_answers = self.stripe.failures = 0
        self.stripe.forget_keys()
        self.stripe.refund_status = "succeeded"
        for session in self.stripe.all_of("checkout.session"):
            intent = self.stripe.objects.get(session["payment_intent"] or "")
            if intent and intent["status"] == "processing":
                self.stripe.finish_slow_payment(session["id"], is_paid=len(session["id"]) % 2 == 0)
        for refund in self.stripe.all_of("refund"):
            if refund["status"] == "pending":
                self.stripe.finish_refund(refund["id"], "succeeded")
        if not self.is_resent:
            self.lost.clear()  # Stripe gave up on them; we have to ask

    def _deliver_all(self) -> None:
        waiting, self.lost, self.stripe.events = self.lost + self.stripe.events, [], []
        for event in waiting:
            self.receive(event)

    def _finish_by_hand(self) -> None:
        """Staff deal with what waits for them: failed refunds, payouts on their way, the bank's files."""
        for refund in Refund.objects.filter(state="failed"):
            if not self.act_on_refund(refund, "retry_failed"):
                continue
            refund.refresh_from_db()
            if refund.state == "failed":
                self.act_on_refund(refund, "mark_paid_elsewhere")
        for batch in Batch.objects.all():
            if batch.provider == "csv":
                self.take_to_bank(batch)
                self.upload(batch)
        for payout in self._waiting_payouts():
            self.decide(payout)

    def _check_emails(self) -> None:
        """Each shopper was told once, and only once, of each order, cancellation and refund."""
        read = [message_from_string(text, policy=policy.default) for _to, text in self.world.mail.accepted]
        ids = Counter((str(message["To"]), str(message["Message-ID"])) for message in read)
        assert not ids or max(ids.values()) == 1, f"An email was sent twice: {ids.most_common(1)}"
        subjects = Counter((str(message["To"]), str(message["Subject"])) for message in read)
        for order in Order.objects.all():
            told = {text: count for (to, text), count in subjects.items() if to == order.email and order.code in text}
            if order.email == REFUSED:
                assert not told
                continue
            confirmed = sum(
                count for subject, count in told.items() if subject.startswith(f"Your order {order.code} at")
            )
            cancelled = told.get(f"Your order {order.code} was cancelled", 0)
            refunded = told.get(f"Your refund for order {order.code}", 0)
            assert confirmed == (order.state not in ("pending", "cancelled")), (order, order.state, told)
            # Nobody is emailed about an order whose payment was not begun, so not every cancelled order has an email.
            assert cancelled <= (order.state == "cancelled"), (order, order.state, told)
            assert not cancelled or order.payments.exists(), (order, told)
            returned = told.get(f"Your refund for order {order.code} could not be paid", 0)
            elsewhere = told.get(f"Your refund for order {order.code} was paid in another way", 0)
            made = order.refunds.filter(state__in=("done", "pending"))
            due, by_hand = made.count(), made.filter(is_paid_elsewhere=True).count()
            # What the bank gives back after a dispute, the bank tells.
            is_told_by_bank = order.payments.filter(disputes__state="lost").exists()
            assert elsewhere == by_hand, (order, told)
            assert is_told_by_bank or due - by_hand <= refunded - returned, (order, told)
            assert refunded - returned <= due, (order, told)
        stuck = OutgoingEmail.objects.filter(given_up_at=None).values_list("subject", "failure_text")
        assert not list(stuck), list(stuck)

    def _check_statements(self) -> None:
        """Each line lies in its month, and all months together are the balance."""
        zone = get_default_timezone()
        assert isinstance(zone, ZoneInfo) and zone.key == settings.TIME_ZONE
        months = [Month.of(START - timedelta(days=40))]
        while months[-1] != Month.of(self.world.clock.now + timedelta(days=40)):
            months.append(months[-1].next)
        self.check_merchant_statement(months)
        for creator, client in zip(self.world.creators, self.as_creators, strict=True):
            totals: Counter[str] = Counter()
            for month in months:
                page = client.get(f"/studio/earnings/{month}.csv")
                for row in csv.DictReader(io.StringIO(page.content.decode("utf-8-sig"))):
                    on = datetime.fromisoformat(row["date"]).astimezone(zone)
                    assert (on.year, on.month) == (month.year, month.month), row
                    digits = len(row["net"].partition(".")[2])
                    totals[row["currency"]] += round(float(row["net"]) * 10**digits)
            account = get_account_totals(creator)
            assert {key: totals[key] for key in account} == account, (creator, totals, account)
        paid = Payout.objects.filter(state__in=("paid", "reconciled"), creator__isnull=False)
        assert not paid.filter(settled_at=None).exists()
