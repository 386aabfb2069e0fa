"""The interface that a bank implements. It has no rows."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from payouts.account_numbers import is_iban
from payouts.models import FailureCode


class BankUnavailable(Exception):
    """A call that the bank did not answer.

    The bank may have acted on the call, so the transfer must be looked up before it is sent again.
    """


class BankRefusal(Exception):
    """A transfer that the bank refused because of the shop's own account, such as an empty one. No money moved.

    The message is the bank's, for finance. The payee is not the reason, so the transfer is sent again later.
    """


class TransferState(StrEnum):
    PAID = "paid"
    WAITING = "waiting"
    FAILED = "failed"
    NOT_FOUND = "not_found"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Transfer:
    """An amount to send to a payee. The bank sends it at most once for each key.

    `refused_count` is how often the bank refused it because of the shop's own account. A bank that repeats its answer to
    a call that it had before must not repeat such an answer.
    """

    key: str
    holder_name: str
    number: str
    amount_minor: int
    currency: str
    bank_code: str = ""
    country_code: str = ""
    refused_count: int = 0

    @property
    def has_national_number(self) -> bool:
        """Return whether the number says nothing without the bank code, unlike an IBAN."""
        return bool(self.bank_code) and not is_iban(self.number)


@dataclass(frozen=True)
class TransferResult:
    """The bank's answer about a transfer. `failure_text` is in its words; `failure_code` says what payees are told."""

    state: TransferState
    reference: str = ""
    failure_text: str = ""
    failure_code: FailureCode | None = None


class Bank(Protocol):
    name: str

    def send(self, transfer: Transfer) -> TransferResult:
        """Send the money and return the result. A call with the same key does not send it again.

        Raises BankUnavailable, BankRefusal.
        """

    def payable_step(self, currency: str) -> int:
        """Return of what the amounts are multiples that the bank sends, in minor units."""

    def look_up(self, transfer: Transfer) -> TransferResult:
        """Return what became of a transfer: the one with its key, destination, amount and currency.

        The result is NOT_FOUND if the bank has not received it, and UNCLEAR, with a sentence, if a person must find out.
        Raises BankUnavailable.
        """
