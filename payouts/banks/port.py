"""The interface that a bank implements. Pure: no Django, no rows."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class BankUnavailable(Exception):
    """The bank did not answer a call, but may have acted on it. Look up the transfer before sending it again."""


class TransferState(StrEnum):
    PAID = "paid"
    WAITING = "waiting"
    FAILED = "failed"
    NOT_FOUND = "not_found"


@dataclass(frozen=True)
class Transfer:
    """Money to send. The bank acts at most once per key."""

    key: str
    holder_name: str
    number: str
    amount_minor: int
    currency: str


@dataclass(frozen=True)
class TransferResult:
    """The bank's answer about a transfer."""

    state: TransferState
    reference: str = ""
    failure_text: str = ""


class Bank(Protocol):
    name: str

    def send(self, transfer: Transfer) -> TransferResult:
        """Send money once per key. Raises BankUnavailable."""

    def look_up(self, key: str) -> TransferResult:
        """Return the state of the transfer with this key, or NOT_FOUND if the bank has not received it.

        Raises BankUnavailable.
        """
