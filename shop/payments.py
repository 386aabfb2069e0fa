"""Functions that charge for orders and prepayments, and record the outcome.

A payment is saved before the provider is called, so a call that failed can be repeated with the same key. A payment
that is settled changes only if money arrives after all.
"""

import logging
from dataclasses import asdict
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from shop.buyers import note_buyer_on_commit
from shop.commission_holds import assess_pending
from shop.delivery.summary import begin_delivery
from shop.digital.downloads import hand_over_downloads
from shop.invoices import issue_invoices
from shop.kept_cards import explain_decline, note_gone, note_kept_card
from shop.models import ClickOutcome, Order, OutcomeKind, Payment, ProviderEvent
from shop.models.provider_event import ProviderEventState, SetAsideReason
from shop.payment_match import SetAside, check_amount, check_origin
from shop.prepayments import settle_prepayment
from shop.providers import Charge, Outcome, OutcomeState, PaymentProvider, ProviderUnavailable, get_payment_provider
from shop.providers.port import Decline, Particulars
from shop.providers.stripe_connection import TIMEOUT_S
from shop.purchases import Purchase, lock_purchase
from shop.refunds import plan_late_refund
from shop.states import PAYMENT_MOVES, OrderState, PaymentState

logger = logging.getLogger(__name__)

ASK_AFTER = timedelta(minutes=10)
"""How long to wait for a webhook before the provider is asked about an open payment."""
PROCESSING_STEP = timedelta(days=1)
"""How long an order is reserved for a payment that the bank processes; then the provider is asked again."""

STATES = {
    OutcomeState.SUCCEEDED: PaymentState.SUCCEEDED,
    OutcomeState.WAITING: PaymentState.STARTED,
    OutcomeState.PROCESSING: PaymentState.PROCESSING,
    OutcomeState.FAILED: PaymentState.FAILED,
}


class PaymentRefused(Exception):
    """A payment that failed or was not possible. The message tells the shopper why.

    `can_try_again` is False if paying again cannot help: the order waits for no payment, or the money may have arrived.
    """

    def __init__(self, message: str, *, can_try_again: bool = True) -> None:
        super().__init__(message)
        self.can_try_again = can_try_again


def charge_payment(*, payment: Payment, now: datetime) -> Outcome:
    """Send the charge to the provider, record the outcome and return it. Raises ProviderUnavailable, PaymentRefused."""
    provider = get_payment_provider(payment.provider)
    if payment.card and not payment.purchase.user_id:
        raise PaymentRefused(explain_decline(Decline.GONE))  # the account was deleted meanwhile
    Payment.objects.filter(pk=payment.pk).update(account=provider.account(), is_live=provider.is_live())
    outcome = provider.charge(_describe(payment))
    if outcome.state == OutcomeState.FAILED:
        record_attempt(payment=payment, now=now)
    record_answer(payment=payment, outcome=outcome, now=now)
    is_open = Payment.objects.open().filter(pk=payment.pk).exists()
    if outcome.state == OutcomeState.WAITING and not is_open:
        provider.close_payment(outcome.session)  # the order was cancelled while the page was opened
        raise PaymentRefused(_("This order is no longer waiting for payment."), can_try_again=False)
    if outcome.state == OutcomeState.WAITING and payment.order:
        _reserve(payment.order, end_of_reservation(payment.order))
    return outcome


def look_up_payment(*, payment: Payment, now: datetime, timeout_s: float = TIMEOUT_S) -> Outcome | None:
    """Ask the provider what became of an open payment, record it and return it. None: it knows no such payment.

    Raises ProviderUnavailable, PaymentRefused.
    """
    provider = reach_provider(payment, timeout_s=timeout_s)
    outcome = provider.look_up_payment(_describe(payment), session=payment.session, since=payment.started_at)
    return None if outcome is None else record_answer(payment=payment, outcome=outcome, now=now)


def reach_provider(payment: Payment, *, timeout_s: float = TIMEOUT_S) -> PaymentProvider:
    """Return the provider of a payment. Raises ProviderUnavailable if today's key is of another account or mode."""
    provider = get_payment_provider(payment.provider, timeout_s=timeout_s)
    account = provider.account() if payment.account else ""  # empty if the key may not read it
    if payment.account and (account or payment.account, provider.is_live()) != (payment.account, payment.is_live):
        raise ProviderUnavailable(f"{payment} was begun with another account or mode than that of today's key.")
    return provider


