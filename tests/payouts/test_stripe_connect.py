"""Transfers to creators through Stripe Connect, against the stand-in."""

import pytest

from accounts.installation import get_installation_id
from payouts.banks import BankUnavailable, Transfer, TransferState
from payouts.banks.stripe_connect import StripeConnect
from tests.shop.stripe import StandInStripe, running_stripe

pytestmark = pytest.mark.django_db
TRANSFER = Transfer("payout-7", "Maya", "acct_1", 2500, "USD")


def test_transfer_without_an_answer_is_found_by_its_key() -> None:
    with running_stripe() as stripe:
        bank = StripeConnect(stripe.secret_key, stripe.url)
        assert bank.look_up(TRANSFER).state == TransferState.NOT_FOUND
        stripe.lost_answers = 1
        with pytest.raises(BankUnavailable):
            bank.send(TRANSFER)
        assert bank.look_up(TRANSFER).state == TransferState.PAID
        sent = stripe.all_of("transfer")
    assert [(row["transfer_group"], row["amount"]) for row in sent] == [(f"{get_installation_id()}-payout-7", 2500)]


@pytest.mark.parametrize(
    ("currency", "amount_minor", "sent"), [("ISK", 2500, 250_000), ("JPY", 2500, 2500), ("KWD", 2500, 2500)]
)
def test_transfers_are_sent_in_stripes_units(currency: str, amount_minor: int, sent: int) -> None:
    with running_stripe() as stripe:
        bank = StripeConnect(stripe.secret_key, stripe.url)
        transfer = Transfer("payout-8", "Maya", "acct_1", amount_minor, currency)
        assert bank.send(transfer).state == TransferState.PAID
        assert [row["amount"] for row in stripe.all_of("transfer")] == [sent]
        assert bank.look_up(transfer).state == TransferState.PAID


@pytest.mark.parametrize(("currency", "amount_minor"), [("KWD", 2501), ("IRR", 100)])
def test_amount_that_stripe_cannot_send_fails_without_a_call(currency: str, amount_minor: int) -> None:
    with running_stripe(StandInStripe()) as stripe:
        result = StripeConnect(stripe.secret_key, stripe.url).send(
            Transfer("payout-9", "Maya", "acct_1", amount_minor, currency)
        )
        assert (result.state, stripe.requests) == (TransferState.FAILED, [])
