"""The interface that a payment provider implements. Pure: no Django, no rows.

What a provider says, in an answer or in an event, is news about a payment, a refund, a charge or a dispute. News has
particulars, which are compared with our rows before anything is booked.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

RETURNED = "returned"
"""The parameter of the address by which shoppers come back from paying. Those who gave up come back without it."""


class ProviderUnavailable(Exception):
    """A call that the payment provider did not answer.

    The provider may have acted on the call, so it must be repeated with the same key.
    """


class SearchTooLong(ProviderUnavailable):
    """A search among what the provider lists that was given up, because the list is too long."""


class Decline(StrEnum):
    """Why nothing was charged.

    GONE: the provider has no such card any more. REFUSED: it does not take this charge, whatever the card.
    """

    DECLINED = "declined"
    EXPIRED = "expired"
    FUNDS = "funds"
    UNCONFIRMED = "unconfirmed"
    GONE = "gone"
    REFUSED = "refused"


class CustomerGone(Exception):
    """A customer that the provider no longer has."""


class OutcomeState(StrEnum):
    """WAITING: the shopper can still pay. PROCESSING: the shopper has paid, and the bank has not answered yet."""

    SUCCEEDED = "succeeded"
    WAITING = "waiting"
    PROCESSING = "processing"
    FAILED = "failed"


@dataclass(frozen=True)
class CardFacts:
    """What may be shown of a card that the provider keeps: never its number. `wallet` is the wallet it is in, if any.

    `reference` is the provider's name of it. `fingerprint` is the same for each copy of the card.
    """

    reference: str
    brand: str
    last_four: str
    expiry_month: int
    expiry_year: int
    fingerprint: str = ""
    wallet: str = ""


@dataclass(frozen=True)
class Charge:
    """An amount to collect from a shopper before `expires_at`. The provider collects it at most once for each key.

    With `card`, the provider charges that card of this customer. Otherwise the shopper chooses how to pay, and with
    `keeps_card` the provider keeps the card for this customer.
    """

    key: str
    installation: str
    order_code: str
    email: str
    amount_minor: int
    currency: str
    return_url: str
    expires_at: datetime | None = None
    customer: str = ""
    card: str = ""
    keeps_card: bool = False

    @property
    def paid_url(self) -> str:
        """Return the address to which the provider sends a shopper who has paid, or tried to."""
        return f"{self.return_url}?{RETURNED}=1"


@dataclass(frozen=True)
class Particulars:
    """Whose and what the provider says that a thing is. Empty fields and None are unknown.

    `key` and `installation` are those that we sent. `account` is the provider's name of the shop's account.
    `amount_minor` is None if the provider named no amount, or one that has a fraction of our minor unit.
    """

    key: str = ""
    installation: str = ""
    account: str = ""
    is_live: bool | None = None
    amount_minor: int | None = None
    currency: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of a charge or a refund.

    While a charge is WAITING, the shopper can pay at `next_url`, or with `is_confirmation` confirm the charge at the bank.
    `session` is the provider's name of that page, and `reference` of the payment or refund. `fingerprint` identifies the
    shopper's card. `card` is the one that was kept, if the provider tells at once.
    """

    state: OutcomeState
    reference: str = ""
    failure_text: str = ""
    next_url: str = ""
    fingerprint: str = ""
    session: str = ""
    particulars: Particulars | None = None
    is_confirmation: bool = False
    decline: Decline | None = None
    card: CardFacts | None = None


@dataclass(frozen=True)
class PaymentNews:
    """News of a payment. `outcome` is None if the payment goes on, for example after one declined card."""

    particulars: Particulars
    reference: str
    session: str
    outcome: Outcome | None
    is_final_failure: bool = True
    """False if one try failed: the shopper may try again at the same session, or has done so already."""


@dataclass(frozen=True)
class RefundNews:
    """News of a refund of the payment with this reference."""

    particulars: Particulars
    payment_reference: str
    outcome: Outcome


@dataclass(frozen=True)
class ChargeNews:
    """News of the card that paid, and of how much of the payment has been refunded in all."""

    particulars: Particulars
    payment_reference: str
    refunded_minor: int | None
    fingerprint: str


