"""The interface that a payment provider implements. Pure: no Django, no rows."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class ProviderUnavailable(Exception):
    """A call that the payment provider did not answer.

    The provider may have acted on the call, so it must be repeated with the same key.
    """


class OutcomeState(StrEnum):
    SUCCEEDED = "succeeded"
    WAITING = "waiting"
    FAILED = "failed"


@dataclass(frozen=True)
class Charge:
    """An amount to collect from a shopper. The provider collects it at most once for each key."""

    key: str
    order_code: str
    email: str
    amount_minor: int
    currency: str
    return_url: str


@dataclass(frozen=True)
class Outcome:
    """The provider's answer to a charge or a refund.

    While a charge is WAITING, the shopper can pay at `next_url`. `fingerprint` identifies the shopper's card.
    """

    state: OutcomeState
    reference: str = ""
    failure_text: str = ""
    next_url: str = ""
    fingerprint: str = ""


class PaymentProvider(Protocol):
    name: str
    has_payment_page: bool
    """Whether shoppers pay on a page of the provider, after they have ordered."""

    def charge(self, charge: Charge) -> Outcome:
        """Collect the money and return the outcome. A call with the same key does not charge again.

        Raises ProviderUnavailable.
        """

    def refund(self, *, key: str, payment_reference: str, amount_minor: int, currency: str) -> Outcome:
        """Refund the money and return the outcome. A call with the same key does not refund it again.

        The outcome is WAITING until the bank has received the money. Raises ProviderUnavailable.
        """

    def look_up_refund(self, reference: str) -> Outcome:
        """Return the current outcome of the refund with this reference. Raises ProviderUnavailable."""
