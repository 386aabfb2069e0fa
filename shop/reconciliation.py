"""Comparison with the payment provider, for what its events did not tell: it is asked about whatever is open here."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings

from accounts.sweeps import do_each
from catalog.closed_shop import takes_orders
from shop.kept_cards import sync_cards
from shop.models import Dispute, Payment, ProviderReview
from shop.payments import ASK_AFTER, PaymentRefused, look_up_payment, reach_provider, record_answer, record_fingerprint
from shop.provider_events import TRY_AGAIN_FOR, record_listed, try_again
from shop.providers import OutcomeState, ProviderUnavailable, get_payment_provider

logger = logging.getLogger(__name__)

OVERLAP = timedelta(days=3)
"""How far back each comparison looks again. Stripe resends an event for at most three days."""
LONG_OVERLAP = timedelta(days=35)
"""How far back the first comparison of each day looks: a bank may return a refund weeks after it was made."""


def reconcile(*, now: datetime) -> None:
    """Ask the provider about open payments, about refunds and disputes made there, and about open disputes.

    What the provider does not answer is asked again with the next call, and holds up nothing else.
    """
    steps: tuple[Callable[..., int | None], ...] = (_ask_about_payments, _close_replaced, try_again, review_payments)
    do_each((*steps, sync_cards, _compare_all_lists, _ask_about_disputes), lambda step: step(now=now))


def review_payments(*, now: datetime, at_most: int = 200) -> None:
    """Ask the provider for the card and the refunds of payments whose events left them open, the newest first."""
    due = Payment.objects.filter(is_review_due=True).select_related("order", "prepayment")
    do_each(due.order_by("-settled_at")[:at_most], lambda payment: _attempt(partial(_review, payment, now)))


def _ask_about_payments(*, now: datetime) -> None:
    due = Payment.objects.due_at(now).select_related("order", "prepayment")[:200]
    do_each(due, lambda payment: _attempt(partial(_ask, payment, now)))


def _compare_all_lists(*, now: datetime) -> None:
    if takes_orders():
        values = {"checked_until": now}
        ProviderReview.objects.get_or_create(provider=settings.PAYMENT_PROVIDER, defaults=values)
    providers = ProviderReview.objects.values_list("provider", flat=True)
    do_each(providers, lambda provider: _attempt(partial(_compare_lists, provider, now)))


def _ask_about_disputes(*, now: datetime) -> None:
    disputes = Dispute.objects.open().select_related("payment")
    do_each(disputes, lambda dispute: _attempt(partial(_ask_about_dispute, dispute, now)))


def _ask(payment: Payment, now: datetime) -> None:
    Payment.objects.filter(pk=payment.pk).update(ask_after=now + ASK_AFTER)
    look_up_payment(payment=payment, now=now)


def _close_replaced(*, now: datetime) -> None:
    replaced = Payment.objects.replaced_at(now).select_related("order", "prepayment")[:200]
    do_each(replaced, lambda payment: _attempt(partial(_close, payment, now)))


def _close(payment: Payment, now: datetime) -> None:
    """Close the page of a payment that was replaced. If it was paid nevertheless, it is set aside for a person."""
    is_late = now > payment.started_at + TRY_AGAIN_FOR
    Payment.objects.filter(pk=payment.pk).update(ask_after=None if is_late else now + ASK_AFTER)
    answer = None if payment.session else look_up_payment(payment=payment, now=now)
    session = answer.session if answer else payment.session
    outcome = reach_provider(payment).close_payment(session) if session else None
    if outcome is None or outcome.state in (OutcomeState.FAILED, OutcomeState.SUCCEEDED):
        Payment.objects.filter(pk=payment.pk).update(ask_after=None)
    if outcome is not None:
        record_answer(payment=payment, outcome=outcome, now=now)


def _review(payment: Payment, now: datetime) -> None:
    provider = get_payment_provider(payment.provider)
    if not payment.fingerprint and (fingerprint := provider.find_fingerprint(payment.reference)):
        record_fingerprint(payment=payment, fingerprint=fingerprint, now=now)
    for news in provider.list_refunds(payment.reference):
        record_listed(provider=payment.provider, news=news, now=now)
    Payment.objects.filter(pk=payment.pk).update(is_review_due=False)


def _compare_lists(name: str, now: datetime) -> None:
    review = ProviderReview.objects.get(provider=name)
    is_first_of_day = review.checked_until.date() < now.date()
    since = review.checked_until - (LONG_OVERLAP if is_first_of_day else OVERLAP)
    for news in get_payment_provider(name).list_news(since):
        record_listed(provider=name, news=news, now=now)
    ProviderReview.objects.filter(pk=review.pk).update(checked_until=now)


def _ask_about_dispute(dispute: Dispute, now: datetime) -> None:
    provider = dispute.payment.provider
    news = get_payment_provider(provider).look_up_dispute(dispute.reference)
    record_listed(provider=provider, news=news, now=now)


def _attempt(ask: Callable[[], None]) -> None:
    try:
        ask()
    except (ProviderUnavailable, PaymentRefused) as failure:
        logger.warning("not reconciled: %s", failure)
