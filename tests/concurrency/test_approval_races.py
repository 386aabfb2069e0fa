"""Two people approve one proposal at once: without the guard the change is made twice, with it once."""

from functools import partial

import pytest
from django.utils import timezone

from accounts.models import Proposal, User
from accounts.proposals import ProposalRefused, approve_proposal, proposal_kinds, withdraw_proposal
from shop.attribution import Buyer
from shop.checkout import check_out
from shop.models import Address, Order, Refund
from shop.orders import RequestedItem
from shop.refund_proposals import RefundRequest, refund_by_staff
from shop.shopper import Shopper
from tests.concurrency.crowd import run_at_once
from tests.factories import make_product, make_user
from tests.shop.conftest import ADDRESS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def staff() -> list[User]:
    return [make_user(f"staff{number}@example.com", is_staff=True, is_superuser=True) for number in range(6)]


@pytest.fixture
def proposal(staff: list[User]) -> Proposal:
    """Return a proposal to refund one of ten units."""
    buyer = Buyer(Shopper(None, "visitor"), "sam@example.com", Address(**ADDRESS))
    items = [RequestedItem(make_product(price_minor=9000).slug, 10)]
    order = check_out(buyer=buyer, items=items, key="key-00001", now=timezone.now()).order
    wanted = RefundRequest(order_id=order.pk, reason="Broken.", quantities={order.lines.get().pk: 6})
    made = refund_by_staff(request=wanted, user=staff[0], now=timezone.now())
    assert isinstance(made, Proposal)
    return made


def approve(proposal_id: int, user: User) -> bool:
    try:
        approve_proposal(proposal_id=proposal_id, approved_by=user, now=timezone.now())
    except ProposalRefused:
        return False
    return True


def approve_by_check_then_apply(proposal_id: int, user: User) -> bool:
    """Approve without the guard: read the state, make the change, then write the state."""
    proposal = Proposal.objects.get(pk=proposal_id)
    if not proposal.is_open:
        return False
    proposal.changes["quantities"] = dict.fromkeys(proposal.changes["quantities"], 1)
    proposal.changes["planned_minor"] = 9000
    proposal_kinds()["refund"].apply(proposal, approved_by=user, now=timezone.now())
    Proposal.objects.filter(pk=proposal_id).update(state="approved", decided_by=user, decided_at=timezone.now())
    return True


def test_without_the_guard_the_refund_is_made_more_than_once(proposal: Proposal, staff: list[User]) -> None:
    run_at_once([partial(approve_by_check_then_apply, proposal.pk, user) for user in staff[1:]])
    assert Refund.objects.count() > 1


def test_with_the_guard_one_approval_counts(proposal: Proposal, staff: list[User]) -> None:
    outcomes = run_at_once([partial(approve, proposal.pk, user) for user in staff])
    assert sum(outcome.result for outcome in outcomes) == 1
    assert (Refund.objects.count(), Order.objects.get().refunded_minor) == (1, 54_000)


def test_withdrawal_and_approval_at_once_leave_one_of_them(proposal: Proposal, staff: list[User]) -> None:
    def withdraw() -> bool:
        try:
            withdraw_proposal(proposal_id=proposal.pk, withdrawn_by=staff[0], now=timezone.now())
        except ProposalRefused:
            return False
        return True

    outcomes = run_at_once([withdraw, partial(approve, proposal.pk, staff[1])])
    assert sum(outcome.result for outcome in outcomes) == 1
    proposal.refresh_from_db()
    assert Refund.objects.count() == (proposal.state == "approved")
