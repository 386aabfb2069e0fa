"""Random sequences of actions: entries sum to zero, caps hold, and page, CSV and API report the same balance.

Runs eight sequences of up to 50 steps, or MONEY_SEQUENCES of them. A thousand take twenty minutes. Run them in four
parts with a seed each, so that a failure can be reproduced:

    for seed in 1 2 3 4; do
        MONEY_SEQUENCES=250 pytest -s --timeout=1800 --hypothesis-seed=$seed tests/payouts/test_money_machine.py
    done
"""

import itertools
import os
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from creators.models import Campaign, Creator
from payouts.approvals import BatchRefused
from payouts.banks import TransferResult, TransferState
from payouts.batches import plan_batch
from payouts.ledger import NotReversible, reverse_posting
from payouts.models import Hold, Payout, PayoutAccount, Posting
from payouts.tally import tally
from payouts.transfers import send_payout, settle_payout
from payouts.verification import find_discrepancies, get_account_totals, get_reported_totals
from shop.attribution import Buyer
from shop.models import Address, Click, Order, OrderLine
from shop.order_payment import pay_order
from shop.orders import OutOfStock, RequestedItem, cancel_order, place_order
from shop.refund_dispatch import send_refund
from shop.refunds import RefundRefused, plan_refund
from shop.shopper import Shopper
from tests.conftest import client_of
from tests.factories import (
    make_campaign,
    make_category,
    make_creator,
    make_draft,
    make_enrolment,
    make_product,
    make_reason,
    make_user,
)
from tests.payouts.money_bounds import BOUNDS
from tests.shop.conftest import ADDRESS
from videos.models import Clip, DecisionAction
from videos.models.clip import NotEditable
from videos.review.decisions import DecisionRefused, decide
from videos.studio.drafts import ClipContent, TagContent
from videos.studio.submission import (
    Incomplete,
    NotSubmittable,
    NotWithdrawable,
    submit_clip,
    submit_content,
    withdraw_clip,
)

SEQUENCES = int(os.environ.get("MONEY_SEQUENCES", "8"))
NOW = timezone.now() - timedelta(days=1)
LATER = NOW + timedelta(days=60)
picks = st.integers(0, 1000)
times = st.integers(1, 3)


