"""A rule begins while an order is being placed: the order, by its time, uses exactly one rule."""

from datetime import datetime
from threading import Thread

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Proposal
from accounts.proposals import approve_proposal
from creators import rule_proposals
from creators.commission_rules import find_rate, hold_rules
from creators.models import CommissionRule, RuleScope
from creators.rule_proposals import propose_rule
from tests.factories import make_product
from tests.feedsite.proposers import make_member

pytestmark = pytest.mark.django_db(transaction=True)
IS_WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


@pytest.fixture
def proposal() -> Proposal:
    by = make_member("first@example.com", "Campaign manager")
    rule = CommissionRule(name="Autumn", scope=RuleScope.HOUSE, rate_bps=700)
    return propose_rule(rule=rule, starts_at=None, proposed_by=by, now=timezone.now())


def order_during_approval(proposal: Proposal) -> datetime:
    """Place an order while the rule is being approved, and return the last moment at which its rules are read."""
    finance, product = make_member("second@example.com", "Finance"), make_product()

    def approve() -> None:
        approve_proposal(proposal_id=proposal.pk, approved_by=finance, now=timezone.now())
        connection.close()

    approval = Thread(target=approve)
    with transaction.atomic():
        hold_rules()
        approval.start()
        while approval.is_alive() and not is_approval_waiting():
            approval.join(0.01)
        placed_at = timezone.now()
        assert find_rate(product, at=placed_at).rate_bps in (450, 700)
    approval.join()
    return placed_at


def is_approval_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(IS_WAITING)
        return bool(cursor.fetchone()[0])


def test_rule_begins_after_the_orders_that_did_not_see_it(proposal: Proposal) -> None:
    placed_at = order_during_approval(proposal)
    assert CommissionRule.objects.get().starts_at > placed_at


def test_without_the_lock_it_begins_before_them(proposal: Proposal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule_proposals, "hold_rules", lambda **options: None)
    placed_at = order_during_approval(proposal)
    assert CommissionRule.objects.get().starts_at < placed_at
