"""The interface that a payment provider implements. Pure: no Django, no rows."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class ProviderUnavailable(Exception):
    """The provider did not answer the call, but may have acted on it. Repeat the call with the same key."""


class OutcomeState(StrEnum):
    SUCCEEDED = "succeeded"
    WAITING = "waiting"
    FAILED = "failed"


@dataclass(frozen=True)
class Charge:
    """Money to collect. The provider acts at most once per key."""

    key: str
    order_code: str
    email: str
    amount_minor: int
    currency: str
    return_url: str


@dataclass(frozen=True)
class Outcome:
    """The provider's answer. While WAITING, the shopper pays at `next_url`. `fingerprint` identifies the card."""

    state: OutcomeState
    reference: str = ""
    failure_text: str = ""
    next_url: str = ""
    fingerprint: str = ""


class PaymentProvider(Protocol):
    name: str

    def charge(self, charge: Charge) -> Outcome:
        """Collect money once per key. Raises ProviderUnavailable."""

    def refund(self, *, key: str, payment_reference: str, amount_minor: int, currency: str) -> Outcome:
        """Refund money once per key. The outcome is WAITING until the bank has it. Raises ProviderUnavailable."""

    def look_up_refund(self, reference: str) -> Outcome:
        """Return the current outcome of a refund that was WAITING. Raises ProviderUnavailable."""