def _describe(payment: Payment) -> Charge:
    return Charge(
        key=payment.key,
        installation=payment.installation,
        order_code=payment.purchase.code,
        email=payment.purchase.email,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        return_url=settings.SITE_URL + payment.return_path,
        expires_at=payment.expires_at,
        customer=payment.customer,
        card=payment.card,
        keeps_card=payment.keeps_card,
    )


def settle_payment(*, payment_id: int, outcome: Outcome, now: datetime) -> bool:
    """Record the outcome of a payment. Return False if nothing changed, for example because it was already settled.

    If the payment succeeded, mark the order or prepayment paid. If that was cancelled in the meantime, plan a refund
    instead. Raises SetAside if it was paid by another payment.
    """
    with transaction.atomic():
        payment = Payment.objects.get(pk=payment_id)
        purchase = lock_purchase(payment)
        payment.refresh_from_db(fields=["state", "reference", "session", "fingerprint"])
        old, new = PaymentState(payment.state), STATES[outcome.state]
        if old == new == PaymentState.STARTED:
            return _remember_page(payment, outcome)
        if new not in PAYMENT_MOVES[old]:
            return False
        if old == PaymentState.FAILED:
            _give_way(purchase, payment, now)
        _move(payment, old, new, outcome, now)
        _note_card(payment, outcome, now)
        if isinstance(purchase, Order):
            _follow(purchase, payment, old, new, now)
        elif new == PaymentState.SUCCEEDED:
            settle_prepayment(prepayment=purchase, payment=payment, now=now)
    logger.info("payment %s", new, extra={"payment": payment.pk, "order": purchase.code})
    return True


def record_attempt(*, payment: Payment, now: datetime) -> None:
    """Record that the shopper tried to pay, whatever became of it."""
    Payment.objects.filter(pk=payment.pk, attempted_at=None).update(attempted_at=now)


def record_fingerprint(*, payment: Payment, fingerprint: str, now: datetime) -> None:
    """Store the fingerprint of the card that paid, and assess the order's commissions again."""
    with transaction.atomic():
        due = Payment.objects.filter(pk=payment.pk, fingerprint="")
        is_new = due.update(fingerprint=fingerprint) == 1
        if is_new and payment.state == PaymentState.SUCCEEDED:
            assess_pending(lines=Q(order=payment.order_id), now=now)


def record_answer(*, payment: Payment, outcome: Outcome, now: datetime) -> Outcome:
    """Settle a payment with the provider's answer, if the answer is about this payment. Raises PaymentRefused."""
    try:
        if outcome.particulars is not None and outcome.state != OutcomeState.FAILED:
            if outcome.particulars.key not in ("", payment.key):
                raise SetAside(SetAsideReason.UNKNOWN_PAYMENT)
            check_origin(Payment.objects.get(pk=payment.pk), outcome.particulars)
            check_amount(payment, outcome.particulars)
        settle_payment(payment_id=payment.pk, outcome=outcome, now=now)
    except SetAside as refusal:
        _set_answer_aside(payment, outcome, refusal.reason, now)
        sentence = _("We could not confirm this payment. We will look into it and email you.")
        raise PaymentRefused(sentence, can_try_again=False) from refusal
    return outcome


def _set_answer_aside(payment: Payment, outcome: Outcome, reason: SetAsideReason, now: datetime) -> None:
    """Store an answer that does not fit, once, for a person to look at."""
    name = outcome.reference or outcome.session
    values = {
        "kind": "answer",
        "received_at": now,
        "state": ProviderEventState.SET_ASIDE,
        "reason": reason,
        "reference": name,
        "payment_reference": outcome.reference,
        "payload": {
            "payment": payment.key,
            "state": outcome.state,
            "said": asdict(outcome.particulars or Particulars()),
        },
    }
    ProviderEvent.objects.get_or_create(provider=payment.provider, event_id=f"answer {name}", defaults=values)
    logger.error("an answer does not fit its payment", extra={"payment": payment.pk, "answer": name, "reason": reason})


