"""What the shop asks of a payment provider. Pure: no Django, no rows."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class ProviderUnavailable(Exception):
    """The provider could not be asked, or did not answer; whether it acted is unknown. Ask again under the same key."""


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
    """What the provider did. `next_url` is where the shopper pays while it waits; `fingerprint` names the card."""

    state: OutcomeState
    reference: str = ""
    failure_text: str = ""
    next_url: str = ""
    fingerprint: str = ""


class PaymentProvider(Protocol):
    name: str

    def charge(self, charge: Charge) -> Outcome:
        """Collect money, once per key. Raises ProviderUnavailable."""

    def refund(self, *, key: str, payment_reference: str, amount_minor: int, currency: str) -> Outcome:
        """Send money back, once per key; WAITING while it is on its way. Raises ProviderUnavailable."""

    def look_up_refund(self, reference: str) -> Outcome:
        """Say what became of a refund that was on its way. Raises ProviderUnavailable."""
