"""Whatever people do in whatever order: entries sum to zero, caps hold, and everybody who reports a balance agrees.

MONEY_SEQUENCES sets how many sequences of 50 steps are tried; 1000 take some minutes.
"""

import itertools
import os
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from creators.campaigns import CapTooLow, change_cap
from creators.models import Campaign, Creator, Slot, SlotReason
from creators.slots import SlotRefused, earn_slot, hold_slot, release_slot
from payouts.banks import Answer, AnswerState
from payouts.batching import BatchRefused, plan_batch
from payouts.ledger import NotReversible, reverse_posting
from payouts.models import Hold, Payout, PayoutAccount, Posting
from payouts.paying_out import send_payout, settle_payout
from payouts.statements import balances_of
from payouts.tally import tally
from payouts.verifying import account_totals, door_totals, find_differences
from shop.attribution import Buyer
from shop.models import Address, Click, Order, OrderLine
from shop.ordering import OutOfStock, Wanted, place_order
from shop.paying import pay_order
from shop.people import Shopper
from shop.refunding import RefundRefused, plan_refund
from tests.factories import make_campaign, make_category, make_creator, make_enrolment, make_product, make_user
from tests.shop.conftest import ADDRESS
from videos.models import Clip

SEQUENCES = int(os.environ.get("MONEY_SEQUENCES", "15"))
NOW = timezone.now()
LATER = NOW + timedelta(days=60)
picks = st.integers(0, 1000)


class Money(RuleBasedStateMachine):
    """Two creators under one small cap, one product of which there is little."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers = itertools.count(1)
        self.undo = transaction.atomic()
        self.undo.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    @initialize()
    def open_shop(self) -> None:
        campaign = make_campaign(clips_cap=6, clips_per_creator=4)
        self.creators: list[Creator] = [make_creator(), make_creator()]
        self.enrolments = [make_enrolment(creator, campaign) for creator in self.creators]
        self.staff = make_user(is_staff=True)
        category = make_category("odd", commission_rate_bps=333)
        self.mug = make_product("mug", price_minor=777, stock=15, category=category)
        self.clips = [Clip.objects.create(creator=creator, caption="x") for creator in self.creators]
        for creator, clip in zip(self.creators, self.clips, strict=True):
            Click.objects.create(clip=clip, product=self.mug, visitor=creator.handle, clicked_at=NOW)
            PayoutAccount.objects.create(creator=creator, holder_name=creator.handle, number=f"DE{creator.pk}")

    @rule(who=picks)
    def submit(self, who: int) -> None:
        try:
            hold_slot(enrolment=self.enrolments[who % 2], clip_code=f"c{next(self.numbers)}", now=NOW)
        except SlotRefused:
            return

    @rule(which=picks, is_approved=st.booleans(), times=st.integers(1, 3))
    def decide(self, which: int, is_approved: bool, times: int) -> None:
        if slot := self._one(Slot.objects.all(), which):
            for _index in range(times):
                if is_approved:
                    earn_slot(slot_id=slot.pk, now=NOW)
                else:
                    release_slot(slot_id=slot.pk, reason=SlotReason.REJECTED, now=NOW)

    @rule(cap=st.integers(0, 9))
    def move_cap(self, cap: int) -> None:
        try:
            change_cap(campaign=Campaign.objects.get(), clips_cap=cap)
        except CapTooLow:
            return

    @rule(who=picks, quantity=st.integers(1, 4), is_paid=st.booleans())
    def buy(self, who: int, quantity: int, is_paid: bool) -> None:
        shopper = Shopper(None, self.creators[who % 2].handle)
        buyer = Buyer(shopper, f"b{next(self.numbers)}@example.com", Address(**ADDRESS))
        try:
            order = place_order(buyer=buyer, wanted=[Wanted("mug", quantity)], now=NOW)
        except OutOfStock:
            return
        if is_paid:
            pay_order(order=order, now=NOW)

    @rule(which=picks, quantity=st.integers(1, 4))
    def refund(self, which: int, quantity: int) -> None:
        if line := self._one(OrderLine.objects.all(), which):
            try:
                plan_refund(order_id=line.order_id, quantities={line.pk: quantity}, made_by=None, now=NOW)
            except RefundRefused:
                return

    @rule(days=st.sampled_from([1, 60]), times=st.integers(1, 2))
    def tally(self, days: int, times: int) -> None:
        for _index in range(times):
            tally(now=NOW + timedelta(days=days))

    @rule(which=picks)
    def reverse(self, which: int) -> None:
        if posting := self._one(Posting.objects.all(), which):
            try:
                reverse_posting(posting=posting, made_by=self.staff, words="A mistake.", now=LATER)
            except NotReversible:
                return

    @rule()
    def plan(self) -> None:
        try:
            plan_batch(made_by=self.staff, currency="USD", now=LATER)
        except BatchRefused:
            return

    @rule(which=picks, times=st.integers(1, 2))
    def send(self, which: int, times: int) -> None:
        if payout := self._one(Payout.objects.all(), which):
            for _index in range(times):
                send_payout(payout_id=payout.pk, now=LATER)

    @rule(which=picks, state=st.sampled_from([AnswerState.PAID, AnswerState.FAILED]), times=st.integers(1, 2))
    def answer(self, which: int, state: AnswerState, times: int) -> None:
        if payout := self._one(Payout.objects.all(), which):
            for _index in range(times):
                settle_payout(payout_id=payout.pk, answer=Answer(state), now=LATER)

    @invariant()
    def everything_adds_up(self) -> None:
        if not hasattr(self, "creators"):
            return
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        assert [str(one) for one in find_differences(is_reading_statements=False)] == []
        campaign = Campaign.objects.get()
        assert campaign.held_count + campaign.earned_count <= campaign.clips_cap
        assert Order.objects.filter(refunded_minor__gt=0, state="cancelled").count() == 0
        assert not Hold.objects.exists()

    @rule()
    def compare_page_csv_and_account(self) -> None:
        for creator in self.creators:
            page = {b.currency: b.owed_minor for b in balances_of(creator=creator, now=LATER) if b.owed_minor}
            account = {currency: total for currency, total in account_totals(creator).items() if total}
            csv = {currency: total for currency, total in door_totals(creator).items() if total}
            assert page == account == csv

    def _one(self, rows: Any, which: int) -> Any:
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        return rows.get(pk=ids[which % len(ids)]) if ids else None


@pytest.mark.django_db
def test_money_adds_up_whatever_happens() -> None:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Money,
        settings=settings(
            max_examples=SEQUENCES, stateful_step_count=50, deadline=None, suppress_health_check=checks, database=None
        ),
    )
