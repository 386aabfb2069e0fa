"""Functions that handle the events of payment providers.

Events come late, repeatedly, in any order, and for other shops at the same provider. Each is handled once. One that
does not fit is set aside, and tried again when the payment that it is about becomes known.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from accounts.sweeps import do_each
from shop.disputes import record_dispute_news
from shop.kept_cards import record_card_news
from shop.models import Payment, ProviderEvent
from shop.models.provider_event import ProviderEventState, SetAsideReason
from shop.outside_refunds import record_refund_news, refunded_at_provider
from shop.payment_match import SetAside, check_amount, match_payment
from shop.payments import record_attempt, record_fingerprint, settle_payment
from shop.providers.port import (
    CardNews,
    ChargeNews,
    DisputeNews,
    News,
    OutcomeState,
    PaymentNews,
    ProviderMessage,
    RefundNews,
)
from shop.providers.stripe_news import read_event
from shop.states import PaymentState

logger = logging.getLogger(__name__)

TRY_AGAIN_FOR = timedelta(days=35)
"""How long an event may wait for its payment. The slowest methods of payment take 14 days; Stripe resends for three."""


def handle_message(*, provider: str, message: ProviderMessage, now: datetime) -> bool:
    """Record what an event tells. Return False if nothing changed. What does not fit is set aside."""
    with transaction.atomic():
        event, is_new = ProviderEvent.objects.get_or_create(
            provider=provider,
            event_id=message.event_id,
            defaults={"kind": message.kind[:80], "received_at": now, **_references_of(message.news)},
        )
        if not is_new:
            return False
        if message.news is None:
            if not message.is_known:
                _set_aside(event, SetAsideReason.UNKNOWN_KIND, message.payload)
            return False
        try:
            return record_news(provider=provider, news=message.news, now=now)
        except SetAside as refusal:
            _set_aside(event, refusal.reason, message.payload)
    return False


def record_news(*, provider: str, news: News, now: datetime) -> bool:
    """Record news of any kind, all or nothing. Return False if nothing changed. Raises SetAside."""
    with transaction.atomic():
        match news:
            case PaymentNews():
                return _record_payment(provider, news, now)
            case RefundNews():
                return record_refund_news(provider=provider, news=news, now=now)
            case ChargeNews():
                return _record_charge(provider, news, now)
            case DisputeNews():
                return record_dispute_news(provider=provider, news=news, now=now)
            case CardNews():
                return record_card_news(provider=provider, news=news)


def record_listed(*, provider: str, news: RefundNews | DisputeNews, now: datetime) -> bool:
    """Record a refund or dispute that the provider listed. Return False if nothing changed.

    What does not fit is set aside, unless an event about it was before.
    """
    try:
        return record_news(provider=provider, news=news, now=now)
    except SetAside as refusal:
        references = _references_of(news)
        if not ProviderEvent.objects.filter(provider=provider, reference=references["reference"]).exists():
            values = {"kind": "listed", "received_at": now, **references}
            name = f"listed {references['reference']}"
            event, _is_new = ProviderEvent.objects.get_or_create(provider=provider, event_id=name, defaults=values)
            _set_aside(event, refusal.reason, None)
        return False


def try_again(*, now: datetime, at_most: int = 200) -> int:
    """Handle events that were set aside because their payment was not known, if it is now. Return how many fitted."""
    waiting = ProviderEvent.objects.set_aside().filter(
        reason=SetAsideReason.UNKNOWN_PAYMENT,
        received_at__gt=now - TRY_AGAIN_FOR,
        payload__isnull=False,
        payment_reference__in=Payment.objects.exclude(reference="").values("reference"),
    )
    event_ids = waiting.order_by("pk").values_list("pk", flat=True)[:at_most]
    return do_each(event_ids, lambda event_id: _try_again(event_id, now))


def resolve_events(*, event_ids: list[int], resolved_by: User, now: datetime) -> int:
    """Mark events as dealt with by a person, and forget what they contained. Return how many were set aside."""
    return (
        ProviderEvent.objects.set_aside()
        .filter(pk__in=event_ids)
        .update(state=ProviderEventState.RESOLVED, resolved_by=resolved_by, resolved_at=now, payload=None)
    )


def _try_again(event_id: int, now: datetime) -> bool:
    with transaction.atomic():
        event = ProviderEvent.objects.select_for_update(skip_locked=True).filter(pk=event_id).first()
        news = read_event(event.payload).news if event is not None and isinstance(event.payload, Mapping) else None
        if event is None or news is None:
            return False
        try:
            record_news(provider=event.provider, news=news, now=now)
        except SetAside as refusal:
            ProviderEvent.objects.filter(pk=event_id).update(reason=refusal.reason)
            return False
        ProviderEvent.objects.filter(pk=event_id).update(state=ProviderEventState.HANDLED, reason="", payload=None)
    return True


def _record_payment(provider: str, news: PaymentNews, now: datetime) -> bool:
    payment = match_payment(
        provider=provider, particulars=news.particulars, reference=news.reference, session=news.session
    )
    outcome = news.outcome
    if outcome is None:
        return False
    if outcome.state != OutcomeState.FAILED or news.particulars.amount_minor is not None:
        check_amount(payment, news.particulars)
    if not news.is_final_failure:
        record_attempt(payment=payment, now=now)
        return _ask_soon(payment, now)
    return settle_payment(payment_id=payment.pk, outcome=outcome, now=now)


def _ask_soon(payment: Payment, now: datetime) -> bool:
    """Have the provider asked about a payment that the bank processes, because a try failed. Return False.

    The try may be an earlier one, of which we hear late: then the bank still processes this one.
    """
    Payment.objects.filter(pk=payment.pk, state=PaymentState.PROCESSING).update(ask_after=now)
    return False


def _record_charge(provider: str, news: ChargeNews, now: datetime) -> bool:
    """Store the card's fingerprint. If more was refunded than we know of, have the provider asked for its refunds."""
    payment = match_payment(provider=provider, particulars=news.particulars, reference=news.payment_reference)
    if payment.reference != news.payment_reference:
        check_amount(payment, news.particulars)  # found by its key, which a copy of this shop has, too
    if news.fingerprint:
        record_fingerprint(payment=payment, fingerprint=news.fingerprint, now=now)
    if (news.refunded_minor or 0) <= refunded_at_provider(payment):
        return False
    return Payment.objects.filter(pk=payment.pk).update(is_review_due=True) == 1


def _references_of(news: News | None) -> dict[str, str]:
    match news:
        case PaymentNews():
            return {"reference": news.reference or news.session, "payment_reference": news.reference}
        case RefundNews():
            return {"reference": news.outcome.reference, "payment_reference": news.payment_reference}
        case ChargeNews():
            return {"reference": news.payment_reference, "payment_reference": news.payment_reference}
        case DisputeNews():
            return {"reference": news.reference, "payment_reference": news.payment_reference}
        case CardNews():
            return {"reference": news.customer}
    return {}


def _set_aside(event: ProviderEvent, reason: SetAsideReason, payload: Mapping[str, object] | None) -> None:
    values = {"state": ProviderEventState.SET_ASIDE, "reason": reason, "payload": payload}
    ProviderEvent.objects.filter(pk=event.pk).update(**values)
    logger.warning("a provider's event was set aside: %s", reason, extra={"event": event.event_id, "kind": event.kind})
