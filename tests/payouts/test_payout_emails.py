"""Payees hear by email that they were paid, or that a payout failed, once and in their language."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone

from accounts.models import User
from creators.models import Agency, Creator
from payouts.batches import plan_batch
from payouts.models import Payout, PayoutAccount, PayoutState
from payouts.outcomes import BankOutcome, decide_outcome
from payouts.payout_mail import mail_outcome
from payouts.tally import tally
from payouts.transfers import reconcile_payout, send_payout
from tests.factories import NOW, make_creator, make_published_clip, make_user
from tests.payouts.stand_in_bank import StandInBank

pytestmark = pytest.mark.django_db


@pytest.fixture
def payout() -> Payout:
    creator = make_creator("maya")
    make_published_clip(creator)
    tally(now=timezone.now())
    PayoutAccount.objects.create(creator=creator, holder_name="Maya", number="DE89370400440532013000")
    batch = plan_batch(created_by=make_user("finance@example.com", is_staff=True), currency="USD", now=NOW)
    return batch.payouts.get()


def emails_to_maya(mailoutbox: list[EmailMessage]) -> list[EmailMessage]:
    creator = Creator.objects.get(handle="maya")
    return [mail for mail in mailoutbox if mail.to == [creator.user.email] and "payout account" not in mail.subject]


def test_a_creator_hears_that_they_were_paid_once(
    payout: Payout, mailoutbox: list[EmailMessage], tmp_path: Path
) -> None:
    bank = StandInBank(tmp_path)
    assert send_payout(payout_id=payout.pk, now=NOW, bank=bank)
    assert not send_payout(payout_id=payout.pk, now=NOW, bank=bank)
    assert not reconcile_payout(payout_id=payout.pk, now=NOW + timedelta(hours=1), bank=bank)
    [mail] = emails_to_maya(mailoutbox)
    assert mail.subject == "We paid you $25.00"
    assert "$25.00" in mail.body and "DE89370400440532013000" not in mail.body and payout.masked in mail.body
    assert "/studio/earnings/" in mail.body


def test_a_creator_reads_it_in_their_language(payout: Payout, mailoutbox: list[EmailMessage], tmp_path: Path) -> None:
    User.objects.filter(creator__handle="maya").update(language="ar")
    send_payout(payout_id=payout.pk, now=NOW, bank=StandInBank(tmp_path))
    [mail] = emails_to_maya(mailoutbox)
    assert mail.extra_headers["Content-Language"] == "ar"
    assert re.search(r"\$", mail.subject)


@pytest.mark.parametrize("is_paid", [True, False])
def test_it_is_told_too_when_a_person_decided(payout: Payout, mailoutbox: list[EmailMessage], is_paid: bool) -> None:
    Payout.objects.filter(pk=payout.pk).update(state=PayoutState.UNKNOWN, unclear_text="?", claimed_at=NOW)
    finance = make_user("other@example.com", is_staff=True)
    outcome = BankOutcome.PAID if is_paid else BankOutcome.NOT_SENT
    decide_outcome(payout_id=payout.pk, outcome=outcome, reference="", reason="Asked the bank.", user=finance, now=NOW)
    [mail] = emails_to_maya(mailoutbox)
    assert mail.subject == ("We paid you $25.00" if is_paid else "Your payout of $25.00 failed")
    assert "/studio/earnings/" in mail.body
    assert ("The money was not sent." in mail.body and "You need not do anything." in mail.body) is not is_paid


def test_an_agency_hears_of_its_payout_and_one_without_a_user_of_nothing(
    payout: Payout, mailoutbox: list[EmailMessage]
) -> None:
    agency = Agency.objects.create(slug="stars", name="Stars", user=make_user("agency@example.com"))
    values = {"state": PayoutState.PAID, "settled_at": NOW, "creator": None, "agency": agency}
    Payout.objects.filter(pk=payout.pk).update(**values)
    mail_outcome(payout_id=payout.pk)
    assert mailoutbox[-1].to == ["agency@example.com"] and "/studio/agency/" in mailoutbox[-1].body
    sent = len(mailoutbox)
    Agency.objects.update(user=None)
    mail_outcome(payout_id=payout.pk)
    assert len(mailoutbox) == sent
