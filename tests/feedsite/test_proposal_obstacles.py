"""“Approve” is offered only where it works. Elsewhere the page of a proposal says why it can't be approved."""

from collections.abc import Callable, Mapping

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.models import Proposal, User
from creators.models import Creator
from payouts.ledger import reverse_posting
from payouts.models import Payout, PayoutAccount, Posting
from payouts.payout_accounts import AccountDetails, set_payout_account
from shop.models import Order
from tests.conftest import client_of
from tests.factories import make_user
from tests.feedsite.test_four_eyes import (
    decide,
    first,
    is_done,
    low_limit,
    propose,
    second,
)

__all__ = ["first", "low_limit", "second"]
pytestmark = pytest.mark.django_db


def settle() -> None:
    Payout.objects.update(state="paid")


def change_account() -> None:
    PayoutAccount.objects.all().delete()
    set_payout_account(
        payee=Creator.objects.get(handle="maya"), details=AccountDetails("Maya", "GB33BUKB20201555555555")
    )


def reverse() -> None:
    reverse_posting(
        posting=Posting.objects.get(), created_by=make_user("x@example.com"), reason="x", now=timezone.now()
    )


def dispute() -> None:
    Order.objects.update(state="disputed")


OBSTACLES: Mapping[str, tuple[Callable[[], None], str]] = {
    "payout_outcome": (settle, "does not wait for a decision"),
    "payout_account": (change_account, "was changed after this was proposed"),
    "reversal": (reverse, "has already been reversed"),
    "refund": (dispute, "payment is disputed"),
}


@pytest.mark.parametrize("kind", OBSTACLES)
def test_approval_is_not_offered_when_the_change_became_impossible(
    kind: str, first: User, second: User, creator: Creator
) -> None:
    proposal = propose(kind, first, creator)
    url = f"/admin/accounts/proposal/{proposal.pk}/change/"
    assert 'name="approve"' in client_of(second).get(url).content.decode()
    obstruct, sentence = OBSTACLES[kind]
    obstruct()
    was_done = is_done(kind)
    page = client_of(second).get(url).content.decode()
    assert 'name="approve"' not in page and 'name="refuse"' in page
    assert sentence in page
    assert sentence in decide(second, proposal)
    assert (proposal.state, is_done(kind)) == ("proposed", was_done)


def test_approval_is_not_offered_when_the_proposer_lost_the_role(first: User, second: User, creator: Creator) -> None:
    proposal = propose("terms", first, creator)
    first.groups.clear()
    page = client_of(second).get(f"/admin/accounts/proposal/{proposal.pk}/change/").content.decode()
    assert 'name="approve"' not in page and "may no longer do so" in page


def test_somebody_who_may_only_propose_reads_that_they_cannot_decide(first: User, creator: Creator) -> None:
    proposal = propose("terms", first, creator)
    planner = make_user("planner@example.com", is_staff=True)
    planner.user_permissions.set(Permission.objects.filter(codename="add_terms"))
    page = client_of(planner).get(f"/admin/accounts/proposal/{proposal.pk}/change/").content.decode()
    assert 'name="approve"' not in page and 'name="refuse"' not in page
    assert "You may not decide on this." in page
    assert Proposal.objects.get().state == "proposed"