class DisputeStage(StrEnum):
    """INQUIRY: the bank asks before it withdraws money. Stripe calls it a warning."""

    INQUIRY = "inquiry"
    INQUIRY_CLOSED = "inquiry_closed"
    OPEN = "open"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True)
class DisputeNews:
    """News of a dispute: a cardholder who asked the bank for the money of this payment.

    `fee_minor` is what the provider keeps for the dispute, in `fee_currency`.
    """

    particulars: Particulars
    reference: str
    payment_reference: str
    stage: DisputeStage
    cause: str = ""
    answer_by: datetime | None = None
    fee_minor: int = 0
    fee_currency: str = ""


@dataclass(frozen=True)
class CardNews:
    """News that the kept cards of a customer have changed."""

    particulars: Particulars
    customer: str


type News = PaymentNews | RefundNews | ChargeNews | DisputeNews | CardNews


@dataclass(frozen=True)
class ProviderMessage:
    """An event of a provider. `news` is None if it needs nothing; `is_known` is False if its kind is a new one.

    `payload` is the whole event without personal data.
    """

    event_id: str
    kind: str
    news: News | None
    is_known: bool = True
    payload: dict[str, object] = field(default_factory=dict)


class PaymentProvider(Protocol):
    """A payment provider. Every method raises ProviderUnavailable."""

    name: str
    has_payment_page: bool
    """Whether shoppers pay on a page of the provider, after they have ordered."""

    def charge(self, charge: Charge) -> Outcome:
        """Collect the money and return the outcome. A call with the same key does not charge again."""

    def look_up_payment(self, charge: Charge, *, session: str, since: datetime) -> Outcome | None:
        """Return what became of a charge. If its session is unknown, look for one that leads back to `return_url`.

        A charge of a kept card is found by its key. `since` is when the payment began. Return None if the provider knows
        no such session or charge. Raises SearchTooLong.
        """

    def close_payment(self, session: str) -> Outcome:
        """Let nobody pay at this session any more, and return what became of it: that may be SUCCEEDED."""

    def find_fingerprint(self, payment_reference: str) -> str:
        """Return the fingerprint of the card that paid, or "" if the method of payment has none."""

    def refund(
        self, *, key: str, installation: str, payment_reference: str, amount_minor: int, currency: str
    ) -> Outcome:
        """Refund the money and return the outcome. A call with the same key does not refund it again.

        The outcome is WAITING until the bank has received the money.
        """

    def list_refunds(self, payment_reference: str) -> Iterable[RefundNews]:
        """Return all refunds of a payment, those made in the provider's dashboard included."""

    def look_up_refund(self, reference: str) -> Outcome:
        """Return the current outcome of the refund with this reference."""

    def look_up_dispute(self, reference: str) -> DisputeNews:
        """Return the current state of a dispute."""

    def list_news(self, since: datetime) -> Iterable[RefundNews | DisputeNews]:
        """Return the refunds and disputes that began after `since`."""

    def account(self) -> str:
        """Return the provider's name of the shop's account, or "" if it has none or does not tell."""

    def is_live(self) -> bool | None:
        """Return whether real money moves, or None if the provider makes no difference."""

    def payable_step(self, currency: str) -> int:
        """Return of what payable amounts are multiples, in minor units. 0 if the provider lacks the currency."""

    def least_payable(self, currency: str) -> int:
        """Return the smallest amount that can be charged, in minor units."""

    def most_payable(self, currency: str) -> int:
        """Return the largest amount that can be charged, in minor units. The provider must have the currency."""


class CardKeeper(Protocol):
    """The part of a payment provider that keeps cards. Every method raises ProviderUnavailable."""

    def create_customer(self, *, key: str, installation: str, email: str) -> str:
        """Make a customer and return the provider's name of it. A call with the same key makes no second one."""

    def find_customer(self, *, key: str, since: datetime) -> str:
        """Return the name of the customer that was made with this key around `since`, or "" if there is none.

        Raises SearchTooLong.
        """

    def list_cards(self, customer: str) -> list[CardFacts] | None:
        """Return the cards that are kept for a customer, the newest first, or None if the provider makes no list.

        Raises CustomerGone.
        """

    def remove_card(self, card: str) -> None:
        """Let nobody pay with this card any more. It may have been removed before."""

    def delete_customer(self, customer: str) -> None:
        """Delete a customer, with the cards. It may have been deleted before."""
