"""Payouts that the bank refuses: because of the shop's own account they wait, because of the payee's they fail."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone
from django.utils.translation import gettext, override
from pytest_django import Settings

from accounts.models import User
from payouts.batches import plan_batch
from payouts.models import Batch, Payout, PayoutAccount
from payouts.outcomes import BankOutcome, decide_outcome
from payouts.tally import tally
from payouts.transfers import find_unanswered_payouts, reconcile_payout, send_payout
from payouts.verification import find_discrepancies
from tests.conftest import client_of, make_staff
from tests.factories import NOW, make_creator, make_published_clip
from tests.shop.stripe import StandInStripe, running_stripe
from tests.shop.stripe.errors import Refusal

pytestmark = pytest.mark.django_db
STATEMENT = f"/studio/earnings/?month={NOW:%Y-%m}"
EMPTY = "You have insufficient available funds in your Stripe account."
OURS = {
    "empty": Refusal(EMPTY, code="balance_insufficient"),
    "key": Refusal("The provided key may not create transfers.", code="", status=403),
    "unknown": Refusal("Something about your platform.", code="transfers_not_allowed"),
}
PAYEES = {
    "destination": Refusal("No such destination: acct_1", code="resource_missing", param="destination"),
    "capability": Refusal("Your destination lacks a capability.", code="insufficient_capabilities_for_transfer"),
}


@pytest.fixture
def stripe(settings: Settings) -> Iterator[StandInStripe]:
    with running_stripe() as stand_in:
        settings.PAYOUT_PROVIDER, settings.STRIPE_SECRET_KEY = "stripe", stand_in.secret_key
        settings.STRIPE_API_BASE = stand_in.url
        yield stand_in


@pytest.fixture
def finance() -> User:
    return make_staff("finance@example.com", "payouts")


@pytest.fixture
def batch(stripe: StandInStripe, finance: User, settings: Settings) -> Batch:
    settings.PAYOUT_APPROVAL_ABOVE_MINOR = 1_000_000
    for handle in ("maya", "lou"):
        creator = make_creator(handle)
        make_published_clip(creator)
        PayoutAccount.objects.create(creator=creator, holder_name=handle.title(), number=f"acct_{handle}12345")
    tally(now=timezone.now())
    return plan_batch(created_by=finance, currency="USD", now=NOW)


def send_all(batch: Batch) -> None:
    for payout_id in batch.payouts.planned().order_by("pk").values_list("pk", flat=True):
        send_payout(payout_id=payout_id, now=NOW)


def states(batch: Batch) -> list[str]:
    return list(batch.payouts.order_by("pk").values_list("state", flat=True))


def emails_to(mailoutbox: list[EmailMessage], handle: str) -> list[EmailMessage]:
    address = User.objects.get(creator__handle=handle).email
    return [mail for mail in mailoutbox if mail.to == [address] and "Your payout account" not in mail.subject]


@pytest.mark.parametrize("kind", OURS)
def test_refusal_because_of_the_shops_account_stops_the_batch_and_payees_hear_nothing(
    batch: Batch, stripe: StandInStripe, finance: User, mailoutbox: list[EmailMessage], kind: str
) -> None:
    stripe.transfer_refusal = OURS[kind]
    mailoutbox.clear()
    send_all(batch)
    assert states(batch) == ["unknown", "planned"]
    assert len(stripe.requests) == 1
    assert emails_to(mailoutbox, "maya") == emails_to(mailoutbox, "lou") == []
    [mail] = mailoutbox
    assert mail.to == [finance.email] and str(OURS[kind].content["error"]["message"]) in mail.body
    assert f"/admin/payouts/batch/{batch.pk}/change/" in mail.body
    page = client_of(finance).get(f"/admin/payouts/batch/{batch.pk}/change/").content.decode()
    assert "because of the shop&#x27;s own account" in page and "1 payout can" in page
    statement = client_of(User.objects.get(creator__handle="maya")).get(STATEMENT).content.decode()
    assert "Payout on its way" in statement and "Stripe" not in statement
    assert list(find_discrepancies()) == []


def test_refused_payout_is_sent_again_and_then_the_rest(
    batch: Batch, stripe: StandInStripe, mailoutbox: list[EmailMessage]
) -> None:
    stripe.transfer_refusal = OURS["empty"]
    send_all(batch)
    first = batch.payouts.order_by("pk")[0]
    for hours in (2, 4):
        assert find_unanswered_payouts(NOW + timedelta(hours=hours)) == [first.pk]
        reconcile_payout(payout_id=first.pk, now=NOW + timedelta(hours=hours))
    first.refresh_from_db()
    assert (first.state, first.refused_count) == ("unknown", 3)
    stripe.transfer_refusal = None
    mailoutbox.clear()
    reconcile_payout(payout_id=first.pk, now=NOW + timedelta(hours=6))
    send_all(batch)
    assert states(batch) == ["paid", "paid"]
    assert [row["amount"] for row in stripe.all_of("transfer")] == [2500, 2500]
    assert [len(emails_to(mailoutbox, handle)) for handle in ("maya", "lou")] == [1, 1]
    assert list(Payout.objects.values_list("refused_text", flat=True)) == ["", ""]


@pytest.mark.parametrize("kind", PAYEES)
def test_payee_whose_account_is_the_reason_reads_it_in_the_shops_words(
    batch: Batch, stripe: StandInStripe, finance: User, mailoutbox: list[EmailMessage], kind: str
) -> None:
    User.objects.filter(creator__handle="maya").update(language="en")
    stripe.transfer_refusal = PAYEES[kind]
    mailoutbox.clear()
    send_all(batch)
    assert states(batch) == ["failed", "failed"]
    words = str(PAYEES[kind].content["error"]["message"])
    [mail] = emails_to(mailoutbox, "maya")
    assert "The bank can't pay to this account." in mail.body and words not in mail.body
    statement = client_of(User.objects.get(creator__handle="maya")).get(STATEMENT).content.decode()
    assert "The bank can&#x27;t pay to this account." in statement and words not in statement
    page = client_of(finance).get(f"/admin/payouts/batch/{batch.pk}/change/").content.decode()
    assert words in page


@pytest.mark.parametrize(("reader", "writer"), [("en", "ar"), ("ar", "en")])
def test_reason_is_read_in_the_payees_language_whoever_decided(
    batch: Batch, stripe: StandInStripe, finance: User, mailoutbox: list[EmailMessage], reader: str, writer: str
) -> None:
    User.objects.filter(creator__handle="maya").update(language=reader)
    stripe.lost_answers = 1
    payout = batch.payouts.order_by("pk")[0]
    send_payout(payout_id=payout.pk, now=NOW)
    mailoutbox.clear()
    with override(writer):
        values = {"outcome": BankOutcome.NOT_SENT, "reference": "", "reason": "Asked.", "user": finance}
        decide_outcome(payout_id=payout.pk, now=NOW + timedelta(hours=1), **values)
    with override(reader):
        words = gettext("The money was not sent.")
    assert words in emails_to(mailoutbox, "maya")[0].body
    maya = client_of(User.objects.get(creator__handle="maya"))
    statement = maya.get(STATEMENT, headers={"accept-language": reader}).content.decode()
    assert words in statement
