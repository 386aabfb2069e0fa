"""Transfers through Stripe Connect: which transfer counts as ours, against a local stand-in."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from accounts.installation import get_installation_id
from payouts.banks import BankUnavailable, Transfer, TransferState
from payouts.banks.stripe_connect import StripeConnect
from tests.shop.stripe import StandInStripe, running_stripe

pytestmark = pytest.mark.django_db

TRANSFER = Transfer("payout-7", "Maya", "acct_12345678", 2500, "USD")


@pytest.fixture
def stripe() -> Iterator[StandInStripe]:
    with running_stripe() as stand_in:
        yield stand_in


@pytest.fixture
def bank(stripe: StandInStripe) -> StripeConnect:
    return StripeConnect(stripe.secret_key, stripe.url)


def put(stripe: StandInStripe, **values: Any) -> str:
    """Put a transfer into Stripe, as another shop with the same account would. Return its id."""
    transfer = {
        "amount": 2500,
        "amount_reversed": 0,
        "currency": "usd",
        "destination": "acct_12345678",
        "transfer_group": f"{get_installation_id()}-payout-7",
    }
    return str(stripe.add("tr", "transfer", **{**transfer, **values})["id"])


def test_transfer_without_an_answer_is_found_by_our_key(bank: StripeConnect, stripe: StandInStripe) -> None:
    assert bank.look_up(TRANSFER).state == TransferState.NOT_FOUND
    stripe.lost_answers = 1
    with pytest.raises(BankUnavailable):
        bank.send(TRANSFER)
    result = bank.look_up(TRANSFER)
    assert (result.state, result.reference) == (TransferState.PAID, "tr_1")
    assert bank.send(TRANSFER).reference == "tr_1"
    sent = stripe.all_of("transfer")
    assert [(row["transfer_group"], row["amount"]) for row in sent] == [(f"{get_installation_id()}-payout-7", 2500)]


FOREIGN: dict[str, dict[str, Any]] = {
    "another shop's key in our group": {"metadata": {"key": "ffffffffffff-payout-7"}},
    "another shop's old key": {"transfer_group": "payout-7", "metadata": {"key": "ffffffffffff-payout-7"}},
    "another amount in the old group": {"transfer_group": "payout-7", "amount": 2400},
    "another account in the old group": {"transfer_group": "payout-7", "destination": "acct_other"},
    "another group": {"transfer_group": "payout-8"},
    "no key in our group": {},
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_transfer_of_another_shop_is_not_ours(bank: StripeConnect, stripe: StandInStripe, kind: str) -> None:
    put(stripe, **FOREIGN[kind])
    assert bank.look_up(TRANSFER).state == TransferState.NOT_FOUND


@pytest.mark.parametrize(
    "change",
    [{"amount": 2400}, {"currency": "eur"}, {"destination": "acct_other"}, {"amount_reversed": 2500}],
    ids=["amount", "currency", "destination", "reversed"],
)
def test_transfer_with_our_key_that_is_not_as_sent_is_left_to_a_person(
    bank: StripeConnect, stripe: StandInStripe, change: dict[str, Any]
) -> None:
    ours = put(stripe, metadata={"key": f"{get_installation_id()}-payout-7"}, **change)
    result = bank.look_up(TRANSFER)
    assert result.state == TransferState.UNCLEAR and ours in result.failure_text


def test_two_transfers_with_our_key_are_left_to_a_person(bank: StripeConnect, stripe: StandInStripe) -> None:
    ours = [put(stripe, metadata={"key": f"{get_installation_id()}-payout-7"}) for _index in range(2)]
    result = bank.look_up(TRANSFER)
    assert result.state == TransferState.UNCLEAR and ", ".join(reversed(ours)) in result.failure_text


def test_transfer_that_an_older_version_may_have_sent_is_left_to_a_person(
    bank: StripeConnect, stripe: StandInStripe
) -> None:
    put(stripe, transfer_group="payout-7")
    assert bank.look_up(TRANSFER).state == TransferState.UNCLEAR
    assert bank.look_up(replace(TRANSFER, amount_minor=1)).state == TransferState.NOT_FOUND


def test_transfer_on_a_later_page_is_found(bank: StripeConnect, stripe: StandInStripe) -> None:
    ours = put(stripe, metadata={"key": f"{get_installation_id()}-payout-7"})
    for number in range(250):
        put(stripe, metadata={"key": f"ffffffffffff-payout-{number}"})
    assert bank.look_up(TRANSFER).reference == ours


@pytest.mark.parametrize(
    ("currency", "amount_minor", "sent"), [("ISK", 2500, 250_000), ("JPY", 2500, 2500), ("KWD", 2500, 2500)]
)
def test_transfers_are_sent_in_stripes_units(
    bank: StripeConnect, stripe: StandInStripe, currency: str, amount_minor: int, sent: int
) -> None:
    transfer = replace(TRANSFER, amount_minor=amount_minor, currency=currency)
    assert bank.send(transfer).state == TransferState.PAID
    assert [row["amount"] for row in stripe.all_of("transfer")] == [sent]
    assert bank.look_up(transfer).state == TransferState.PAID


@pytest.mark.parametrize(("currency", "amount_minor"), [("KWD", 2501), ("IRR", 100)])
def test_amount_that_stripe_cannot_send_fails_without_a_call(
    bank: StripeConnect, stripe: StandInStripe, currency: str, amount_minor: int
) -> None:
    result = bank.send(replace(TRANSFER, amount_minor=amount_minor, currency=currency))
    assert (result.state, stripe.requests) == (TransferState.FAILED, [])
