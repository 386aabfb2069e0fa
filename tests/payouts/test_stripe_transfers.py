"""Transfers through Stripe Connect: which transfer counts as ours, against a local stand-in."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from accounts.installation import get_installation_id
from payouts.banks import BankUnavailable, Transfer, TransferState
from payouts.banks.stripe_connect import StripeConnect
from tests.shop.stand_in_stripe import StandInStripe, running_stand_in

pytestmark = pytest.mark.django_db

TRANSFER = Transfer("payout-7", "Maya", "acct_12345678", 2500, "USD")


@pytest.fixture
def bank() -> Iterator[StripeConnect]:
    with running_stand_in() as address:
        yield StripeConnect("sk_test", address)


def put(name: str, **values: Any) -> None:
    """Put a transfer into Stripe, as another shop with the same account would."""
    transfer = {
        "id": f"tr_{name}",
        "object": "transfer",
        "amount": 2500,
        "amount_reversed": 0,
        "currency": "usd",
        "destination": "acct_12345678",
        "transfer_group": f"{get_installation_id()}-payout-7",
        "metadata": {},
    }
    StandInStripe.objects[name] = transfer | values


def test_transfer_without_an_answer_is_found_by_our_key(bank: StripeConnect) -> None:
    assert bank.look_up(TRANSFER).state == TransferState.NOT_FOUND
    StandInStripe.lost = 1
    with pytest.raises(BankUnavailable):
        bank.send(TRANSFER)
    result = bank.look_up(TRANSFER)
    assert (result.state, result.reference) == (TransferState.PAID, "tr_1")
    assert bank.send(TRANSFER).reference == "tr_1"
    assert list(StandInStripe.objects) == [f"{get_installation_id()}-payout-7"]


FOREIGN: dict[str, dict[str, Any]] = {
    "another shop's key in our group": {"metadata": {"key": "ffffffffffff-payout-7"}},
    "another shop's old key": {"transfer_group": "payout-7", "metadata": {"key": "ffffffffffff-payout-7"}},
    "another amount in the old group": {"transfer_group": "payout-7", "amount": 2400},
    "another account in the old group": {"transfer_group": "payout-7", "destination": "acct_other"},
    "another group": {"transfer_group": "payout-8"},
    "no key in our group": {},
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_transfer_of_another_shop_is_not_ours(bank: StripeConnect, kind: str) -> None:
    put("foreign", **FOREIGN[kind])
    assert bank.look_up(TRANSFER).state == TransferState.NOT_FOUND


@pytest.mark.parametrize(
    "change",
    [{"amount": 2400}, {"currency": "eur"}, {"destination": "acct_other"}, {"amount_reversed": 2500}],
    ids=["amount", "currency", "destination", "reversed"],
)
def test_transfer_with_our_key_that_is_not_as_sent_is_left_to_a_person(
    bank: StripeConnect, change: dict[str, Any]
) -> None:
    put("ours", metadata={"key": f"{get_installation_id()}-payout-7"}, **change)
    result = bank.look_up(TRANSFER)
    assert result.state == TransferState.UNCLEAR and "tr_ours" in result.failure_text


def test_two_transfers_with_our_key_are_left_to_a_person(bank: StripeConnect) -> None:
    for name in ("a", "b"):
        put(name, metadata={"key": f"{get_installation_id()}-payout-7"})
    result = bank.look_up(TRANSFER)
    assert result.state == TransferState.UNCLEAR and "tr_a, tr_b" in result.failure_text


def test_transfer_that_an_older_version_may_have_sent_is_left_to_a_person(bank: StripeConnect) -> None:
    put("old", transfer_group="payout-7")
    assert bank.look_up(TRANSFER).state == TransferState.UNCLEAR
    assert bank.look_up(replace(TRANSFER, amount_minor=1)).state == TransferState.NOT_FOUND


def test_transfer_on_a_later_page_is_found(bank: StripeConnect) -> None:
    for number in range(250):
        put(f"foreign-{number}", metadata={"key": f"ffffffffffff-payout-{number}"})
    put("ours", metadata={"key": f"{get_installation_id()}-payout-7"})
    assert bank.look_up(TRANSFER).reference == "tr_ours"