class Money(RuleBasedStateMachine):
    """Two creators under one small cap, and two products with little stock. Each action is repeated `times` times."""

    finished = 0

    def __init__(self) -> None:
        super().__init__()
        self.numbers = itertools.count(1)
        self.undo = transaction.atomic()
        self.undo.__enter__()

    def teardown(self) -> None:
        try:
            if hasattr(self, "creators"):
                self.assert_all_reports_agree()
                Money.finished += 1
        finally:
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    @initialize()
    def open_shop(self) -> None:
        campaign = make_campaign(clips_cap=6, clips_per_creator=4)
        self.creators: list[Creator] = [make_creator(), make_creator()]
        self.enrolments = [make_enrolment(creator, campaign) for creator in self.creators]
        self.staff, self.reason = make_user(is_staff=True), make_reason()
        category = make_category("odd", commission_rate_bps=333)
        self.goods = [
            make_product("mug", price_minor=777, stock=15, category=category),
            make_product("cup", price_minor=1250, stock=15, category=category),
        ]
        for creator in self.creators:
            PayoutAccount.objects.create(creator=creator, holder_name=creator.handle, number=f"DE{creator.pk}")

    @rule(who=picks, times=times)
    def submit(self, who: int, times: int) -> None:
        clip = make_draft(enrolment=self.enrolments[who % 2], products=self.goods)
        for _index in range(times):
            self._submit(clip)

    @rule(which=picks)
    def resubmit(self, which: int) -> None:
        if clip := self._one(Clip.objects.filter(state__in=("draft", "changes_requested")), which):
            self._submit(clip)

    @rule(which=picks)
    def edit(self, which: int) -> None:
        """Edit a clip in any state. A published clip goes back to review and keeps its fee."""
        if clip := self._one(Clip.objects.all(), which):
            spans = [
                TagContent(product.pk, index * 1000, index * 1000 + 900) for index, product in enumerate(self.goods)
            ]
            caption = f"Two things that I use, number {next(self.numbers)}"
            content = ClipContent(caption, "review", "mixed", "en", True, "", spans)
            try:
                submit_content(clip=clip, content=content, enrolment=clip.enrolment, now=NOW)
            except (Incomplete, NotSubmittable, NotEditable):
                return

    @rule(which=picks, times=times)
    def withdraw(self, which: int, times: int) -> None:
        if clip := self._one(Clip.objects.all(), which):
            for _index in range(times):
                try:
                    withdraw_clip(clip_id=clip.pk, now=NOW)
                except NotWithdrawable:
                    continue

    @rule(which=picks, times=times)
    def approve(self, which: int, times: int) -> None:
        self._decide(which, DecisionAction.APPROVE, times)

    @rule(which=picks, times=times)
    def reject(self, which: int, times: int) -> None:
        self._decide(which, DecisionAction.REJECT, times)

    @rule(which=picks)
    def ask_for_changes_or_remove(self, which: int) -> None:
        self._decide(which, DecisionAction.REQUEST_CHANGES, 1)
        self._decide(which, DecisionAction.REMOVE, 1)

    @rule(cap=st.integers(0, 9))
    def move_cap(self, cap: int) -> None:
        try:
            with transaction.atomic():
                Campaign.objects.update(clips_cap=cap)
        except IntegrityError:
            return

    @rule(which=picks, product=picks, quantity=st.integers(1, 4), is_paid=st.booleans(), times=times)
    def buy(self, which: int, product: int, quantity: int, is_paid: bool, times: int) -> None:
        """Buy through a published clip, if there is one; some pay, some do not, some press the button again."""
        number, bought = next(self.numbers), self.goods[product % 2]
        shopper = Shopper(None, f"visitor{number}")
        if clip := self._one(Clip.objects.published(), which):
            Click.objects.create(clip=clip, product=bought, visitor=shopper.visitor, clicked_at=NOW)
        buyer = Buyer(shopper, f"b{number}@example.com", Address(**(ADDRESS | {"street": f"{number} Street"})))
        try:
            order = place_order(buyer=buyer, items=[RequestedItem(bought.slug, quantity)], now=NOW)
        except OutOfStock:
            return
        for _index in range(times if is_paid else 0):
            pay_order(order=order, now=NOW)

    @rule(which=picks, times=times)
    def cancel(self, which: int, times: int) -> None:
        if order := self._one(Order.objects.all(), which):
            for _index in range(times):
                cancel_order(order_id=order.pk, now=NOW)

    @rule(which=picks, quantity=st.integers(1, 4), times=times)
    def refund(self, which: int, quantity: int, times: int) -> None:
        if line := self._one(OrderLine.objects.all(), which):
            for _index in range(times):
                try:
                    refund = plan_refund(
                        order_id=line.order_id, quantities={line.pk: quantity}, created_by=None, now=NOW
                    )
                except RefundRefused:
                    return
                send_refund(refund_id=refund.pk, now=NOW)

    @rule(days=st.sampled_from([1, 60]), times=times)
    def tally(self, days: int, times: int) -> None:
        for _index in range(times):
            tally(now=NOW + timedelta(days=days))

    @rule(which=picks, times=times)
    def reverse(self, which: int, times: int) -> None:
        if posting := self._one(Posting.objects.all(), which):
            for _index in range(times):
                try:
                    reverse_posting(posting=posting, created_by=self.staff, reason="A mistake.", now=LATER)
                except NotReversible:
                    return

    @rule()
    def plan(self) -> None:
        try:
            plan_batch(created_by=self.staff, currency="USD", now=LATER)
        except BatchRefused:
            return

    @rule(which=picks, times=times)
    def pay(self, which: int, times: int) -> None:
        if payout := self._one(Payout.objects.all(), which):
            for _index in range(times):
                send_payout(payout_id=payout.pk, now=LATER)

    @rule(which=picks, state=st.sampled_from([TransferState.PAID, TransferState.FAILED]), times=times)
    def settle(self, which: int, state: TransferState, times: int) -> None:
        if payout := self._one(Payout.objects.all(), which):
            for _index in range(times):
                settle_payout(payout_id=payout.pk, result=TransferResult(state), now=LATER)

    @invariant()
    def everything_adds_up(self) -> None:
        if not hasattr(self, "creators"):
            return
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for name, query in BOUNDS.items():
                cursor.execute(query)
                assert cursor.fetchall() == [], name
        assert [str(discrepancy) for discrepancy in find_discrepancies(includes_statements=False)] == []
        assert not Hold.objects.exists()

    def assert_all_reports_agree(self) -> None:
        """Compare page, CSV and API, in code and over HTTP, with the account."""
        for creator in self.creators:
            account = get_account_totals(creator)
            for source, totals in get_reported_totals(creator).items():
                assert totals.get("USD", 0) == account.get("USD", 0), source
            client = client_of(creator.user)
            earnings = client.get("/api/v1/earnings/", {"limit": 500}).json()
            owed = {balance["currency"]: balance["owed_minor"] for balance in earnings["balances"]}
            assert owed.get("USD", 0) == account.get("USD", 0)
            assert sum(line["net"]["amount_minor"] for line in earnings["results"]) == account.get("USD", 0)
            assert client.get("/studio/earnings/").status_code == 200

    def _submit(self, clip: Clip) -> None:
        try:
            submit_clip(clip_id=clip.pk, now=NOW)
        except (Incomplete, NotSubmittable):
            return

    def _decide(self, which: int, action: DecisionAction, times: int) -> None:
        clip = self._one(Clip.objects.exclude(submitted_at=None), which)
        revision = clip and clip.revisions.order_by("-number").first()
        if revision is None:
            return
        reason = None if action == DecisionAction.APPROVE else self.reason
        for _index in range(times):
            try:
                decide(revision=revision, moderator=self.staff, action=action, reason=reason, now=NOW)
            except DecisionRefused:
                continue

    def _one(self, rows: Any, which: int) -> Any:
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        return rows.get(pk=ids[which % len(ids)]) if ids else None


@pytest.mark.django_db
def test_money_adds_up_after_any_sequence_of_actions() -> None:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Money,
        settings=settings(
            max_examples=SEQUENCES, stateful_step_count=50, deadline=None, suppress_health_check=checks, database=None
        ),
    )
    print(f"{Money.finished} sequences held")
    assert Money.finished >= SEQUENCES
