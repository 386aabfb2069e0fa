"""Where money can go somewhere new, one person proposes and another approves: by no way can one do both."""

from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Proposal, User
from accounts.proposals import proposal_kinds
from catalog.models import Category, Merchant
from creators.models import Campaign, CommissionRule, Creator, Terms
from payouts.models import PayoutAccount, Posting
from shop.models import Refund
from tests.conftest import client_of
from tests.factories import (
    make_user,
)
from tests.feedsite.proposers import IBAN, PROPOSERS, ROLES, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def low_limit(settings: Settings) -> None:
    settings.REFUND_APPROVAL_ABOVE_MINOR = 1000
    settings.PAYOUT_APPROVAL_ABOVE_MINOR = 2000


@pytest.fixture
def first() -> User:
    return make_member("first@example.com", *ROLES)


@pytest.fixture
def second() -> User:
    return make_member("second@example.com", *ROLES)


KINDS = pytest.mark.parametrize("kind", PROPOSERS)


def is_done(kind: str) -> bool:
    """Return whether the change was made that the proposal is about."""
    made = {
        "payout_account": PayoutAccount.objects.filter(number=IBAN),
        "terms": Terms.objects.filter(fee_minor=3000),
        "payout_outcome": Posting.objects.filter(kind="payout_failed"),
        "clips_cap": Campaign.objects.filter(clips_cap=7000),
        "commission_rate": Category.objects.filter(commission_rate_bps=9000),
        "reversal": Posting.objects.filter(kind="reversal"),
        "refund": Refund.objects.all(),
        "sponsorship_refund": Refund.objects.all(),
        "merchant_fee": Merchant.objects.filter(slug="lamps", fee_bps=500),
        "commission_rule": CommissionRule.objects.filter(category__slug="shoes", rate_bps=1250),
        "commission_rule_end": CommissionRule.objects.filter(ends_at__isnull=False),
        "access": User.objects.filter(email="newcomer@example.com", groups__name="Finance"),
    }
    return made[kind].exists()


def propose(kind: str, by: User, creator: Creator) -> Proposal:
    PROPOSERS[kind](client_of(by))
    proposal = Proposal.objects.get()
    assert (proposal.kind, proposal.state, proposal.proposed_by) == (kind, "proposed", by)
    assert not is_done(kind)
    return proposal


def decide(by: User, proposal: Proposal, button: str = "approve", **data: Any) -> str:
    url = f"/admin/accounts/proposal/{proposal.pk}/decide/"
    response = client_of(User.objects.get(pk=by.pk)).post(url, {button: "", **data}, follow=True)
    proposal.refresh_from_db()
    return response.content.decode()


def test_every_kind_is_tested() -> None:
    assert set(proposal_kinds()) == set(PROPOSERS)


@KINDS
def test_second_person_approves_once(kind: str, first: User, second: User, creator: Creator) -> None:
    proposal = propose(kind, first, creator)
    listed = client_of(second).get("/admin/accounts/proposal/").content.decode()
    assert str(proposal_kinds()[kind].label) in listed
    page = client_of(second).get(f"/admin/accounts/proposal/{proposal.pk}/change/").content.decode()
    assert "What it does" in page and "Approve" in page
    assert "The change is made." in decide(second, proposal, answer="Checked.")
    assert is_done(kind)
    assert (proposal.state, proposal.decided_by, proposal.answer) == ("approved", second, "Checked.")
    assert "already been decided" in decide(second, proposal)
    assert Terms.objects.filter(fee_minor=3000).count() <= 1 and Refund.objects.count() <= 1


@KINDS
def test_proposer_cannot_approve_whatever_role_they_get(kind: str, first: User, second: User, creator: Creator) -> None:
    proposal = propose(kind, first, creator)
    assert "A second person must." in decide(first, proposal)
    User.objects.filter(pk=first.pk).update(is_superuser=True)
    assert "A second person must." in decide(first, proposal)
    assert "not refuse it" in decide(first, proposal, "refuse", answer="No")
    assert (proposal.state, is_done(kind)) == ("proposed", False)
    page = client_of(first).get(f"/admin/accounts/proposal/{proposal.pk}/change/").content.decode()
    assert 'name="approve"' not in page


@KINDS
def test_database_refuses_an_approval_by_the_proposer(kind: str, first: User, creator: Creator) -> None:
    proposal = propose(kind, first, creator)
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(state="approved", decided_by=first, decided_at=timezone.now())


@KINDS
def test_proposal_of_somebody_who_lost_the_role_is_not_approved(
    kind: str, first: User, second: User, creator: Creator
) -> None:
    proposal = propose(kind, first, creator)
    first.groups.clear()
    assert "may no longer do so" in decide(second, proposal)
    first.groups.set(second.groups.all())
    User.objects.filter(pk=first.pk).update(is_active=False)
    assert "may no longer do so" in decide(second, proposal)
    assert (proposal.state, is_done(kind)) == ("proposed", False)


