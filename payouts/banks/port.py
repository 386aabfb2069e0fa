"""What payouts ask of a bank. Pure: no Django, no rows."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class BankUnavailable(Exception):
    """The bank did not answer; whether it acted is unknown. Look the transfer up before anything else."""


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
    state: TransferState
    reference: str = ""
    failure_text: str = ""


class Bank(Protocol):
    name: str

    def send(self, transfer: Transfer) -> TransferResult:
        """Send money, once per key. Raises BankUnavailable."""

    def look_up(self, key: str) -> TransferResult:
        """Say what became of a key; NOT_FOUND while the bank has not seen it. Raises BankUnavailable."""
