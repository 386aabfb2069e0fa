"""Payment of an order by the means that the shopper chose: a kept card, or a page of the payment provider."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.closed_shop import explain_closed_shop, takes_orders
from shop.kept_cards import explain_decline, prepare_customer
from shop.models import KeptCard, Order, Payment
from shop.models.payment import NO_PROVIDER
from shop.payments import (
    ASK_AFTER,
    PaymentRefused,
    charge_payment,
    end_of_reservation,
    look_up_payment,
    reach_provider,
    record_answer,
    settle_payment,
)
from shop.providers import Outcome, OutcomeState, ProviderUnavailable, get_payment_provider
from shop.providers.port import Decline
from shop.states import PaymentState

logger = logging.getLogger(__name__)

PAGE_MINUTES = 31
"""A payment page stays open for at least 30 minutes, whatever we ask for. Source: docs.stripe.com/api/checkout/sessions
(`expires_at`). A minute more allows for clocks that differ."""
PAGE_HOURS = 23
"""A payment page stays open for less than 24 hours. Source: as above."""
CHARGING = timedelta(minutes=1)
"""How long a charge of a kept card whose answer was lost may still be on its way."""


RETURN_TIMEOUT_S = 4
"""How long a shopper who comes back from paying waits for the provider's answer."""


class CardRefused(PaymentRefused):
    """A kept card that was not charged. The shopper can pay at `next_url`, unless it is empty."""

    def __init__(self, message: str, order: Order, next_url: str = "") -> None:
        super().__init__(message)
        self.order, self.next_url = order, next_url


@dataclass(frozen=True)
class Means:
    """How a shopper wants to pay: with a kept card, or on the provider's page, which may keep the card for next time.

    `payer` is the user who is signed in. Whoever has the link of an order can pay for it, but only in orders of their
    own do users keep a card.
    """

    card: KeptCard | None = None
    keeps_card: bool = False
    payer: User | None = None

    def without_card(self) -> "Means":
        """Return the payment page as the means of the same payer."""
        return Means(payer=self.payer)

    def is_by_owner(self, order: Order) -> bool:
        return self.payer is not None and self.payer.pk == order.user_id


PAYMENT_PAGE = Means()


def pay_order(*, order: Order, now: datetime, means: Means = PAYMENT_PAGE) -> Outcome:
    """Charge for the order through the payment provider, record the outcome and return it.

    Calling this twice charges once, because the payment's id is the idempotency key. An order that costs nothing is
    paid without the provider. What was begun by other means is closed first.

    Raises PaymentRefused, CardRefused with the payment page that takes the card's place, ProviderUnavailable.
    """
    payment, is_new = _get_open_payment(order, now, means)
    if payment.state == PaymentState.SUCCEEDED:
        return Outcome(OutcomeState.SUCCEEDED, payment.reference)
    outcome = None if is_new else _continue_payment(payment, means, now)
    if outcome is not None and outcome.state == OutcomeState.FAILED and not payment.card:
        payment, is_new = _get_open_payment(order, now, means)  # the page was closed, so the shopper gets a new one
        outcome = None
    outcome = outcome or charge_payment(payment=payment, now=now)
    if outcome.state != OutcomeState.FAILED:
        return outcome
    if payment.card:
        raise CardRefused(explain_decline(outcome.decline), order, _open_page(order, now))
    if outcome.decline == Decline.GONE and payment.customer:
        return pay_order(order=order, now=now)  # the card is not kept, because the customer was deleted there
    if outcome.decline is not None:
        raise PaymentRefused(explain_decline(outcome.decline), can_try_again=outcome.decline != Decline.REFUSED)
    raise PaymentRefused(_("The payment failed."))


class Return(Enum):
    """What is known about the payment of a shopper who came back from the provider or the bank.

    OPEN: they have not paid yet. UNKNOWN: the provider does not answer in time.
    """

    SETTLED = auto()
    OPEN = auto()
    UNKNOWN = auto()