@KINDS
def test_somebody_without_the_permission_decides_nothing(
    kind: str, first: User, as_moderator: Client, creator: Creator
) -> None:
    proposal = propose(kind, first, creator)
    url = f"/admin/accounts/proposal/{proposal.pk}/decide/"
    for client in (as_moderator, Client(), client_of(creator.user)):
        for button in ("approve", "refuse", "withdraw"):
            assert client.post(url, {button: "", "answer": "x"}).status_code in (302, 403, 404)
    proposal.refresh_from_db()
    assert (proposal.state, is_done(kind)) == ("proposed", False)


@KINDS
def test_refusal_needs_an_answer_and_changes_nothing(kind: str, first: User, second: User, creator: Creator) -> None:
    proposal = propose(kind, first, creator)
    assert "Say why you refuse it." in decide(second, proposal, "refuse")
    assert "Nothing was changed." in decide(second, proposal, "refuse", answer="Not her.")
    assert (proposal.state, proposal.answer, is_done(kind)) == ("refused", "Not her.", False)
    assert "already been decided" in decide(second, proposal)


@KINDS
def test_proposer_withdraws_and_nobody_else(kind: str, first: User, second: User, creator: Creator) -> None:
    proposal = propose(kind, first, creator)
    assert "Only the person who proposed this" in decide(second, proposal, "withdraw")
    assert "Nothing was changed." in decide(first, proposal, "withdraw")
    assert (proposal.state, is_done(kind)) == ("withdrawn", False)


@KINDS
@pytest.mark.parametrize(("button", "words"), [("approve", "Approved: "), ("refuse", "Refused: ")])
def test_proposer_is_told_the_outcome_with_the_answer_in_their_language(
    kind: str, button: str, words: str, first: User, second: User, creator: Creator, mailoutbox: list[EmailMessage]
) -> None:
    proposal = propose(kind, first, creator)
    mailoutbox.clear()
    decide(second, proposal, "refuse")
    assert [mail for mail in mailoutbox if mail.to == [first.email]] == []
    decide(second, proposal, button, answer="I called <her>.")
    [told] = [mail for mail in mailoutbox if mail.to == [first.email]]
    assert told.subject.startswith(words + str(proposal_kinds()[kind].label))
    assert "I called <her>." in told.body and f"/admin/accounts/proposal/{proposal.pk}/" in told.body
    assert IBAN not in told.body


@KINDS
def test_waiting_proposal_is_noted_on_the_page_it_is_about_and_on_the_first_page(
    kind: str, first: User, second: User, creator: Creator
) -> None:
    proposal = propose(kind, first, creator)
    pages = {
        "payout_account": f"/admin/creators/creator/{creator.pk}/change/",
        "terms": f"/admin/creators/campaign/{proposal.changes.get('campaign')}/change/",
        "clips_cap": f"/admin/creators/campaign/{proposal.changes.get('campaign')}/change/",
        "commission_rate": f"/admin/catalog/category/{proposal.changes.get('category')}/change/",
        "reversal": f"/admin/payouts/posting/{proposal.changes.get('posting')}/change/",
        "refund": f"/admin/shop/order/{proposal.changes.get('order_id')}/change/",
        "payout_outcome": f"/admin/payouts/payout/{proposal.changes.get('payout')}/change/",
        "sponsorship_refund": f"/admin/social/sponsorship/{proposal.changes.get('sponsorship_id')}/change/",
        "merchant_fee": f"/admin/catalog/merchant/{proposal.changes.get('merchant')}/change/",
        "commission_rule": f"/admin/catalog/category/{proposal.changes.get('category')}/change/",
        "commission_rule_end": f"/admin/creators/commissionrule/{proposal.changes.get('rule')}/change/",
        "access": f"/admin/accounts/user/{proposal.changes.get('user')}/change/",
    }
    link = f'href="/admin/accounts/proposal/{proposal.pk}/change/"'
    reader = make_user("root@example.com", is_staff=True, is_superuser=True)
    for client, page in ((client_of(reader), pages[kind]), (client_of(first), "/admin/")):
        shown = client.get(page).content.decode()
        assert link in shown and IBAN not in shown
    assert link not in client_of(second).get("/admin/").content.decode()
    decide(first, proposal, "withdraw")
    assert link not in client_of(reader).get(pages[kind]).content.decode()
    assert link not in client_of(first).get("/admin/").content.decode()


@KINDS
def test_proposal_from_before_figures_were_stored_is_not_approved(
    kind: str, first: User, second: User, creator: Creator
) -> None:
    proposal = propose(kind, first, creator)
    Proposal.objects.update(basis=None)
    assert "was updated. Refuse it" in decide(second, proposal)
    assert (proposal.state, is_done(kind)) == ("proposed", False)
    assert "Nothing was changed." in decide(second, proposal, "refuse", answer="Again, please.")


@KINDS
def test_proposals_wait_on_the_first_page_of_who_may_approve(
    kind: str, first: User, second: User, creator: Creator
) -> None:
    propose(kind, first, creator)
    assert "Proposals to approve" in client_of(second).get("/admin/").content.decode()
    assert "Proposals to approve" not in client_of(first).get("/admin/").content.decode()