def _follow(order: Order, payment: Payment, old: PaymentState, new: PaymentState, now: datetime) -> None:
    """Do with a locked order what follows from the new state of its payment."""
    if new == PaymentState.SUCCEEDED:
        _settle_order(order, payment, now)
    elif new == PaymentState.PROCESSING:
        _reserve(order, now + PROCESSING_STEP)
    elif old == PaymentState.PROCESSING:
        _reserve(order, now + timedelta(minutes=settings.RESERVATION_MINUTES))


def _give_way(purchase: Purchase, payment: Payment, now: datetime) -> None:
    """Let a payment that succeeded after all take the place of the one that was begun instead. Raises SetAside.

    The page of that one can still be paid, until reconciliation has closed it. If it has succeeded too, the order was
    paid twice, and a person has to pay one of them back.
    """
    others = purchase.payments.exclude(pk=payment.pk)
    if others.filter(state=PaymentState.SUCCEEDED).exists():
        raise SetAside(SetAsideReason.PAID_TWICE)
    others.open().update(
        state=PaymentState.FAILED, failure_text=f"replaced by payment {payment.pk}", settled_at=now, ask_after=now
    )


def _remember_page(payment: Payment, outcome: Outcome) -> bool:
    """Store the provider's names of a payment that is still open. Return False if they are known."""
    names = {"reference": outcome.reference, "session": outcome.session}
    changed = {name: value for name, value in names.items() if value and value != getattr(payment, name)}
    return bool(changed) and Payment.objects.filter(pk=payment.pk).update(**changed) == 1


def _move(payment: Payment, old: PaymentState, new: PaymentState, outcome: Outcome, now: datetime) -> None:
    """Move a payment to a new state. The caller must have locked the order."""
    is_processing = new == PaymentState.PROCESSING
    if new != PaymentState.FAILED:
        record_attempt(payment=payment, now=now)
    fingerprint = outcome.fingerprint or payment.fingerprint
    Payment.objects.move(
        payment.pk,
        old,
        new,
        reference=outcome.reference or payment.reference,
        session=outcome.session or payment.session,
        failure_text=outcome.failure_text[:300],
        fingerprint=fingerprint,
        is_review_due=new == PaymentState.SUCCEEDED and not fingerprint and bool(outcome.reference),
        settled_at=None if is_processing else now,
        ask_after=now + PROCESSING_STEP if is_processing else None,
    )


def _note_card(payment: Payment, outcome: Outcome, now: datetime) -> None:
    """Store the card that was kept with a payment, or forget the one that the provider no longer has."""
    if payment.keeps_card and outcome.state == OutcomeState.SUCCEEDED:
        note_kept_card(customer=payment.customer, provider=payment.provider, card=outcome.card, now=now)
    elif outcome.decline == Decline.GONE and payment.customer:
        note_gone(customer=payment.customer, provider=payment.provider, card=payment.card, now=now)


def _reserve(order: Order, until: datetime) -> None:
    """Keep an unpaid order's stock reserved until then, if it is not reserved for longer."""
    Order.objects.filter(pk=order.pk, state=OrderState.PENDING, reserved_until__lt=until).update(reserved_until=until)


def end_of_reservation(order: Order) -> datetime:
    """Return until when the stock is reserved once the payment has started. Starting it again adds nothing."""
    return max(order.reserved_until, order.placed_at + timedelta(minutes=settings.RESERVATION_MINUTES))


def _settle_order(order: Order, payment: Payment, now: datetime) -> None:
    """Mark the order paid, begin its delivery and issue its invoice. If it was cancelled, plan a refund instead."""
    if not Order.objects.move(order.pk, OrderState.PENDING, OrderState.PAID, paid_at=now):
        plan_late_refund(order=order, amount_minor=payment.amount_minor, now=now)
        return
    begin_delivery(order=order, now=now)
    hand_over_downloads(order=order, now=now)
    ready_at = now + timedelta(minutes=settings.CANCEL_MINUTES)
    ClickOutcome.objects.bulk_create(
        ClickOutcome(click_id=click_id, kind=OutcomeKind.BOUGHT, order_line_id=line_id, ready_at=ready_at)
        for line_id, click_id in order.lines.exclude(click=None).values_list("pk", "click")
    )
    assess_pending(lines=Q(order=order.pk), now=now)
    order.refresh_from_db()
    issue_invoices(order=order, now=now)
    note_buyer_on_commit(order)
