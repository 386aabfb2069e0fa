"""Payment of a prepayment on the provider's page."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.closed_shop import explain_closed_shop, takes_orders
from shop.kept_cards import explain_decline
from shop.models import Payment, Prepayment
from shop.order_payment import PAGE_MINUTES, RETURN_TIMEOUT_S
from shop.payments import ASK_AFTER, PaymentRefused, charge_payment, look_up_payment
from shop.providers import Outcome, OutcomeState, ProviderUnavailable, get_payment_provider
from shop.states import PaymentState

logger = logging.getLogger(__name__)


def create_prepayment(*, user: User, purpose: str, return_path: str, amount_minor: int, now: datetime) -> Prepayment:
    """Return a new prepayment in the shop's currency."""
    return Prepayment.objects.create(
        user=user,
        email=user.email,
        purpose=purpose,
        return_path=return_path,
        currency=settings.CURRENCY,
        total_minor=amount_minor,
        created_at=now,
    )


def pay_prepayment(*, prepayment: Prepayment, now: datetime) -> Outcome:
    """Charge for a prepayment, and return the outcome. If it is WAITING, the payer goes on at its `next_url`.

    A payment that was begun before is continued. Raises PaymentRefused, ProviderUnavailable.
    """
    payment, is_new = _get_open_payment(prepayment, now)
    if payment.state == PaymentState.SUCCEEDED:
        return Outcome(OutcomeState.SUCCEEDED, payment.reference)
    outcome = None if is_new else look_up_payment(payment=payment, now=now)
    if outcome is not None and outcome.state == OutcomeState.FAILED:
        payment, _is_new = _get_open_payment(prepayment, now)  # the page was closed, so the payer gets a new one
        outcome = None
    outcome = outcome or charge_payment(payment=payment, now=now)
    if outcome.state == OutcomeState.FAILED:
        raise PaymentRefused(explain_decline(outcome.decline) if outcome.decline else _("The payment failed."))
    return outcome


def ask_on_return(*, prepayment: Prepayment, now: datetime) -> None:
    """Ask the provider about a payment whose payer has just come back, and record the answer. Raises PaymentRefused."""
    payment = prepayment.payments.open().first()
    if payment is None:
        return
    try:
        look_up_payment(payment=payment, now=now, timeout_s=RETURN_TIMEOUT_S)
    except ProviderUnavailable as failure:
        logger.warning("the provider is slow after a return: %s", failure, extra={"prepayment": prepayment.code})


def _get_open_payment(prepayment: Prepayment, now: datetime) -> tuple[Payment, bool]:
    """Return the payment that did not fail, and whether it is new. If there is none, create one. Raises PaymentRefused."""
    with transaction.atomic():
        locked = Prepayment.objects.select_for_update().get(pk=prepayment.pk)
        payment = locked.payments.exclude(state=PaymentState.FAILED).select_related("prepayment").first()
        if payment is not None:
            return payment, False
        if locked.state != "pending":
            raise PaymentRefused(_("This is no longer waiting for payment."), can_try_again=False)
        if not takes_orders():
            raise PaymentRefused(explain_closed_shop(), can_try_again=False)
        payment = Payment.objects.create(
            prepayment=locked,
            provider=get_payment_provider().name,
            amount_minor=locked.total_minor,
            currency=locked.currency,
            started_at=now,
            expires_at=now + timedelta(minutes=PAGE_MINUTES),
            ask_after=now + ASK_AFTER,
        )
    return payment, True