def ask_on_return(*, order: Order, now: datetime) -> Return:
    """Ask the provider about the payment of an order to which the shopper has just come back, and record the answer.

    The webhook may come later. Raises CardRefused, if the bank did not confirm the payment with a kept card, and
    PaymentRefused.
    """
    payment = order.payments.open().select_related("order__user").first()
    if payment is None:
        return Return.SETTLED
    try:
        outcome = look_up_payment(payment=payment, now=now, timeout_s=RETURN_TIMEOUT_S)
    except ProviderUnavailable as failure:
        logger.warning("the provider is slow after a return: %s", failure, extra={"order": order.code})
        return Return.UNKNOWN
    if outcome is None:
        return Return.UNKNOWN
    if outcome.state == OutcomeState.FAILED:
        raise (
            CardRefused(explain_decline(outcome.decline), order)
            if payment.card
            else PaymentRefused(_("The payment failed."))
        )
    return Return.OPEN if outcome.state == OutcomeState.WAITING else Return.SETTLED


def was_refused(order: Order, means: Means) -> bool:
    """Return whether this kept card was declined for this order."""
    card = means.card
    return card is not None and order.payments.filter(state=PaymentState.FAILED, card=card.reference).exists()


def _open_page(order: Order, now: datetime) -> str:
    """Return the address of a payment page, or "" if there is none now."""
    if not get_payment_provider().has_payment_page:
        return ""
    try:
        return pay_order(order=order, now=now).next_url
    except (PaymentRefused, ProviderUnavailable) as failure:
        logger.warning("no payment page after a refused card: %s", failure, extra={"order": order.code})
        return ""


def _continue_payment(payment: Payment, means: Means, now: datetime) -> Outcome | None:
    """Return what became of a payment that was begun before. None: the provider knows no such payment.

    If the shopper wants to pay by other means, or the page would keep the card of another person, close it. Raises PaymentRefused, ProviderUnavailable.
    """
    card = means.card.reference if means.card else ""
    outcome = look_up_payment(payment=payment, now=now)
    if outcome is None and payment.card and now < payment.started_at + CHARGING:
        if card == payment.card:
            return None  # the same charge with the same key is sent again
        raise ProviderUnavailable(f"{payment} may be on its way.")
    is_of_another = payment.keeps_card and not means.is_by_owner(payment.order)
    is_wanted = card == payment.card and not is_of_another
    if is_wanted or (outcome is not None and outcome.state != OutcomeState.WAITING):
        return outcome
    if outcome is None:
        outcome = Outcome(OutcomeState.FAILED, failure_text="never opened")
    else:
        outcome = reach_provider(payment).close_payment(outcome.session)
    return record_answer(payment=payment, outcome=outcome, now=now)


def _get_open_payment(order: Order, now: datetime, means: Means) -> tuple[Payment, bool]:
    """Return the order's payment, unless it failed, and whether it is new. If there is none, create one.

    Raises PaymentRefused if a new payment is needed but the order is not waiting for payment; ProviderUnavailable.
    """
    keeps_card = means.keeps_card and means.is_by_owner(order) and order.total_minor > 0
    customer = prepare_customer(order.user) if order.user and keeps_card else ""
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order.pk)
        payment = order.payments.exclude(state=PaymentState.FAILED).select_related("order").first()
        if payment is not None:
            return payment, False
        if not order.is_pending:
            raise PaymentRefused(_("This order is no longer waiting for payment."), can_try_again=False)
        if not takes_orders():
            raise PaymentRefused(explain_closed_shop(), can_try_again=False)
        closes_at = max(end_of_reservation(order), now) + timedelta(minutes=PAGE_MINUTES)
        payment = Payment.objects.create(
            order=order,
            provider=get_payment_provider().name if order.total_minor else NO_PROVIDER,
            amount_minor=order.total_minor,
            currency=order.currency,
            started_at=now,
            expires_at=min(closes_at, now + timedelta(hours=PAGE_HOURS)),
            ask_after=now + ASK_AFTER,
            **_describe_means(order, means, customer),
        )
        if payment.provider == NO_PROVIDER:
            settle_payment(payment_id=payment.pk, outcome=Outcome(OutcomeState.SUCCEEDED), now=now)
            payment.refresh_from_db()
    return payment, True


def _describe_means(order: Order, means: Means, customer: str) -> dict[str, Any]:
    """Return the columns of a payment by these means. Only its owner pays with a card that is kept."""
    card = means.card
    if card is not None and order.user_id == card.customer.user_id and order.total_minor:
        return {"customer": card.customer.reference, "card": card.reference}
    return {"customer": customer, "keeps_card": bool(customer)}
